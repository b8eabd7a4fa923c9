#pragma once
/// Owners of streams and events.

#include "cuda_check.h"

#include <utility>

namespace warp2vec {

/// Marks a point in a stream's work.
class Event {
 public:
  Event() { W2V_CUDA(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming)); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// Returns at once if the event was never recorded.
  void synchronize() const { W2V_CUDA(cudaEventSynchronize(event_)); }
  cudaEvent_t get() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

/// Work that the device does in order, beside the work of other streams.
class Stream {
 public:
  Stream() { W2V_CUDA(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void record(const Event& event) const { W2V_CUDA(cudaEventRecord(event.get(), stream_)); }
  /// What is given to this stream from now on waits for the event; not if it was never recorded.
  void wait(const Event& event) const { W2V_CUDA(cudaStreamWaitEvent(stream_, event.get(), 0)); }
  void synchronize() const { W2V_CUDA(cudaStreamSynchronize(stream_)); }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

}  // namespace warp2vec
