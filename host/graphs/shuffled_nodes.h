#pragma once
/// A random order, any element of which can be computed alone.

#include <warp2vec/detail/random.h>

#include <array>
#include <bit>
#include <cstdint>

namespace warp2vec {

/// A permutation of 0 to n - 1: a Feistel network over the next power of four, whose keys are a Philox block
/// (M. Luby, C. Rackoff 1988); results of n or more go round again (J. Black, P. Rogaway 2002). Networks of
/// so few bits that not all permutations are about as likely give way to a table (R. Durstenfeld 1964).
class ShuffledNodes {
 public:
  ShuffledNodes(std::uint64_t n, const U32x4& keys)
      : n_(n), half_((static_cast<int>(std::bit_width(n - 1)) + 1) / 2), keys_(keys) {
    if (n > kTable) return;
    const std::uint64_t key = std::uint64_t{keys.w[0]} << 32 | keys.w[1];
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t other = to_below(static_cast<std::uint32_t>(hashed(key + i) >> 32), i + 1);
      table_[i] = table_[other];
      table_[other] = static_cast<std::uint8_t>(i);
    }
  }

  std::uint64_t operator[](std::uint64_t i) const {
    if (n_ <= kTable) return table_[i];
    do i = encrypted(i);
    while (i >= n_);
    return i;
  }

 private:
  static constexpr std::uint64_t kTable = 16;

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
  std::array<std::uint8_t, kTable> table_{};  // of at most so many
};

}  // namespace warp2vec
