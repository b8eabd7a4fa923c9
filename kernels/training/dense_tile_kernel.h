#pragma once
/// The kernel that trains tiles on matrix units.

#include "kernels/training/train_launch.h"

namespace warp2vec {

/// `warps` = 0 in the result: there is no such launch. `matrix_units` then says why: true, the tile does not
/// fit into the device's shared memory; false, the code that the device runs was compiled for older ones,
/// which have no matrix units. New devices run such code where the build has no newer. Throws DeviceError.
TrainLaunch plan_dense_tiles(const Model& model, const TrainLimits& limits);

/// See launch_train().
void launch_dense_tiles(const TrainLaunch& launch, int blocks, const Model& model,
                        const CentreRange<CurandPhilox>& batch, const Totals& totals, cudaStream_t stream);

}  // namespace warp2vec
