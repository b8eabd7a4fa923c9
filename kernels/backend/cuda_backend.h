#pragma once
/// make_cuda_backend() with limits, for tests.

#include <warp2vec/cuda.h>

#include "kernels/backend/cuda_plan.h"

#include <memory>

namespace warp2vec {

std::unique_ptr<CudaBackend> make_cuda_backend(const TrainingData& data, int device, const CudaLimits& limits,
                                               bool divided = false);

}  // namespace warp2vec
