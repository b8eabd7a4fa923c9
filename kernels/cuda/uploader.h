#pragma once
/// Uploads arrays through page-locked memory.

#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/stream.h"

#include <array>
#include <cstdint>
#include <functional>

namespace warp2vec {

class Uploader {
 public:
  static constexpr std::int64_t kBufferBytes = std::int64_t{16} << 20;

  /// Copies `bytes` bytes from `from` to the device; returns once they are in page-locked memory. The copies
  /// wait for `ready`, if given.
  void upload(void* to, const void* from, std::int64_t bytes, const CudaEvent* ready = nullptr);

  /// The same with generated data: `fill(buffer)` writes `bytes` <= kBufferBytes bytes.
  void upload_generated(void* to, std::int64_t bytes, const std::function<void(void*)>& fill,
                        const CudaEvent* ready = nullptr);

  /// Makes `stream` wait for everything uploaded so far.
  void finish_before(const CudaStream& stream);

 private:
  struct Buffer {
    PinnedArray<unsigned char> memory{kBufferBytes};
    CudaEvent copied;
  };

  CudaStream stream_;
  std::array<Buffer, 2> buffers_;
  std::size_t next_ = 0;
  CudaEvent finished_;
};

/// A copy of `size` values on the device; complete only after Uploader::finish_before().
template <class T>
DeviceArray<T> on_device(const T* values, std::int64_t size, Uploader& uploader) {
  DeviceArray<T> array(size);
  uploader.upload(array.data(), values, array.bytes());
  return array;
}

}  // namespace warp2vec
