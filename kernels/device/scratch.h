#pragma once
/// Bump allocation in a block's scratch memory.

#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

#if defined(__CUDACC__)
extern __shared__ __align__(16) unsigned char dynamic_shared_memory[];
__device__ inline unsigned char* dynamic_shared() { return dynamic_shared_memory; }
#else
unsigned char* dynamic_shared();
#endif

/// The same pointer into a block's dynamic shared memory, or the host's stand-in. A GPU's compiler cannot
/// tell from a pointer that was passed on, and would use slower instructions for any kind of memory.
template <class T>
WARP2VEC_HD inline T* in_shared_memory(T* pointer) {
#if defined(__CUDA_ARCH__)
  return reinterpret_cast<T*>(dynamic_shared() +
                              (reinterpret_cast<unsigned char*>(pointer) - dynamic_shared()));
#else
  return pointer;
#endif
}

/// Hands out consecutive 16-byte-aligned arrays. Constructed with null it only measures: bytes() is what the
/// same calls would take.
class Scratch {
 public:
  /// `shared`: as of in_shared_memory().
  WARP2VEC_HD explicit Scratch(unsigned char* memory, bool shared = false)
      : memory_(memory), shared_(shared) {}

  template <class T>
  WARP2VEC_HD T* take(std::int64_t count) {
    unsigned char* taken = nullptr;
    if (shared_)
      taken = in_shared_memory(memory_ + bytes_);
    else if (memory_ != nullptr)
      taken = memory_ + bytes_;
    bytes_ += (count * static_cast<std::int64_t>(sizeof(T)) + 15) & ~std::int64_t{15};
    return reinterpret_cast<T*>(taken);
  }
  WARP2VEC_HD std::int64_t bytes() const { return bytes_; }

 private:
  unsigned char* memory_;
  bool shared_;
  std::int64_t bytes_ = 0;
};

}  // namespace warp2vec
