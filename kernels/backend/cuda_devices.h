#pragma once
/// Selects the GPU of a run.

#include <warp2vec/cuda.h>

namespace warp2vec {

/// Makes device `index` the current one and describes it, with its free memory. Throws Error saying why it is
/// not usable.
CudaDevice use_cuda_device(int index);

}  // namespace warp2vec
