#pragma once
/// The program's interface to GPUs: gpu_cuda.cpp in a build with CUDA, gpu_none.cpp in one without.

#include <warp2vec/cuda.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace warp2vec::cli {

/// The CUDA toolkit and architectures of this build, or "not in this build".
std::string gpu_support();

/// The GPUs of this machine, see find_cuda_devices(); nothing if this build has no CUDA.
std::optional<CudaDevices> find_gpus(bool with_free_memory = false);

/// The plan of a run on a GPU, and the time that it took.
struct GpuRun {
  CudaDevice device;
  CudaMemoryPlan memory;
  std::int64_t memory_bytes = 0;  ///< all items of `memory`
  std::int64_t centres_in_flight = 0;
  int busy_multiprocessors = 0;
  bool tensor_cores = false;
  CudaSeconds seconds;  ///< so far
};

struct GpuBackend {
  std::unique_ptr<CudaBackend> backend;
  GpuRun run;
};

/// Throws Error if the GPU cannot train this configuration (see make_cuda_backend()), or if this build has no
/// CUDA. `divided`: as there.
GpuBackend make_gpu_backend(const TrainingData& data, int device, bool divided = false);

/// See require_nccl().
void require_several_gpus();

}  // namespace warp2vec::cli
