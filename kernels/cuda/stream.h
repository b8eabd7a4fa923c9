#pragma once
/// Streams, events, and timers of a stream's work by the device's clock.

#include "kernels/cuda/cuda_check.h"

#include <utility>

namespace warp2vec {

/// Marks a point in a stream's work.
class CudaEvent {
 public:
  static constexpr unsigned kTimed = cudaEventDefault;

  explicit CudaEvent(unsigned flags = cudaEventDisableTiming) {
    WARP2VEC_CUDA_CHECK(cudaEventCreateWithFlags(&event_, flags));
  }
  ~CudaEvent() { cudaEventDestroy(event_); }
  CudaEvent(const CudaEvent&) = delete;
  CudaEvent& operator=(const CudaEvent&) = delete;

  /// Returns at once if the event was never recorded.
  void synchronize() const { WARP2VEC_CUDA_CHECK(cudaEventSynchronize(event_)); }
  cudaEvent_t get() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

/// Work that the device does in order, concurrently with other streams.
class CudaStream {
 public:
  CudaStream() { WARP2VEC_CUDA_CHECK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  ~CudaStream() { cudaStreamDestroy(stream_); }
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;

  void record(const CudaEvent& event) const { WARP2VEC_CUDA_CHECK(cudaEventRecord(event.get(), stream_)); }
  /// Work queued from now on waits for the event; no-op if it was never recorded.
  void wait(const CudaEvent& event) const {
    WARP2VEC_CUDA_CHECK(cudaStreamWaitEvent(stream_, event.get(), 0));
  }
  void synchronize() const { WARP2VEC_CUDA_CHECK(cudaStreamSynchronize(stream_)); }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

/// Times the work queued on a stream between begin() and end().
class StreamTimer {
 public:
  void begin(const CudaStream& stream) { stream.record(begin_); }
  void end(const CudaStream& stream) {
    stream.record(end_);
    ended_ = true;
  }

  /// Seconds of the last work, which must be done; 0 if there was none, or if they were taken already.
  double take() {
    if (!std::exchange(ended_, false)) return 0;
    float milliseconds = 0;
    WARP2VEC_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, begin_.get(), end_.get()));
    return 1e-3 * static_cast<double>(milliseconds);
  }

 private:
  CudaEvent begin_{CudaEvent::kTimed};
  CudaEvent end_{CudaEvent::kTimed};
  bool ended_ = false;
};

}  // namespace warp2vec
