#include "kernels/cuda/launch.h"
#include "kernels/device/device_block.h"
#include "kernels/training/train_batch.h"
#include "kernels/training/train_launch.h"

namespace warp2vec {
namespace {

static_assert(__cplusplus >= 202002L, "device code is C++20, too");

// Eight warps per block fill a multiprocessor's schedulers twice and leave 255 registers per thread.
constexpr int kMaxWarps = 8;

/// One block per chunk of tiles; see train_batch(). `scratch`: bytes of scratch memory per block, in
/// `global_scratch` if they exceed shared memory.
template <bool kWhole, bool kShared>
__global__ void __launch_bounds__(kMaxWarps* kWarpSize, 2)
    plain_kernel(Model model, CentreRange<CurandPhilox> batch, Totals totals, unsigned char* global_scratch,
                 std::int64_t scratch) {
  DeviceBlock block;
  unsigned char* const memory = kShared ? dynamic_shared() : global_scratch + block.index() * scratch;
  train_batch<kWhole>(block, model, batch, totals, memory);
}

using Kernel = void (*)(Model, CentreRange<CurandPhilox>, Totals, unsigned char*, std::int64_t);

Kernel kernel_for(const Model& model, bool shared) {
  const bool whole = model.input.stride % kWarpSize == 0;
  if (shared) return whole ? plain_kernel<true, true> : plain_kernel<false, true>;
  return whole ? plain_kernel<true, false> : plain_kernel<false, false>;
}

LaunchShape shape_of(const TrainLaunch& launch, int blocks) {
  return {blocks, launch.warps * kWarpSize, launch.shared ? launch.scratch_bytes : 0};
}

}  // namespace

TrainLaunch plan_plain(const Model& model, const TrainLimits& limits) {
  TrainLaunch launch;
  launch.warps = limits.warps > 0 ? limits.warps : kMaxWarps;
  launch.scratch_bytes = scratch_bytes(model, launch.warps);
  launch.shared = launch.scratch_bytes <= max_shared_memory(limits.device);
  launch.blocks_per_multiprocessor =
      blocks_at_a_time(kernel_for(model, launch.shared), shape_of(launch, 1), limits.device);
  return launch;
}

void launch_plain(const TrainLaunch& launch, int blocks, const Model& model,
                  const CentreRange<CurandPhilox>& batch, const Totals& totals, unsigned char* global_scratch,
                  cudaStream_t stream) {
  warp2vec::launch(kernel_for(model, launch.shared), shape_of(launch, blocks), stream, model, batch, totals,
                   global_scratch, launch.scratch_bytes);
}

}  // namespace warp2vec
