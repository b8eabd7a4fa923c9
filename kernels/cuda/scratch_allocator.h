#pragma once
/// Temporary device memory for Thrust.

#include "kernels/cuda/device_memory.h"

#include <cstddef>
#include <vector>

namespace warp2vec {

/// Caches allocations for later requests, since cudaMalloc and cudaFree synchronise with the device. All work
/// that uses it must be queued on one stream.
class ScratchAllocator {
 public:
  using value_type = char;

  char* allocate(std::ptrdiff_t bytes) {
    for (Allocation& allocation : allocations_) {
      if (allocation.used || allocation.memory.size() < bytes) continue;
      allocation.used = true;
      return allocation.memory.data();
    }
    allocations_.push_back({DeviceArray<char>(bytes), true});
    return allocations_.back().memory.data();
  }

  void deallocate(char* memory, std::size_t) {
    for (Allocation& allocation : allocations_)
      if (allocation.memory.data() == memory) allocation.used = false;
  }

 private:
  struct Allocation {
    DeviceArray<char> memory;
    bool used;
  };
  std::vector<Allocation> allocations_;
};

}  // namespace warp2vec
