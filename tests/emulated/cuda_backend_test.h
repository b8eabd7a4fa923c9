#pragma once
/// The CUDA backend on emulated GPUs, for tests.

#include "kernels/backend/cuda_backend.h"
#include "tests/emulation/emulated_device.h"
#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

namespace warp2vec {

inline MakeBackend cuda(const CudaLimits& limits = {}) {
  return [=](const TrainingData& data) { return make_cuda_backend(data, 0, limits); };
}
/// The plain kernel for everything, without tensor cores.
inline MakeBackend cuda(int blocks, int warps) {
  CudaLimits limits;
  limits.blocks = blocks;
  limits.warps = warps;
  limits.no_tensor_cores = true;
  return cuda(limits);
}
/// Tiles on tensor cores.
inline MakeBackend tensor_cores(int blocks, int warps) {
  CudaLimits limits;
  limits.blocks = blocks;
  limits.warps = warps;
  return cuda(limits);
}

/// Starts each test with fresh devices, and checks that it leaves nothing allocated.
class CudaBackendTest : public ::testing::Test {
 public:
  CudaBackendTest() { emulation::reset_device(); }
  ~CudaBackendTest() override { EXPECT_TRUE(emulation::live_objects().none()); }
};

}  // namespace warp2vec
