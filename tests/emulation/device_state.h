#pragma once
/// The state behind the emulated API.

#include "tests/emulation/emulated_device.h"
#include "tests/emulation/work_queue.h"

#include <cuda_runtime_api.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

struct CUstream_st {
  std::shared_ptr<warp2vec::emulation::WorkQueue> queue;
};

struct CUevent_st {
  std::shared_ptr<warp2vec::emulation::Recording> recording;  ///< the latest, if any
  bool timed = true;
};

namespace warp2vec::emulation {

/// The device number that stands for the host (pinned memory).
constexpr int kHost = -1;

struct Allocation {
  std::size_t bytes = 0;
  int device = kHost;
};

/// Not synchronised: see device_mutex().
class DeviceState {
 public:
  DeviceSettings settings;
  CallLog log;
  std::map<const void*, std::size_t> shared_limits;  ///< of the kernels that were given one of their own
  std::set<const void*> cublas_handles;
  std::set<const void*> nccl_communicators;

  void reset(const DeviceSettings& new_settings);
  LiveObjects live() const;

  /// Starts an API call: counts it, and returns the error with which it must fail, if any.
  cudaError_t begin_call(const std::string& function);
  void fail_call(const std::string& function, std::int64_t call, cudaError_t error, bool sticky);

  cudaError_t allocate(void** memory, std::size_t bytes, int device);
  /// Allocates on any device, or on the host.
  cudaError_t free(void* memory, bool pinned);
  std::size_t free_bytes(int device) const;
  /// The allocation that contains all these bytes, or null.
  const Allocation* find(const void* memory, std::size_t bytes) const;
  /// The one that an address lies in, and where it begins; or nulls.
  std::pair<const void*, const Allocation*> allocation_at(const void* address) const;

  cudaError_t make_stream(cudaStream_t* stream, bool blocking);
  cudaError_t destroy_stream(cudaStream_t stream);
  cudaError_t make_event(cudaEvent_t* event, bool timed);
  cudaError_t destroy_event(cudaEvent_t event);
  bool is_event(cudaEvent_t event) const { return events_.contains(event); }

  /// The queue of a stream, or of the current device's default stream; null if there is no such stream.
  std::shared_ptr<WorkQueue> queue_of(cudaStream_t stream);
  /// Adds work, ordered with the default stream where required.
  void add(WorkQueue& queue, std::function<void()> work);

  // When work throws, all queued work is dropped and all later calls fail, as after an illegal access.
  void run(const std::function<void()>& work);
  void run_device(int device);
  void run_all_while_ready();
  /// All later calls fail, as after an illegal access.
  void break_down() { broken_ = cudaErrorLaunchFailure; }

 private:
  struct Failure {
    std::string function;
    std::int64_t calls_before = 0;
    cudaError_t error = cudaSuccess;
    bool sticky = false;
  };
  struct FreeMemory {
    void operator()(unsigned char* memory) const;
  };
  struct OwnedMemory {
    Allocation allocation;
    std::unique_ptr<unsigned char, FreeMemory> memory;
  };

  std::vector<std::shared_ptr<WorkQueue>> queues() const;

  std::vector<Failure> failures_;
  cudaError_t broken_ = cudaSuccess;
  std::map<const void*, OwnedMemory> memory_;
  std::map<int, std::shared_ptr<WorkQueue>> default_queues_;
  std::map<cudaStream_t, std::unique_ptr<CUstream_st>> streams_;
  std::map<cudaEvent_t, std::unique_ptr<CUevent_st>> events_;
};

/// Held during every call: the emulated devices execute one thing at a time.
std::recursive_mutex& device_mutex();
DeviceState& device_state();

/// To be called without that mutex by a thread that asks again and again for what other threads do.
void leave_to_others();

/// Of the calling thread.
int& current_device();

/// The maximum that a block can request, in bytes.
std::size_t shared_memory_limit(const DeviceSettings& settings);

}  // namespace warp2vec::emulation
