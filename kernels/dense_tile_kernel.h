#pragma once
/// The kernel that trains tiles on matrix units.

#include "train_launch.h"

namespace warp2vec {

/// `warps` = 0 in the result: the tile does not fit into the device's shared memory. Throws DeviceError.
TrainLaunch plan_dense_tiles(const Model& model, const TrainLimits& limits);

/// See launch_train().
void launch_dense_tiles(const TrainLaunch& launch, int blocks, const Model& model,
                        const CentreRange<CurandPhilox>& batch, const Totals& totals, cudaStream_t stream);

}  // namespace warp2vec
