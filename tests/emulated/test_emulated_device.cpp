// The emulated runtime: devices, memory, streams, failures; and the matrix product.
#include "tests/emulated/bug_zoo.h"
#include "tests/emulated/device_array.h"
#include "tests/emulation/emulated_device.h"

#include <cublas_v2.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace warp2vec::emulation {
namespace {

class EmulatedDevice : public ::testing::Test {
 protected:
  EmulatedDevice() {
    reset_device();
    cudaGetLastError();
  }
};

TEST_F(EmulatedDevice, IsWhatTheSettingsSay) {
  reset_device({.devices = 2, .major = 8, .minor = 6, .multiprocessors = 5, .memory = 1000, .schedule = {}});
  int value = 0;
  EXPECT_EQ(cudaGetDeviceCount(&value), cudaSuccess);
  EXPECT_EQ(value, 2);
  cudaDeviceProp properties{};
  EXPECT_EQ(cudaGetDeviceProperties(&properties, 1), cudaSuccess);
  EXPECT_EQ(properties.major, 8);
  EXPECT_EQ(properties.minor, 6);
  EXPECT_EQ(properties.multiProcessorCount, 5);
  EXPECT_EQ(properties.totalGlobalMem, 1000U);
  EXPECT_STREQ(properties.name, "Emulated GPU 1");
  EXPECT_EQ(cudaGetDeviceProperties(&properties, 2), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceGetAttribute(&value, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0), cudaSuccess);
  EXPECT_EQ(value, 99 << 10);
  EXPECT_EQ(cudaSetDevice(2), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaSetDevice(1), cudaSuccess);
  EXPECT_EQ(cudaGetDevice(&value), cudaSuccess);
  EXPECT_EQ(value, 1);
}

TEST_F(EmulatedDevice, MayBeMissing) {
  int count = 77;
  reset_device({.devices = 0, .schedule = {}});
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaErrorNoDevice);
  reset_device({.driver = false, .schedule = {}});
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaErrorInsufficientDriver);
  EXPECT_EQ(count, 77);
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, 1), cudaErrorInsufficientDriver);
  int version = -1;
  EXPECT_EQ(cudaDriverGetVersion(&version), cudaSuccess);
  EXPECT_EQ(version, 0);
  EXPECT_EQ(cudaRuntimeGetVersion(&version), cudaSuccess);
  EXPECT_EQ(version, CUDART_VERSION);
}

TEST_F(EmulatedDevice, HasOnlySoMuchMemory) {
  reset_device({.devices = 2, .memory = 1000, .schedule = {}});
  void* first = nullptr;
  void* second = nullptr;
  EXPECT_EQ(cudaMalloc(&first, 600), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&second, 401), cudaErrorMemoryAllocation);
  EXPECT_EQ(second, nullptr);
  EXPECT_EQ(cudaMalloc(&second, 400), cudaSuccess);
  std::size_t free = 1;
  std::size_t total = 0;
  EXPECT_EQ(cudaMemGetInfo(&free, &total), cudaSuccess);
  EXPECT_EQ(free, 0U);
  EXPECT_EQ(total, 1000U);
  EXPECT_EQ(live_objects(), (LiveObjects{.allocations = 2, .bytes = 1000}));
  EXPECT_EQ(cudaSetDevice(1), cudaSuccess);
  EXPECT_EQ(cudaMemGetInfo(&free, &total), cudaSuccess);
  EXPECT_EQ(free, 1000U);
  EXPECT_EQ(cudaFree(first), cudaSuccess);
  EXPECT_EQ(cudaFree(first), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(second), cudaSuccess);
  EXPECT_EQ(cudaFree(nullptr), cudaSuccess);
  EXPECT_TRUE(live_objects().none());
}

TEST_F(EmulatedDevice, CountsWhatIsAlive) {
  cudaStream_t stream = nullptr;
  cudaEvent_t event = nullptr;
  void* pinned = nullptr;
  cublasHandle_t cublas = nullptr;
  EXPECT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  EXPECT_EQ(cudaEventCreate(&event), cudaSuccess);
  EXPECT_EQ(cudaHostAlloc(&pinned, 10, cudaHostAllocDefault), cudaSuccess);
  EXPECT_EQ(cublasCreate(&cublas), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(live_objects(), (LiveObjects{.pinned = 1, .streams = 1, .events = 1, .cublas_handles = 1}));
  EXPECT_EQ(cudaFree(pinned), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFreeHost(pinned), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventDestroy(event), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(event), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cublasDestroy(cublas), CUBLAS_STATUS_SUCCESS);
  EXPECT_TRUE(live_objects().none());
}

TEST_F(EmulatedDevice, ChecksCopies) {
  const DeviceArray<int> device(10);
  std::vector<int> host(10, 5);
  EXPECT_EQ(cudaMemcpy(device.get(), host.data(), 40, cudaMemcpyHostToDevice), cudaSuccess);
  EXPECT_EQ(cudaMemcpy(device.get() + 1, host.data(), 40, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(device.get(), host.data(), 40, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemset(device.get() + 5, 0, 21), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemset(device.get() + 5, 0, 20), cudaSuccess);
  EXPECT_EQ(device.read(), (std::vector<int>{5, 5, 5, 5, 5, 0, 0, 0, 0, 0}));
  const CallLog log = call_log();
  EXPECT_EQ(log.host_to_device, 40);
  EXPECT_EQ(log.device_to_host, 40);
  EXPECT_EQ(log.device_to_device, 0);
  EXPECT_EQ(log.calls.at("cudaMemcpy"), 4);
}

TEST_F(EmulatedDevice, FailsWhenToldTo) {
  fail_call("cudaMalloc", 2, cudaErrorMemoryAllocation);
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, 1), cudaSuccess);
  EXPECT_EQ(cudaFree(memory), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&memory, 1), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaMalloc(&memory, 1), cudaSuccess);
  EXPECT_EQ(cudaFree(memory), cudaSuccess);

  fail_call("cudaStreamSynchronize", 1, cudaErrorIllegalAddress, true);
  EXPECT_EQ(cudaMalloc(&memory, 1), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(nullptr), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaStreamSynchronize(nullptr), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaFree(memory), cudaErrorIllegalAddress);
  EXPECT_TRUE(live_objects().none());
  EXPECT_STREQ(cudaGetErrorName(cudaErrorIllegalAddress), "cudaErrorIllegalAddress");
  EXPECT_STREQ(cudaGetErrorString(cudaErrorIllegalAddress), "an illegal memory access was encountered");
}

/// Two streams that do not wait for the default stream, pinned memory, and work that leaves a trace.
class EmulatedStreams : public ::testing::Test {
 public:
  EmulatedStreams() {
    reset_device();
    check(cudaStreamCreateWithFlags(&a, cudaStreamNonBlocking));
    check(cudaStreamCreateWithFlags(&b, cudaStreamNonBlocking));
    check(cudaEventCreate(&event));
    check(cudaMallocHost(reinterpret_cast<void**>(&pinned), sizeof(int)));
  }
  ~EmulatedStreams() override {
    EXPECT_EQ(cudaFreeHost(pinned), cudaSuccess);
    EXPECT_EQ(cudaEventDestroy(event), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(b), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(a), cudaSuccess);
    EXPECT_TRUE(live_objects().none());
  }

 protected:
  void leave(cudaStream_t stream, char mark) {
    enqueue(stream, [this, mark] { trace += mark; });
  }

  cudaStream_t a = nullptr;
  cudaStream_t b = nullptr;
  cudaEvent_t event = nullptr;
  int* pinned = nullptr;
  std::string trace;
};

TEST_F(EmulatedStreams, DoNothingBeforeSomethingWaitsForThem) {
  leave(a, '1');
  leave(a, '2');
  leave(b, '3');
  EXPECT_EQ(trace, "");
  check(cudaStreamSynchronize(b));
  EXPECT_EQ(trace, "3");
  check(cudaStreamSynchronize(a));
  EXPECT_EQ(trace, "312");
  leave(a, '4');
  leave(b, '5');
  check(cudaDeviceSynchronize());
  std::sort(trace.begin() + 3, trace.end());
  EXPECT_EQ(trace, "31245");
}

TEST_F(EmulatedStreams, WaitForEvents) {
  leave(a, '1');
  check(cudaEventRecord(event, a));
  leave(a, '2');
  leave(b, '3');
  check(cudaStreamWaitEvent(b, event, 0));
  leave(b, '4');
  check(cudaStreamSynchronize(b));
  EXPECT_EQ(trace, "314");
  EXPECT_EQ(cudaEventQuery(event), cudaSuccess);
  check(cudaEventRecord(event, a));
  EXPECT_EQ(cudaEventQuery(event), cudaErrorNotReady);
  check(cudaEventSynchronize(event));
  EXPECT_EQ(trace, "3142");
}

TEST_F(EmulatedStreams, GoOnWhenTheyArePolled) {
  leave(a, '1');
  leave(a, '2');
  check(cudaEventRecord(event, a));
  int polls = 0;
  while (cudaEventQuery(event) == cudaErrorNotReady) ++polls;
  EXPECT_EQ(polls, 3);
  EXPECT_EQ(trace, "12");
  leave(a, '3');
  EXPECT_EQ(cudaStreamQuery(a), cudaErrorNotReady);
  EXPECT_EQ(cudaStreamQuery(a), cudaSuccess);
}

TEST_F(EmulatedStreams, MeasureTime) {
  cudaEvent_t end = nullptr;
  check(cudaEventCreate(&end));
  float milliseconds = -1;
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event, end), cudaErrorInvalidResourceHandle);
  check(cudaEventRecord(event, a));
  check(cudaEventRecord(end, a));
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event, end), cudaErrorNotReady);
  check(cudaEventSynchronize(end));
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event, end), cudaSuccess);
  EXPECT_GE(milliseconds, 0);
  check(cudaEventDestroy(end));
  check(cudaEventCreateWithFlags(&end, cudaEventDisableTiming));
  check(cudaEventRecord(end, a));
  check(cudaEventSynchronize(end));
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event, end), cudaErrorInvalidResourceHandle);
  check(cudaEventDestroy(end));
}

TEST_F(EmulatedStreams, TheDefaultStreamWaitsForBlockingOnesOnly) {
  cudaStream_t blocking = nullptr;
  check(cudaStreamCreate(&blocking));
  leave(a, 'a');
  leave(blocking, '1');
  leave(nullptr, '2');
  leave(blocking, '3');
  check(cudaStreamSynchronize(nullptr));
  EXPECT_EQ(trace, "12");
  leave(nullptr, '4');
  leave(blocking, '5');
  check(cudaStreamSynchronize(blocking));
  EXPECT_EQ(trace, "12345");
  check(cudaStreamDestroy(blocking));
}

TEST_F(EmulatedStreams, ReadPinnedMemoryLateAndOtherMemoryAtOnce) {
  const DeviceArray<int> first(1);
  const DeviceArray<int> second(1);
  int plain = 1;
  *pinned = 1;
  check(cudaMemcpyAsync(first.get(), pinned, sizeof(int), cudaMemcpyHostToDevice, a));
  check(cudaMemcpyAsync(second.get(), &plain, sizeof(int), cudaMemcpyHostToDevice, a));
  *pinned = plain = 2;
  check(cudaStreamSynchronize(a));
  EXPECT_EQ(first.read()[0], 2);
  EXPECT_EQ(second.read()[0], 1);

  check(cudaMemcpyAsync(pinned, second.get(), sizeof(int), cudaMemcpyDeviceToHost, a));
  EXPECT_EQ(*pinned, 2);
  check(cudaMemcpyAsync(&plain, second.get(), sizeof(int), cudaMemcpyDeviceToHost, a));
  EXPECT_EQ(plain, 1);
  EXPECT_EQ(*pinned, 1);
}

TEST_F(EmulatedStreams, FreeingMemoryWaitsForTheDevice) {
  {
    const DeviceArray<int> memory(1);
    leave(a, '1');
  }
  EXPECT_EQ(trace, "1");
}

TEST_F(EmulatedStreams, KernelsBelongToTheDeviceOfTheirStream) {
  device_settings().devices = 2;
  const DeviceArray<float> out(bug_zoo::kThreads);
  const DeviceArray<float> in(bug_zoo::kThreads);
  check(cudaSetDevice(1));
  EXPECT_EQ(bug_zoo::launch(bug_zoo::device_overrun, bug_zoo::Variant::fixed, out.get(), in.get(), a),
            cudaErrorInvalidResourceHandle);
  check(cudaSetDevice(0));
}

/// op(A) op(B) by the definition; columns are contiguous.
TEST(EmulatedCublas, MultipliesMatrices) {
  reset_device();
  constexpr int m = 3;
  constexpr int n = 4;
  constexpr int k = 5;
  constexpr int stride = 7;
  std::vector<float> numbers(std::size_t{stride} * stride);
  std::iota(numbers.begin(), numbers.end(), -20.0F);
  cublasHandle_t handle = nullptr;
  ASSERT_EQ(cublasCreate(&handle), CUBLAS_STATUS_SUCCESS);
  cudaStream_t stream = nullptr;
  check(cudaStreamCreate(&stream));
  EXPECT_EQ(cublasSetStream(handle, stream), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(cublasSetMathMode(handle, CUBLAS_TF32_TENSOR_OP_MATH), CUBLAS_STATUS_SUCCESS);
  for (const cublasOperation_t ta : {CUBLAS_OP_N, CUBLAS_OP_T}) {
    for (const cublasOperation_t tb : {CUBLAS_OP_N, CUBLAS_OP_T}) {
      for (const float beta : {0.0F, 3.0F}) {
        const DeviceArray<float> a(numbers);
        const DeviceArray<float> b(numbers);
        const DeviceArray<float> c(std::vector<float>(numbers.size(), beta == 0 ? NAN : 10.0F));
        const float alpha = 2;
        ASSERT_EQ(cublasSgemm(handle, ta, tb, m, n, k, &alpha, a.get(), stride, b.get(), stride, &beta,
                              c.get(), stride),
                  CUBLAS_STATUS_SUCCESS);
        check(cudaStreamSynchronize(stream));
        const std::vector<float> result = c.read();
        const auto at = [&](cublasOperation_t op, int row, int column) {
          return numbers[static_cast<std::size_t>(op == CUBLAS_OP_N ? column * stride + row
                                                                    : row * stride + column)];
        };
        for (int i = 0; i < m; ++i) {
          for (int j = 0; j < n; ++j) {
            float expected = beta * 10;
            for (int l = 0; l < k; ++l) expected += alpha * at(ta, i, l) * at(tb, l, j);
            EXPECT_EQ(result[static_cast<std::size_t>(j * stride + i)], expected);
          }
        }
      }
    }
  }
  const float one = 1;
  EXPECT_EQ(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, m, n, k, &one, nullptr, m - 1, nullptr, k, &one,
                        nullptr, m),
            CUBLAS_STATUS_INVALID_VALUE);
  fail_call("cublasSgemm_v2", 1, cudaErrorLaunchFailure);
  EXPECT_EQ(
      cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, m, n, k, &one, nullptr, m, nullptr, k, &one, nullptr, m),
      CUBLAS_STATUS_EXECUTION_FAILED);
  check(cudaStreamDestroy(stream));
  EXPECT_EQ(cublasDestroy(handle), CUBLAS_STATUS_SUCCESS);
  EXPECT_TRUE(live_objects().none());
}

}  // namespace
}  // namespace warp2vec::emulation
