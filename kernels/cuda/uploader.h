#pragma once
/// Copies arrays of the host to the device through pinned memory.

#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/stream.h"

#include <array>
#include <cstdint>
#include <functional>

namespace warp2vec {

class Uploader {
 public:
  static constexpr std::int64_t kBufferBytes = std::int64_t{16} << 20;

  /// Copies `bytes` bytes at `from` to the device; returns when they are in page-locked memory. The copies
  /// wait for `ready`, if given.
  void upload(void* to, const void* from, std::int64_t bytes, const CudaEvent* ready = nullptr);

  /// The same with data made on the way: `fill(buffer)` writes `bytes` <= kBufferBytes bytes.
  void upload_made(void* to, std::int64_t bytes, const std::function<void(void*)>& fill,
                   const CudaEvent* ready = nullptr);

  /// Lets `stream` wait for everything uploaded so far.
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

/// A copy of `size` values; it may not be complete yet, see Uploader::finish_before().
template <class T>
DeviceArray<T> on_device(const T* values, std::int64_t size, Uploader& uploader) {
  DeviceArray<T> array(size);
  uploader.upload(array.data(), values, array.bytes());
  return array;
}

}  // namespace warp2vec
