#include "host/cli/terminal/gpu.h"

namespace warp2vec::cli {

std::string gpu_support() { return cuda_build(); }

std::optional<CudaDevices> find_gpus(bool with_free_memory) { return find_cuda_devices(with_free_memory); }

GpuBackend make_gpu_backend(const TrainingData& data, int device, bool divided) {
  std::unique_ptr<CudaBackend> backend = make_cuda_backend(data, device, divided);
  GpuRun run{backend->device(),
             backend->memory(),
             backend->memory().total(),
             backend->centres_in_flight(),
             backend->busy_multiprocessors(),
             backend->tensor_cores(),
             backend->kernel_seconds()};
  return {std::move(backend), std::move(run)};
}

void require_several_gpus() { require_nccl(); }

}  // namespace warp2vec::cli
