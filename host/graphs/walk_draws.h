#pragma once
/// The random numbers of walks.

#include <warp2vec/detail/random.h>

#include <cstdint>

namespace warp2vec {

/// Streams of the host alone, after those of training.
inline constexpr Stream kWalkStream{16};
inline constexpr Stream kWalkOrderStream{17};
static_assert(kWalkStream > Stream::rounding);

/// Those of one walk, one after the other: 2^58 of them.
class WalkDraws {
 public:
  WalkDraws(std::uint64_t seed, std::uint64_t walk) : seed_(seed), walk_(walk) {}

  std::uint32_t next() {
    if (used_ == 4) {
      const Draws draws{seed_, static_cast<std::uint32_t>(blocks_ >> 24)};
      block_ = draws.block(kWalkStream, walk_, static_cast<std::uint32_t>(blocks_ & 0xFFFFFF));
      ++blocks_;
      used_ = 0;
    }
    return block_.w[used_++];
  }

  /// Uniform in [0, 1), with 32 bits.
  double unit() { return next() * 0x1p-32; }

 private:
  std::uint64_t seed_;
  std::uint64_t walk_;
  std::uint64_t blocks_ = 0;
  U32x4 block_{};
  std::uint32_t used_ = 4;
};

}  // namespace warp2vec
