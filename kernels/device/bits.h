#pragma once
/// Bit masks, for host and device.

#include <warp2vec/types.h>

#include <bit>
#include <cstdint>

namespace warp2vec {

/// Number of set bits.
WARP2VEC_HD inline int count_bits(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __popc(bits);
#else
  return std::popcount(bits);
#endif
}

/// Number of the lowest set bit; `bits` is not 0.
WARP2VEC_HD inline int lowest_bit(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __ffs(static_cast<int>(bits)) - 1;
#else
  return std::countr_zero(bits);
#endif
}

/// Bits [begin, end) of the 16 bits of fragment `fragment` of a row of bits that may be longer.
WARP2VEC_HD inline std::uint32_t bits_of_16(std::int32_t begin, std::int32_t end, std::int32_t fragment) {
  const std::int32_t low = begin > fragment * 16 ? begin - fragment * 16 : 0;
  const std::int32_t high = end < fragment * 16 + 16 ? end - fragment * 16 : 16;
  return low < high ? ((1U << high) - 1U) & ~((1U << low) - 1U) : 0U;
}

}  // namespace warp2vec
