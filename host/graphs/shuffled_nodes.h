#pragma once
/// A random order, any element of which can be computed alone.

#include <warp2vec/detail/random.h>

#include <algorithm>
#include <bit>
#include <cstdint>

namespace warp2vec {

/// A permutation of 0 to n - 1: a Feistel network over the next power of four, whose keys are a Philox block
/// (M. Luby, C. Rackoff 1988); results of n or more go round again (J. Black, P. Rogaway 2002).
class ShuffledNodes {
 public:
  ShuffledNodes(std::uint64_t n, const U32x4& keys)
      : n_(n), half_(std::max(2, (static_cast<int>(std::bit_width(n - 1)) + 1) / 2)), keys_(keys) {}

  std::uint64_t operator[](std::uint64_t i) const {
    do i = encrypted(i);
    while (i >= n_);
    return i;
  }

 private:
  std::uint64_t encrypted(std::uint64_t i) const {
    const std::uint64_t mask = (std::uint64_t{1} << half_) - 1;
    std::uint64_t left = i >> half_;
    std::uint64_t right = i & mask;
    for (const std::uint32_t key : keys_.w) {
      const std::uint64_t next = left ^ (hashed(std::uint64_t{key} << 32 | right) & mask);
      left = right;
      right = next;
    }
    return left << half_ | right;
  }

  // The finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood 2014).
  static std::uint64_t hashed(std::uint64_t x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
  }

  std::uint64_t n_;
  int half_;  // bits of each half
  U32x4 keys_;
};

}  // namespace warp2vec
