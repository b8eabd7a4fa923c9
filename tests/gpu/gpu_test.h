#pragma once
/// Shared by all tests that need a GPU.

#include <warp2vec/cuda.h>

#include "kernels/backend/cuda_backend.h"
#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace warp2vec {

/// The same tests run on an emulated GPU, on corpora that are this many times smaller.
#if defined(WARP2VEC_GPU_TESTS_SHRINK)
inline constexpr std::int64_t kShrink = WARP2VEC_GPU_TESTS_SHRINK;
#else
inline constexpr std::int64_t kShrink = 1;
#endif

/// WARP2VEC_REQUIRE_GPU=1: tests fail instead of being skipped if the machine lacks something.
inline bool gpu_is_required() {
  const char* const required = std::getenv("WARP2VEC_REQUIRE_GPU");  // NOLINT(concurrency-mt-unsafe)
  return required != nullptr && std::string(required) == "1";
}

/// Runs on the first usable GPU. Suites named Sanitized* are small enough for compute-sanitizer.
class GpuTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const CudaDevices devices = find_cuda_devices();
    if (!devices.usable.empty()) {
      device_ = devices.usable.front().index;
      return;
    }
    std::string reason;
    for (const std::string& problem : devices.problems) reason += (reason.empty() ? "" : "; ") + problem;
    missing(reason);
  }

  /// Skips the test, or fails it if a GPU is required; to be followed by a return.
  static void missing(const std::string& reason) {
    if (gpu_is_required()) FAIL() << "WARP2VEC_REQUIRE_GPU=1: " << reason;
    GTEST_SKIP() << reason;
  }

  MakeBackend gpu(const CudaLimits& limits = {}) const {
    return
        [=, device = device_](const TrainingData& data) { return make_cuda_backend(data, device, limits); };
  }
  /// One block of one warp of the plain kernel: the reference's order of training.
  MakeBackend one_warp() const { return gpu(one_warp_limits()); }
  static CudaLimits one_warp_limits() {
    CudaLimits limits;
    limits.blocks = 1;
    limits.warps = 1;
    limits.no_tensor_cores = true;
    return limits;
  }
  int device() const { return device_; }

 private:
  int device_ = 0;
};

}  // namespace warp2vec
