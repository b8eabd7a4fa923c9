#pragma once
/// The emulated GPUs' interface for tests: their properties, injected failures, and what was done with them.
///
/// All work is deferred as long as possible: copies, memsets and launches stay in their stream until
/// something waits for them, so that a missing wait, or a buffer that is reused too early, shows in the
/// results. (Queued work is run by cudaStreamSynchronize, cudaEventSynchronize, cudaDeviceSynchronize,
/// cudaFree, cudaFreeHost and cudaStreamDestroy, by cudaMemcpy for the default stream, and one item at a time
/// by cudaEventQuery and cudaStreamQuery. Only these two may come to a sum of several devices that is not
/// complete.) Device and pinned memory is initialised to 0xFF bytes (NaN).

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace warp2vec::emulation {

/// The order in which warps, and lanes within a warp, run between two barriers. Shuffled: a new order for
/// each warp and block.
enum class ThreadOrder { natural, reversed, shuffled };
enum class BlockOrder { natural, reversed };

struct Schedule {
  ThreadOrder threads = ThreadOrder::natural;
  BlockOrder blocks = BlockOrder::natural;
  std::uint64_t seed = 1;  ///< of the shuffled order
};

/// What kernels are compiled for, as machine code and as PTX: where their sources are emulated, what a
/// default build has; a program that runs their PTX sets what it contains.
std::vector<int>& compiled_architectures();

struct DeviceSettings {
  bool driver = true;  ///< else every call fails with cudaErrorInsufficientDriver
  /// All alike; with 0 every call fails with cudaErrorNoDevice. Of a program $WARP2VEC_EMULATED_GPUS, if set.
  int devices = 1;
  int major = 9;  ///< compute capability
  int minor = 0;
  std::vector<int> architectures = compiled_architectures();
  int multiprocessors = 2;
  std::size_t memory = std::size_t{1} << 30;  ///< bytes of each device
  Schedule schedule{};
};

/// Resets all devices, with these settings. Everything allocated, created or queued is discarded.
void reset_device(const DeviceSettings& settings = {});

/// May be changed at any time.
DeviceSettings& device_settings();

/// Resources that have not been released.
struct LiveObjects {
  std::int64_t allocations = 0;  ///< on devices
  std::int64_t bytes = 0;        ///< of them
  std::int64_t pinned = 0;       ///< allocations
  std::int64_t streams = 0;
  std::int64_t events = 0;
  std::int64_t cublas_handles = 0;
  std::int64_t nccl_communicators = 0;

  bool none() const { return *this == LiveObjects{}; }
  bool operator==(const LiveObjects&) const = default;
};
LiveObjects live_objects();

/// Requests since the last reset.
struct CallLog {
  std::map<std::string, std::int64_t> calls;  ///< by name, for example "cudaMalloc", "cudaLaunchKernelEx"
  std::int64_t host_to_device = 0;            ///< bytes of copies
  std::int64_t device_to_host = 0;
  std::int64_t device_to_device = 0;
};
CallLog call_log();

/// Makes the `call`-th following call of a function fail (1 is the next one); with `sticky` every later call
/// of any function fails too, as after an illegal access. For cuBLAS and NCCL any error but cudaSuccess.
void fail_call(const std::string& function, std::int64_t call, cudaError_t error, bool sticky = false);

/// Work of a library, queued like a kernel.
void enqueue(cudaStream_t stream, std::function<void()> work);

/// A launch of `kernel`, checked as any other; `grid` runs all of its threads.
cudaError_t enqueue_grid(const cudaLaunchConfig_t& config, const void* kernel, std::function<void()> grid);

}  // namespace warp2vec::emulation
