#pragma once
/// Arrays of the host, copied to the device.

#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/uploader.h"

#include <cstdint>

namespace warp2vec {

/// A copy of `size` values; it may not be complete yet, see Uploader::finish_before().
template <class T>
DeviceArray<T> on_device(const T* values, std::int64_t size, Uploader& uploader) {
  DeviceArray<T> array(size);
  uploader.upload(array.data(), values, array.bytes());
  return array;
}

}  // namespace warp2vec
