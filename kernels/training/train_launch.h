#pragma once
/// Which kernel trains a model, and how it is launched.

#include "kernels/training/curand_philox.h"
#include "kernels/training/hs_tile.h"
#include "kernels/training/model.h"
#include "kernels/training/totals.h"

#include <cuda_runtime_api.h>

#include <cstdint>

namespace warp2vec {

struct TrainLaunch {
  bool tensor_cores = false;       ///< tiles on tensor cores; else minibatch.h
  int warps = 0;                   ///< per block
  std::int64_t scratch_bytes = 0;  ///< per block
  bool shared =
      true;  ///< scratch memory is shared memory; else each block needs scratch_bytes of global memory
  int blocks_per_multiprocessor = 0;  ///< that run at the same time
  HsTileSizes path_sizes{};           ///< of tiles on tensor cores
};

/// What a device offers and a caller allows.
struct TrainLimits {
  int device = 0;
  bool tensor_cores = true;  ///< may be used, if the device has them and the build has code for them
  int warps = 0;             ///< per block; 0 = as many as suit the kernel
};

/// Uses tensor cores if the model can: Sharing::tile with rows that fit into shared memory. Throws Error if
/// the model needs them but cannot use them, DeviceError if the device fails.
TrainLaunch plan_train_launch(const Model& model, const TrainLimits& limits);

/// Trains the centres of `batch` on `blocks` blocks. `global_scratch`: blocks * scratch_bytes, or null if
/// `launch.shared`. Throws DeviceError.
void launch_train(const TrainLaunch& launch, int blocks, const Model& model,
                  const CentreRange<CurandPhilox>& batch, const Totals& totals, unsigned char* global_scratch,
                  cudaStream_t stream);

/// Throws DeviceError.
TrainLaunch plan_plain(const Model& model, const TrainLimits& limits);

/// See launch_train().
void launch_plain(const TrainLaunch& launch, int blocks, const Model& model,
                  const CentreRange<CurandPhilox>& batch, const Totals& totals, unsigned char* global_scratch,
                  cudaStream_t stream);

/// `warps` is 0 in the result if no such launch is possible, and `tensor_cores` says why: true, the tile does
/// not fit into the device's shared memory; false, the code that the device runs was compiled for an older
/// architecture without tensor cores, as new devices do where the build has nothing newer. Throws
/// DeviceError.
TrainLaunch plan_dense_tiles(const Model& model, const TrainLimits& limits);

/// See launch_train().
void launch_dense_tiles(const TrainLaunch& launch, int blocks, const Model& model,
                        const CentreRange<CurandPhilox>& batch, const Totals& totals, cudaStream_t stream);

}  // namespace warp2vec
