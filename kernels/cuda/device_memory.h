#pragma once
/// Owners of memory on the device and of page-locked memory on the host.

#include "kernels/cuda/cuda_check.h"

#include <cstdint>
#include <utility>

namespace warp2vec {

/// `size` uninitialised values on the current device. Throws DeviceError if the allocation fails.
template <class T>
class DeviceArray {
 public:
  DeviceArray() = default;
  explicit DeviceArray(std::int64_t size) : size_(size) {
    if (size > 0)
      WARP2VEC_CUDA_CHECK(cudaMalloc(reinterpret_cast<void**>(&data_), static_cast<std::size_t>(bytes())));
  }
  ~DeviceArray() { cudaFree(data_); }  // fails only after an error that has been reported
  DeviceArray(DeviceArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  DeviceArray& operator=(DeviceArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  T* data() const { return data_; }
  std::int64_t size() const { return size_; }
  std::int64_t bytes() const { return size_ * static_cast<std::int64_t>(sizeof(T)); }

 private:
  T* data_ = nullptr;
  std::int64_t size_ = 0;
};

/// `size` values of page-locked host memory, which the device can copy asynchronously.
template <class T>
class PinnedArray {
 public:
  PinnedArray() = default;
  explicit PinnedArray(std::int64_t size) {
    WARP2VEC_CUDA_CHECK(
        cudaMallocHost(reinterpret_cast<void**>(&data_), static_cast<std::size_t>(size) * sizeof(T)));
  }
  ~PinnedArray() { cudaFreeHost(data_); }
  PinnedArray(PinnedArray&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  PinnedArray& operator=(PinnedArray&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }

  T* data() const { return data_; }

 private:
  T* data_ = nullptr;
};

}  // namespace warp2vec
