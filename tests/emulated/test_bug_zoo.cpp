// Whether each detector finds its bugs, and nothing else. The detectors depend on the build: thread orders
// and NaN in all of them, ThreadSanitizer and AddressSanitizer where enabled.
#include "tests/emulated/bug_zoo.h"
#include "tests/emulated/device_array.h"
#include "tests/emulation/emulated_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "halt_on_error=1"; }
#endif

namespace warp2vec::bug_zoo {

void PrintTo(const Specimen& specimen, std::ostream* out) { *out << specimen.name; }

namespace {

using emulation::BlockOrder;
using emulation::check;
using emulation::DeviceArray;
using emulation::Schedule;
using emulation::ThreadOrder;

const std::vector<Schedule> kSchedules = {{ThreadOrder::natural, BlockOrder::natural, 1},
                                          {ThreadOrder::reversed, BlockOrder::reversed, 1},
                                          {ThreadOrder::shuffled, BlockOrder::natural, 1},
                                          {ThreadOrder::shuffled, BlockOrder::reversed, 2}};

/// Small integers, so that sums do not depend on their order.
std::vector<float> input() {
  std::vector<float> values(kThreads);
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

std::vector<float> run(const Specimen& specimen, Variant variant, const Schedule& schedule) {
  emulation::reset_device();
  emulation::device_settings().schedule = schedule;
  const DeviceArray<float> in(input());
  const DeviceArray<float> out{std::vector<float>(kThreads)};
  check(launch(specimen, variant, out.get(), in.get()));
  check(cudaDeviceSynchronize());
  return out.read();
}

/// The results in all thread orders.
std::vector<std::vector<float>> run_all(const Specimen& specimen, Variant variant) {
  std::vector<std::vector<float>> results;
  results.reserve(kSchedules.size());
  for (const Schedule& schedule : kSchedules) results.push_back(run(specimen, variant, schedule));
  return results;
}

bool has_nan(const std::vector<float>& values) {
  return std::any_of(values.begin(), values.end(), [](float x) { return std::isnan(x); });
}

class BugZoo : public ::testing::Test {
 protected:
  // Death tests can only fork a process that has not started running fibers.
  BugZoo() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

class FixedKernels : public ::testing::TestWithParam<const Specimen*> {};

TEST_P(FixedKernels, GiveTheSameInEveryOrderWithoutAnAlarm) {
  const std::vector<std::vector<float>> results = run_all(*GetParam(), Variant::fixed);
  for (const std::vector<float>& result : results) EXPECT_EQ(result, results.front());
  EXPECT_FALSE(has_nan(results.front()));
}

INSTANTIATE_TEST_SUITE_P(All, FixedKernels,
                         ::testing::Values(&missing_syncwarp, &missing_syncthreads, &missing_second_syncwarp,
                                           &shuffle_as_barrier, &plain_sum_of_lanes, &plain_sum_of_blocks,
                                           &divergent_syncwarp, &divergent_syncthreads, &different_barriers,
                                           &shared_overrun, &device_overrun, &uninitialised_shared,
                                           &unawaited_copy, &early_read_of_copy, &copy_without_barrier),
                         [](const auto& instance) { return std::string(instance.param->name); });

class Races : public ::testing::TestWithParam<const Specimen*> {
 protected:
  Races() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

#if defined(__SANITIZE_THREAD__)

TEST_P(Races, AreReportedByThreadSanitizerInAnyOrder) {
  for (const Schedule& schedule : {kSchedules[0], kSchedules[1]})
    EXPECT_DEATH(run(*GetParam(), Variant::broken, schedule),
                 "SUMMARY: ThreadSanitizer: data race .*bug_zoo.cu");
}

INSTANTIATE_TEST_SUITE_P(All, Races,
                         ::testing::Values(&missing_syncwarp, &missing_syncthreads, &missing_second_syncwarp,
                                           &shuffle_as_barrier, &plain_sum_of_lanes, &plain_sum_of_blocks),
                         [](const auto& instance) { return std::string(instance.param->name); });

#else

// NaN differs from itself, but its bits do not.
std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits(values.size());
  std::transform(values.begin(), values.end(), bits.begin(),
                 [](float value) { return std::bit_cast<std::uint32_t>(value); });
  return bits;
}

// Races between two barriers; the others need ThreadSanitizer.
TEST_P(Races, GiveSomethingElseInAnotherOrder) {
  const std::vector<std::vector<float>> results = run_all(*GetParam(), Variant::broken);
  EXPECT_NE(bits_of(results[0]), bits_of(results[1]));
}

INSTANTIATE_TEST_SUITE_P(All, Races,
                         ::testing::Values(&missing_syncwarp, &missing_syncthreads, &missing_second_syncwarp,
                                           &copy_without_barrier),
                         [](const auto& instance) { return std::string(instance.param->name); });

#endif

#if !defined(__SANITIZE_THREAD__)  // which ends the process at the race that comes with it

TEST_F(BugZoo, ABarrierThatAPartOfTheWarpComesToIsReported) {
  const auto run_broken = [] { run(divergent_syncwarp, Variant::broken, {}); };
  EXPECT_THAT(run_broken, ::testing::ThrowsMessage<std::logic_error>(
                              ::testing::AllOf(::testing::HasSubstr("block 0, thread 0 is at __syncwarp"),
                                               ::testing::HasSubstr("thread 16 has returned"))));
}

TEST_F(BugZoo, ABarrierThatAPartOfTheBlockComesToIsReported) {
  const auto run_broken = [] { run(divergent_syncthreads, Variant::broken, {}); };
  EXPECT_THAT(run_broken, ::testing::ThrowsMessage<std::logic_error>(
                              ::testing::AllOf(::testing::HasSubstr("block 0, thread 0 is at __syncthreads"),
                                               ::testing::HasSubstr("thread 32 has returned"))));
}

#endif

TEST_F(BugZoo, DifferentBarriersAreReported) {
  for (const Schedule& schedule : kSchedules) {
    const auto run_broken = [&] { run(different_barriers, Variant::broken, schedule); };
    EXPECT_THAT(run_broken, ::testing::ThrowsMessage<std::logic_error>(
                                ::testing::AllOf(::testing::HasSubstr("is at __shfl_xor_sync"),
                                                 ::testing::HasSubstr("is at __syncwarp"))));
  }
  // Everything works after that.
  EXPECT_EQ(run(different_barriers, Variant::fixed, {})[0], 2);
}

TEST_F(BugZoo, UninitialisedSharedMemoryIsNan) {
  EXPECT_TRUE(has_nan(run(uninitialised_shared, Variant::broken, {})));
}

#if !defined(__SANITIZE_THREAD__)  // to which it is a race

TEST_F(BugZoo, ACopyIsNotThereBeforeTheWait) {
  EXPECT_TRUE(has_nan(run(early_read_of_copy, Variant::broken, {})));
}

#endif

TEST_F(BugZoo, ACopyThatNobodyWaitsForIsReported) {
  const auto run_broken = [] { run(unawaited_copy, Variant::broken, {}); };
  EXPECT_THAT(run_broken, ::testing::ThrowsMessage<std::logic_error>(::testing::AllOf(
                              ::testing::HasSubstr("block 0, thread 0"),
                              ::testing::HasSubstr("returns before a copy that it has begun is done"))));
  EXPECT_EQ(run(unawaited_copy, Variant::fixed, {}), input());
}

#if defined(__SANITIZE_ADDRESS__)

TEST_F(BugZoo, OverrunsAreReportedByAddressSanitizer) {
  EXPECT_DEATH(run(shared_overrun, Variant::broken, {}), "heap-buffer-overflow");
  EXPECT_DEATH(run(device_overrun, Variant::broken, {}), "heap-buffer-overflow");
}

#endif

/// Copies the input to the device on one stream and sums it up on another.
std::vector<float> run_on_two_streams(bool wait) {
  emulation::reset_device();
  cudaStream_t copying = nullptr;
  cudaStream_t computing = nullptr;
  cudaEvent_t copied = nullptr;
  check(cudaStreamCreateWithFlags(&copying, cudaStreamNonBlocking));
  check(cudaStreamCreateWithFlags(&computing, cudaStreamNonBlocking));
  check(cudaEventCreateWithFlags(&copied, cudaEventDisableTiming));
  float* pinned = nullptr;
  check(cudaMallocHost(reinterpret_cast<void**>(&pinned), kThreads * sizeof(float)));
  const std::vector<float> values = input();
  std::copy(values.begin(), values.end(), pinned);
  const DeviceArray<float> in(kThreads);
  const DeviceArray<float> out(kThreads);

  check(cudaMemcpyAsync(in.get(), pinned, kThreads * sizeof(float), cudaMemcpyHostToDevice, copying));
  check(cudaEventRecord(copied, copying));
  if (wait) check(cudaStreamWaitEvent(computing, copied, 0));
  check(launch(uninitialised_shared, Variant::fixed, out.get(), in.get(), computing));
  check(cudaStreamSynchronize(computing));
  std::vector<float> result = out.read();

  check(cudaEventDestroy(copied));
  check(cudaStreamDestroy(copying));
  check(cudaStreamDestroy(computing));
  check(cudaFreeHost(pinned));
  return result;
}

TEST_F(BugZoo, AStreamThatDoesNotWaitForAnotherReadsWhatIsNotThereYet) {
  EXPECT_TRUE(has_nan(run_on_two_streams(false)));
  EXPECT_EQ(run_on_two_streams(true), input());
}

/// Sends two batches through one pinned buffer and sums them up.
std::vector<float> run_two_batches(bool wait) {
  emulation::reset_device();
  cudaStream_t stream = nullptr;
  cudaEvent_t copied = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  check(cudaEventCreateWithFlags(&copied, cudaEventDisableTiming));
  float* pinned = nullptr;
  check(cudaMallocHost(reinterpret_cast<void**>(&pinned), kThreads * sizeof(float)));
  const DeviceArray<float> in(kThreads);
  const DeviceArray<float> out{std::vector<float>(kThreads)};

  for (const float batch : {1.0F, 100.0F}) {
    if (wait) check(cudaEventSynchronize(copied));
    std::fill_n(pinned, kThreads, batch);
    check(cudaMemcpyAsync(in.get(), pinned, kThreads * sizeof(float), cudaMemcpyHostToDevice, stream));
    check(cudaEventRecord(copied, stream));
    check(launch(plain_sum_of_lanes, Variant::fixed, out.get(), in.get(), stream));
  }
  check(cudaStreamSynchronize(stream));
  std::vector<float> result = out.read();

  check(cudaEventDestroy(copied));
  check(cudaStreamDestroy(stream));
  check(cudaFreeHost(pinned));
  return result;
}

TEST_F(BugZoo, APinnedBufferThatIsWrittenAgainTooEarlyIsReadTooLate) {
  EXPECT_EQ(run_two_batches(false)[0], 2 * 100 * kThreads);
  EXPECT_EQ(run_two_batches(true)[0], 101 * kThreads);
}

}  // namespace
}  // namespace warp2vec::bug_zoo
