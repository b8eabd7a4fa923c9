// The crossover study on a GPU, with few tokens, since emulation is slow.
#include <warp2vec/error.h>

#include "host/cli/bench/crossover.h"
#include "tests/emulation/emulated_device.h"

#include <gtest/gtest.h>

#include <string>

namespace warp2vec::cli::bench {
namespace {

class EmulatedStudy : public testing::Test {
 public:
  EmulatedStudy() {
    emulation::reset_device();
    options_.config.threads = 1;
  }
  ~EmulatedStudy() override { EXPECT_TRUE(emulation::live_objects().none()); }

 protected:
  UnitTime time_of(const std::string& device, const std::string& loss, std::int64_t words) const {
    return time_of_pairs(options_, {device, loss, 8, words}, 1, kTokens);
  }

  static constexpr std::int64_t kTokens = 60;
  BenchOptions options_;
};

TEST_F(EmulatedStudy, TimesTheSamePairsOnTheGpuAsOnTheCpu) {
  for (const char* loss : {"ns", "hs", "softmax"}) {
    for (const std::int64_t words : {2, 40}) {
      const UnitTime gpu = time_of("cuda", loss, words);
      EXPECT_GT(gpu.seconds, 0) << loss;
      EXPECT_LT(gpu.seconds, 1) << loss << ": of one pair";
      EXPECT_GT(gpu.units, kTokens) << loss;
      EXPECT_EQ(gpu.units, time_of("cpu", loss, words).units) << loss;
    }
  }
}

TEST_F(EmulatedStudy, FailuresOfTheGpuAreErrors) {
  emulation::fail_call("cudaLaunchKernelEx", 1, cudaErrorLaunchFailure, true);
  EXPECT_THROW(time_of("cuda", "ns", 40), Error);
  emulation::reset_device();
  emulation::device_settings().memory = 1000;
  EXPECT_THROW(time_of("cuda", "ns", 40), Error);
}

}  // namespace
}  // namespace warp2vec::cli::bench
