#pragma once
/// Owners of streams and events.

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

/// Work that the device does in order, beside the work of other streams.
class CudaStream {
 public:
  CudaStream() { WARP2VEC_CUDA_CHECK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  ~CudaStream() { cudaStreamDestroy(stream_); }
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;

  void record(const CudaEvent& event) const { WARP2VEC_CUDA_CHECK(cudaEventRecord(event.get(), stream_)); }
  /// What is given to this stream from now on waits for the event; not if it was never recorded.
  void wait(const CudaEvent& event) const {
    WARP2VEC_CUDA_CHECK(cudaStreamWaitEvent(stream_, event.get(), 0));
  }
  void synchronize() const { WARP2VEC_CUDA_CHECK(cudaStreamSynchronize(stream_)); }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

}  // namespace warp2vec
