#include <warp2vec/error.h>

#include "host/cli/terminal/gpu.h"

namespace warp2vec::cli {

std::string gpu_support() { return "not in this build"; }

std::optional<CudaDevices> find_gpus(bool) { return {}; }

GpuBackend make_gpu_backend(const TrainingData&, int, bool) { throw Error("this build has no CUDA support"); }

void require_several_gpus() { throw Error("this build has no CUDA support"); }

}  // namespace warp2vec::cli
