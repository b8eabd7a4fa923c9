#pragma once
/// Bump allocation in a block's scratch memory.

#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

/// Hands out consecutive 16-byte-aligned arrays. Constructed with null it only measures: bytes() is what the
/// same calls would take.
class Scratch {
 public:
  WARP2VEC_HD explicit Scratch(unsigned char* memory) : memory_(memory) {}

  template <class T>
  WARP2VEC_HD T* take(std::int64_t count) {
    unsigned char* const taken = memory_ != nullptr ? memory_ + bytes_ : nullptr;
    bytes_ += (count * static_cast<std::int64_t>(sizeof(T)) + 15) / 16 * 16;
    return reinterpret_cast<T*>(taken);
  }
  WARP2VEC_HD std::int64_t bytes() const { return bytes_; }

 private:
  unsigned char* memory_;
  std::int64_t bytes_ = 0;
};

}  // namespace warp2vec
