// Replaces the loading of NCCL by the emulated functions.
#include "kernels/cuda/nccl.h"
#include "tests/emulation/emulated_nccl.h"

namespace warp2vec {

const NcclFunctions& nccl() { return emulation::nccl_functions(); }

}  // namespace warp2vec
