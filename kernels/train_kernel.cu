#include "cuda_check.h"
#include "device_block.h"
#include "dynamic_shared.h"
#include "train_batch.h"
#include "train_kernel.h"

namespace warp2vec {
namespace {

static_assert(__cplusplus >= 202002L, "device code is C++20, too");

/// One block per run of tiles; see train_batch(). `scratch`: bytes of each block's scratch memory, in
/// `global_scratch` if they are too many for shared memory.
template <bool kWhole, bool kShared>
__global__ void __launch_bounds__(kMaxTrainWarps* kLanes, 2)
    train_kernel(Model model, CentreRange<CurandPhilox> batch, Totals totals, unsigned char* global_scratch,
                 std::int64_t scratch) {
  DeviceBlock block;
  unsigned char* const memory = kShared ? dynamic_shared() : global_scratch + block.index() * scratch;
  train_batch<kWhole>(block, model, batch, totals, memory);
}

using Kernel = void (*)(Model, CentreRange<CurandPhilox>, Totals, unsigned char*, std::int64_t);

Kernel kernel_for(const Model& model, bool shared) {
  const bool whole = model.input.stride % kLanes == 0;
  if (shared) return whole ? train_kernel<true, true> : train_kernel<false, true>;
  return whole ? train_kernel<true, false> : train_kernel<false, false>;
}

}  // namespace

TrainLaunch plan_train_launch(const Model& model, int device, int warps) {
  TrainLaunch launch;
  launch.warps = warps;
  launch.scratch_bytes = scratch_bytes(model, warps);
  int most = 0;
  W2V_CUDA(cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  launch.shared = launch.scratch_bytes <= most;
  const Kernel kernel = kernel_for(model, launch.shared);
  const auto dynamic = static_cast<std::size_t>(launch.shared ? launch.scratch_bytes : 0);
  // The most that there is, not what is needed: the limit belongs to the kernel, not to this launch.
  W2V_CUDA(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, most));
  W2V_CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&launch.blocks_per_multiprocessor, kernel,
                                                         warps * kLanes, dynamic));
  return launch;
}

void launch_train(const TrainLaunch& launch, int blocks, const Model& model,
                  const CentreRange<CurandPhilox>& batch, Totals totals, unsigned char* global_scratch,
                  cudaStream_t stream) {
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(static_cast<unsigned>(launch.warps * kLanes));
  config.dynamicSmemBytes = static_cast<std::size_t>(launch.shared ? launch.scratch_bytes : 0);
  config.stream = stream;
  W2V_CUDA(cudaLaunchKernelEx(&config, kernel_for(model, launch.shared), model, batch, totals, global_scratch,
                              launch.scratch_bytes));
}

}  // namespace warp2vec
