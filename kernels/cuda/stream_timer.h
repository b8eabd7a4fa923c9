#pragma once
/// How long a stream's work takes, by the device's own clock.

#include "kernels/cuda/stream.h"

#include <utility>

namespace warp2vec {

/// Times the work that a stream is given between begin() and end().
class StreamTimer {
 public:
  void begin(const CudaStream& stream) { stream.record(begin_); }
  void end(const CudaStream& stream) {
    stream.record(end_);
    ended_ = true;
  }

  /// Seconds of the last work, which must be done; 0 if they were taken before, or if there was none.
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
