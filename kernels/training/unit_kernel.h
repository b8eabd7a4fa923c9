#pragma once
/// The kernel that trains units (unit.h): every rule, on every device.

#include "kernels/training/train_launch.h"

namespace warp2vec {

/// Throws DeviceError.
TrainLaunch plan_units(const Model& model, const TrainLimits& limits);

/// See launch_train().
void launch_units(const TrainLaunch& launch, int blocks, const Model& model,
                  const CentreRange<CurandPhilox>& batch, const Totals& totals, unsigned char* global_scratch,
                  cudaStream_t stream);

}  // namespace warp2vec
