#pragma once
/// Launches the training kernel.

#include "curand_philox.h"
#include "model.h"

#include <cuda_runtime_api.h>

#include <cstdint>

namespace warp2vec {

/// Eight warps a block fill a multiprocessor's schedulers twice and leave 255 registers to each thread.
inline constexpr int kMaxTrainWarps = 8;

/// How the training kernel is launched for a model.
struct TrainLaunch {
  int warps = kMaxTrainWarps;  ///< a block
  std::int64_t scratch_bytes = 0;
  bool shared = true;  ///< scratch memory is shared memory; else a block needs scratch_bytes of global memory
  int blocks_per_multiprocessor = 0;  ///< that run at the same time
};

/// Throws DeviceError.
TrainLaunch plan_train_launch(const Model& model, int device, int warps);

/// Trains the centres of `batch` on `blocks` blocks. `global_scratch`: blocks * scratch_bytes, or null if
/// `launch.shared`. Throws DeviceError.
void launch_train(const TrainLaunch& launch, int blocks, const Model& model,
                  const CentreRange<CurandPhilox>& batch, Totals totals, unsigned char* global_scratch,
                  cudaStream_t stream);

}  // namespace warp2vec
