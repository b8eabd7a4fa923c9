#pragma once
/// Temporary device memory for Thrust.

#include "kernels/cuda/device_memory.h"

#include <cstddef>
#include <vector>

namespace warp2vec {

/// Keeps what it once allocated for the next request, since cudaMalloc and cudaFree stop the device. All
/// users give their work to one stream.
class ScratchAllocator {
 public:
  using value_type = char;

  char* allocate(std::ptrdiff_t bytes) {
    for (Block& block : blocks_) {
      if (block.used || block.memory.size() < bytes) continue;
      block.used = true;
      return block.memory.data();
    }
    blocks_.push_back({DeviceArray<char>(bytes), true});
    return blocks_.back().memory.data();
  }

  void deallocate(char* memory, std::size_t) {
    for (Block& block : blocks_)
      if (block.memory.data() == memory) block.used = false;
  }

 private:
  struct Block {
    DeviceArray<char> memory;
    bool used;
  };
  std::vector<Block> blocks_;
};

}  // namespace warp2vec
