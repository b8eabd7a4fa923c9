// Kernels on the emulated device: the identity and view of each thread, in all thread orders.
#include "tests/emulated/device_array.h"
#include "tests/emulation/cuda_emulation.h"
#include "tests/emulation/emulated_device.h"

#include <curand_philox4x32_x.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace warp2vec::emulation {
namespace {

/// Threads per block: one, a warp, a partial warp, several warps.
class EmulatedThreads : public ::testing::TestWithParam<std::tuple<unsigned, ThreadOrder>> {
 public:
  EmulatedThreads() { reset(); }
  ~EmulatedThreads() override { EXPECT_TRUE(live_objects().none()); }

 protected:
  static void reset() {
    reset_device();
    const ThreadOrder order = std::get<1>(GetParam());
    const bool reversed = order == ThreadOrder::reversed;
    device_settings().schedule = {order, reversed ? BlockOrder::reversed : BlockOrder::natural, 7};
  }
  static unsigned blocks() { return 5; }
  static unsigned threads() { return std::get<0>(GetParam()); }
  static std::size_t all() { return std::size_t{blocks()} * threads(); }

  template <class... Parameters, class... Arguments>
  void launch(std::size_t shared_bytes, void (*kernel)(Parameters...), const Arguments&... arguments) {
    cudaLaunchConfig_t config{};
    config.gridDim = blocks();
    config.blockDim = threads();
    config.dynamicSmemBytes = shared_bytes;
    check(cudaLaunchKernelEx(&config, kernel, arguments...));
    check(cudaDeviceSynchronize());
  }
};

__device__ unsigned global_index() { return blockIdx.x * blockDim.x + threadIdx.x; }

__global__ void write_ids(uint4* ids) {
  ids[global_index()] = {threadIdx.x, blockIdx.x, blockDim.x, gridDim.x};
}

TEST_P(EmulatedThreads, HaveTheirIds) {
  const DeviceArray<uint4> ids(all());
  launch(0, write_ids, ids.get());
  const std::vector<uint4> read = ids.read();
  for (unsigned i = 0; i < all(); ++i) {
    EXPECT_EQ(read[i].x, i % threads());
    EXPECT_EQ(read[i].y, i / threads());
    EXPECT_EQ(read[i].z, threads());
    EXPECT_EQ(read[i].w, blocks());
  }
}

// Each thread repeatedly takes its neighbour's value.
__global__ void rotate_block(int* values, int rounds) {
  int* const shared = reinterpret_cast<int*>(dynamic_shared());
  shared[threadIdx.x] = static_cast<int>(global_index());
  for (int round = 0; round < rounds; ++round) {
    __syncthreads();
    const int next = shared[(threadIdx.x + 1) % blockDim.x];
    __syncthreads();
    shared[threadIdx.x] = next;
  }
  values[global_index()] = shared[threadIdx.x];
}

TEST_P(EmulatedThreads, WaitForTheirBlock) {
  const DeviceArray<int> values(all());
  launch(threads() * sizeof(int), rotate_block, values.get(), 5);
  const std::vector<int> read = values.read();
  for (unsigned i = 0; i < all(); ++i)
    EXPECT_EQ(read[i], i / threads() * threads() + (i % threads() + 5) % threads());
}

// Two buffers, so that one barrier per round is enough.
__global__ void rotate_warp(int* values, int rounds) {
  const unsigned lane = threadIdx.x % 32;
  const unsigned begin = threadIdx.x - lane;
  const unsigned lanes = min(32U, blockDim.x - begin);
  int* const shared = reinterpret_cast<int*>(dynamic_shared());
  shared[threadIdx.x] = static_cast<int>(lane);
  for (int round = 0; round < rounds; ++round) {
    __syncwarp();
    const unsigned from = static_cast<unsigned>(round) % 2 * blockDim.x;
    const unsigned to = blockDim.x - from;
    shared[to + threadIdx.x] = shared[from + begin + (lane + 1) % lanes];
  }
  values[global_index()] = shared[static_cast<unsigned>(rounds) % 2 * blockDim.x + threadIdx.x];
}

TEST_P(EmulatedThreads, WaitForTheirWarp) {
  const DeviceArray<int> values(all());
  launch(std::size_t{2} * threads() * sizeof(int), rotate_warp, values.get(), 7);
  const std::vector<int> read = values.read();
  for (unsigned i = 0; i < all(); ++i) {
    const unsigned thread = i % threads();
    const unsigned lanes = std::min(32U, threads() - thread / 32 * 32);
    EXPECT_EQ(read[i], (thread % 32 + 7) % lanes);
  }
}

// Warps reach different numbers of warp barriers between two block barriers.
__global__ void wait_unevenly(int* sums) {
  int* const shared = reinterpret_cast<int*>(dynamic_shared());
  const unsigned warp = threadIdx.x / 32;
  int sum = 0;
  for (unsigned i = 0; i <= warp; ++i) {
    __syncwarp();
    sum += __any_sync(0xFFFFFFFFU, 1);
  }
  shared[threadIdx.x] = sum;
  __syncthreads();
  sums[global_index()] = shared[blockDim.x - 1 - threadIdx.x];
}

TEST_P(EmulatedThreads, OfDifferentWarpsAreIndependent) {
  const DeviceArray<int> sums(all());
  launch(threads() * sizeof(int), wait_unevenly, sums.get());
  const std::vector<int> read = sums.read();
  for (unsigned i = 0; i < all(); ++i) EXPECT_EQ(read[i], (threads() - 1 - i % threads()) / 32 + 1);
}

__global__ void vote(unsigned* votes) {
  const unsigned i = threadIdx.x;
  unsigned* const out = votes + std::size_t{global_index()} * 4;
  out[0] = __ballot_sync(0xFFFFFFFFU, i % 3 == 0);
  out[1] = static_cast<unsigned>(__any_sync(0xFFFFFFFFU, i % 32 == 0));
  out[2] = static_cast<unsigned>(__all_sync(0xFFFFFFFFU, i < 33));
  out[3] = static_cast<unsigned>(__any_sync(0xFFFFFFFFU, 0));
}

TEST_P(EmulatedThreads, Vote) {
  const DeviceArray<unsigned> votes(all() * 4);
  launch(0, vote, votes.get());
  const std::vector<unsigned> read = votes.read();
  for (unsigned i = 0; i < all(); ++i) {
    const unsigned begin = i % threads() / 32 * 32;
    const unsigned end = std::min(begin + 32, threads());
    unsigned ballot = 0;
    for (unsigned k = begin; k < end; ++k) ballot |= (k % 3 == 0 ? 1U : 0U) << (k - begin);
    const unsigned* const votes_of_i = &read[std::size_t{i} * 4];
    EXPECT_EQ(votes_of_i[0], ballot);
    EXPECT_EQ(votes_of_i[1], 1U);
    EXPECT_EQ(votes_of_i[2], end <= 33 ? 1U : 0U);
    EXPECT_EQ(votes_of_i[3], 0U);
  }
}

__global__ void count(int* ints, unsigned long long* longs, float* floats, double* doubles, int* extremes) {
  atomicAdd(ints, 1);
  atomicAdd(longs, std::uint64_t{1} << 33);
  atomicAdd(floats, 0.5F);
  atomicAdd(doubles, 0.25);
  atomicMax(extremes, static_cast<int>(global_index()));
  atomicMin(extremes + 1, -static_cast<int>(global_index()));
}

TEST_P(EmulatedThreads, CountTogether) {
  const DeviceArray<int> ints{std::vector<int>(1)};
  const DeviceArray<unsigned long long> longs{std::vector<unsigned long long>(1)};
  const DeviceArray<float> floats{std::vector<float>(1)};
  const DeviceArray<double> doubles{std::vector<double>(1)};
  const DeviceArray<int> extremes{std::vector<int>(2)};
  launch(0, count, ints.get(), longs.get(), floats.get(), doubles.get(), extremes.get());
  const auto n = static_cast<int>(all());
  EXPECT_EQ(ints.read()[0], n);
  EXPECT_EQ(longs.read()[0], all() << 33);
  EXPECT_EQ(floats.read()[0], 0.5F * static_cast<float>(n));
  EXPECT_EQ(doubles.read()[0], 0.25 * n);
  EXPECT_EQ(extremes.read(), (std::vector<int>{n - 1, 1 - n}));
}

__global__ void give_up_in_the_middle(int* out, bool fail) {
  __syncthreads();
  if (fail && threadIdx.x == blockDim.x - 1) throw std::runtime_error("out of luck");
  __syncthreads();
  out[global_index()] = 1;
}

TEST_P(EmulatedThreads, PassOnWhatTheyThrowAndGoOnAfterThat) {
  {
    const DeviceArray<int> out(all());
    cudaLaunchConfig_t config{};
    config.gridDim = blocks();
    config.blockDim = threads();
    check(cudaLaunchKernelEx(&config, give_up_in_the_middle, out.get(), true));
    EXPECT_THAT(cudaDeviceSynchronize, ::testing::ThrowsMessage<std::logic_error>(::testing::AllOf(
                                           ::testing::HasSubstr("thread " + std::to_string(threads() - 1)),
                                           ::testing::HasSubstr("luck"))));
    EXPECT_EQ(cudaDeviceSynchronize(), cudaErrorLaunchFailure);
  }
  reset();
  const DeviceArray<int> out(all());
  launch(0, give_up_in_the_middle, out.get(), false);
  EXPECT_EQ(out.read(), std::vector<int>(all(), 1));
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<unsigned, ThreadOrder>>& instance) {
  const auto [threads, order] = instance.param;
  const char* const orders[] = {"natural", "reversed", "shuffled"};
  return std::to_string(threads) + "_" + orders[static_cast<int>(order)];
}

INSTANTIATE_TEST_SUITE_P(InAllOrders, EmulatedThreads,
                         ::testing::Combine(::testing::Values(1U, 32U, 80U, 96U),
                                            ::testing::Values(ThreadOrder::natural, ThreadOrder::reversed,
                                                              ThreadOrder::shuffled)),
                         name_of);

// The tests below need only one schedule.
class EmulatedWarp : public ::testing::Test {
 protected:
  EmulatedWarp() { reset_device(); }

  template <class... Parameters, class... Arguments>
  static cudaError_t launch(unsigned threads, void (*kernel)(Parameters...), const Arguments&... arguments) {
    cudaLaunchConfig_t config{};
    config.gridDim = 1;
    config.blockDim = threads;
    if (const cudaError_t error = cudaLaunchKernelEx(&config, kernel, arguments...); error != cudaSuccess)
      return error;
    return cudaDeviceSynchronize();
  }
};

template <class T>
__global__ void shuffle_all(T* out, const T* in, int width) {
  const T value = in[threadIdx.x];
  T* const row = out + 4 * threadIdx.x;
  for (int repeat = 0; repeat < 3; ++repeat) {  // more than there are buffers
    row[0] = __shfl_sync(0xFFFFFFFFU, value, 5, width);
    row[1] = __shfl_xor_sync(0xFFFFFFFFU, value, 3, width);
    row[2] = __shfl_down_sync(0xFFFFFFFFU, value, 2, width);
    row[3] = __shfl_up_sync(0xFFFFFFFFU, value, 2, width);
  }
}

template <class T>
void expect_shuffles(const std::vector<T>& in, const std::vector<T>& out, int width) {
  const auto w = static_cast<unsigned>(width);
  for (unsigned i = 0; i < 32; ++i) {
    const unsigned begin = i / w * w;
    EXPECT_EQ(out[4 * i], in[begin + 5 % w]);
    EXPECT_EQ(out[4 * i + 1], (i ^ 3U) < begin + w ? in[i ^ 3U] : in[i]);
    EXPECT_EQ(out[4 * i + 2], in[i + 2 < begin + w ? i + 2 : i]);
    EXPECT_EQ(out[4 * i + 3], in[i >= begin + 2 ? i - 2 : i]);
  }
}

template <class T>
class EmulatedShuffles : public ::testing::Test {};
using ShuffledTypes = ::testing::Types<float, int, unsigned, double, long long>;
TYPED_TEST_SUITE(EmulatedShuffles, ShuffledTypes);

TYPED_TEST(EmulatedShuffles, AgreeWithTheirDefinition) {
  reset_device();
  std::vector<TypeParam> values;
  values.reserve(32);
  for (int i = 0; i < 32; ++i) values.push_back(static_cast<TypeParam>(i * i - 7));
  for (const ThreadOrder order : {ThreadOrder::natural, ThreadOrder::reversed, ThreadOrder::shuffled}) {
    device_settings().schedule.threads = order;
    for (const int width : {2, 8, 32}) {
      const DeviceArray<TypeParam> in(values);
      const DeviceArray<TypeParam> out(128);
      cudaLaunchConfig_t config{};
      config.gridDim = 1;
      config.blockDim = 32;
      check(cudaLaunchKernelEx(&config, shuffle_all<TypeParam>, out.get(), in.get(), width));
      expect_shuffles(values, out.read(), width);
    }
  }
}

__global__ void half_ballot(unsigned* out) { out[threadIdx.x] = __ballot_sync(0xFFFFU, 1); }
__global__ void half_sync(unsigned*) { __syncwarp(0xFFFF0000U); }
__global__ void read_missing_lane(unsigned* out) {
  out[threadIdx.x] = __shfl_sync(0xFFFFFFFFU, threadIdx.x, 20);
}

TEST_F(EmulatedWarp, WhatIsNotEmulatedIsReported) {
  for (const auto kernel : {half_ballot, half_sync, read_missing_lane}) {
    reset_device();
    const DeviceArray<unsigned> out(32);
    EXPECT_THROW(static_cast<void>(launch(20, kernel, out.get())), std::logic_error);
  }
}

__global__ void generate(uint4* out) {
  const unsigned i = threadIdx.x;
  out[i] = curand_Philox4x32_10({i, 1, 2, 3}, {4, 5});
}

TEST_F(EmulatedWarp, RunsTheToolkitsPhilox) {
  const DeviceArray<uint4> out(32);
  check(launch(32, generate, out.get()));
  const uint4 direct = curand_Philox4x32_10({7, 1, 2, 3}, {4, 5});
  EXPECT_EQ(out.read()[7].x, direct.x);
  EXPECT_EQ(out.read()[7].w, direct.w);
}

__global__ void add_one(int* value) {
  if (threadIdx.x == 0) *value += 1;
  __syncthreads();
}

// Fibers are then resumed by different host threads.
TEST_F(EmulatedWarp, SeveralThreadsOfTheHostMayUseTheDevice) {
  constexpr int kHosts = 3;
  constexpr int kLaunches = 20;
  const DeviceArray<int> values{std::vector<int>(kHosts)};
  {
    std::vector<std::jthread> hosts;
    hosts.reserve(kHosts);
    for (int host = 0; host < kHosts; ++host) {
      hosts.emplace_back([value = values.get() + host] {
        cudaStream_t stream = nullptr;
        check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
        for (int i = 0; i < kLaunches; ++i) {
          cudaLaunchConfig_t config{};
          config.gridDim = 1;
          config.blockDim = 64;
          config.stream = stream;
          check(cudaLaunchKernelEx(&config, add_one, value));
          check(cudaStreamSynchronize(stream));
        }
        check(cudaStreamDestroy(stream));
      });
    }
  }
  EXPECT_EQ(values.read(), std::vector<int>(kHosts, kLaunches));
}

struct Pair {
  int first;
  double second;
};
__global__ void take_arguments(double* out, const Pair pair, short small, const double* more) {
  out[threadIdx.x] = pair.first + pair.second + small + *more;
}

TEST_F(EmulatedWarp, ArgumentsAreCopiedAtTheLaunch) {
  const DeviceArray<double> out(1);
  const DeviceArray<double> more{std::vector<double>{1000}};
  Pair pair{1, 0.5};
  cudaLaunchConfig_t config{};
  config.gridDim = config.blockDim = 1;
  check(cudaLaunchKernelEx(&config, take_arguments, out.get(), pair, 10, more.get()));
  pair = {-1, -1};
  check(cudaDeviceSynchronize());
  EXPECT_EQ(out.read()[0], 1011.5);
}

__global__ void use_shared(unsigned char* out, std::size_t bytes) {
  out[0] = dynamic_shared()[0];
  out[1] = dynamic_shared()[bytes - 1];
}

TEST_F(EmulatedWarp, SharedMemoryBeginsAsNan) {
  const DeviceArray<unsigned char> out(2);
  cudaLaunchConfig_t config{};
  config.gridDim = config.blockDim = 1;
  config.dynamicSmemBytes = 1001;
  check(cudaLaunchKernelEx(&config, use_shared, out.get(), config.dynamicSmemBytes));
  EXPECT_EQ(out.read(), (std::vector<unsigned char>{0xFF, 0xFF}));
}

__global__ void nothing() {}

TEST_F(EmulatedWarp, LaunchesThatADeviceRefusesAreRefused) {
  cudaLaunchConfig_t config{};
  config.gridDim = 1;
  config.blockDim = 1025;
  EXPECT_EQ(cudaLaunchKernelEx(&config, nothing), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  config.blockDim = 1024;
  EXPECT_EQ(cudaLaunchKernelEx(&config, nothing), cudaSuccess);
  config.blockDim = 32;
  config.gridDim = 0;
  EXPECT_EQ(cudaLaunchKernelEx(&config, nothing), cudaErrorInvalidConfiguration);
  config.gridDim = 1;
  config.dynamicSmemBytes = (48 << 10) + 1;
  EXPECT_EQ(cudaLaunchKernelEx(&config, nothing), cudaErrorInvalidValue);
  const auto attribute = cudaFuncAttributeMaxDynamicSharedMemorySize;
  EXPECT_EQ(cudaFuncSetAttribute(nothing, attribute, (227 << 10) + 1), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFuncSetAttribute(nothing, attribute, 227 << 10), cudaSuccess);
  config.dynamicSmemBytes = 227 << 10;
  EXPECT_EQ(cudaLaunchKernelEx(&config, nothing), cudaSuccess);
  ++config.dynamicSmemBytes;
  EXPECT_EQ(cudaLaunchKernelEx(&config, nothing), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

TEST_F(EmulatedWarp, OccupancyFollowsThreadsAndSharedMemory) {
  const auto blocks = [](int threads, std::size_t shared_bytes) {
    int count = -1;
    check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&count, nothing, threads, shared_bytes));
    return count;
  };
  EXPECT_EQ(blocks(32, 0), 32);
  EXPECT_EQ(blocks(1024, 0), 2);
  EXPECT_EQ(blocks(128, 40 << 10), 5);
  EXPECT_EQ(blocks(128, 50 << 10), 0);  // more than allowed
  check(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, 100 << 10));
  EXPECT_EQ(blocks(128, 50 << 10), 4);
  cudaFuncAttributes attributes{};
  check(cudaFuncGetAttributes(&attributes, nothing));
  EXPECT_EQ(attributes.maxDynamicSharedSizeBytes, 100 << 10);
}

// Machine code of the device's own generation, else PTX that the driver compiles for the device.
TEST_F(EmulatedWarp, KernelsAreTheNewestThatTheDeviceRuns) {
  const auto versions = [](int device, const std::vector<int>& architectures) {
    device_settings().major = device / 10;
    device_settings().minor = device % 10;
    device_settings().architectures = architectures;
    cudaFuncAttributes attributes{};
    check(cudaFuncGetAttributes(&attributes, nothing));
    return std::pair(attributes.ptxVersion, attributes.binaryVersion);
  };
  EXPECT_EQ(versions(75, {75, 80, 90}), std::pair(75, 75));
  EXPECT_EQ(versions(86, {75, 80, 90}), std::pair(80, 80));
  EXPECT_EQ(versions(86, {75, 90}), std::pair(75, 86));
  EXPECT_EQ(versions(120, {75, 80, 90}), std::pair(90, 120));
  device_settings().architectures = {90};
  device_settings().major = 8;
  cudaFuncAttributes attributes{};
  EXPECT_EQ(cudaFuncGetAttributes(&attributes, nothing), cudaErrorNoKernelImageForDevice);
  EXPECT_EQ(cudaGetLastError(), cudaErrorNoKernelImageForDevice);
}

}  // namespace
}  // namespace warp2vec::emulation
