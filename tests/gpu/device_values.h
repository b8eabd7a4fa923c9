#pragma once
/// Synchronous copies of vectors between host and device.

#include "kernels/cuda/device_memory.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

template <class T>
DeviceArray<T> to_device(const std::vector<T>& values) {
  DeviceArray<T> array(static_cast<std::int64_t>(values.size()));
  WARP2VEC_CUDA_CHECK(cudaMemcpy(array.data(), values.data(), static_cast<std::size_t>(array.bytes()),
                                 cudaMemcpyHostToDevice));
  return array;
}

template <class T>
std::vector<T> to_host(const T* values, std::int64_t size) {
  std::vector<T> copy(static_cast<std::size_t>(size));
  WARP2VEC_CUDA_CHECK(cudaMemcpy(copy.data(), values, copy.size() * sizeof(T), cudaMemcpyDeviceToHost));
  return copy;
}

}  // namespace warp2vec
