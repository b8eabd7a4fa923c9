#pragma once
/// Counter-based random numbers: every draw is a pure function of (seed, stream, epoch, index), so it does
/// not depend on threads, batches, devices or restarts.

#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

/// Four 32-bit values: a Philox counter, or the Philox block that it gives.
struct U32x4 {
  std::uint32_t w[4];

  /// w[i], by selection: a GPU would keep an array that is indexed at run time in slow local memory.
  WARP2VEC_HD constexpr std::uint32_t at(std::uint32_t i) const {
    const std::uint32_t low = (i & 1U) != 0 ? w[1] : w[0];
    const std::uint32_t high = (i & 1U) != 0 ? w[3] : w[2];
    return (i & 2U) != 0 ? high : low;
  }
};

/// Philox4x32-10 of J. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC'11. Equal bit for bit
/// to Random123's philox4x32_R(10) and to cuRAND's curand_Philox4x32_10.
WARP2VEC_HD constexpr U32x4 philox4x32_10(U32x4 counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * counter.w[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * counter.w[2];
    counter = {{static_cast<std::uint32_t>(p1 >> 32) ^ counter.w[1] ^ key0, static_cast<std::uint32_t>(p1),
                static_cast<std::uint32_t>(p0 >> 32) ^ counter.w[3] ^ key1, static_cast<std::uint32_t>(p0)}};
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  return counter;
}

/// The generator as a type, for BasicDraws.
struct Philox {
  WARP2VEC_HD static constexpr U32x4 block(U32x4 counter, std::uint32_t key0, std::uint32_t key1) {
    return philox4x32_10(counter, key0, key1);
  }
};

/// What a draw is for; streams never overlap.
enum class Stream : std::uint32_t { keep, window, negative, initial_weights, rounding };

/// A source of draws for one seed and one epoch (0-based, w[2] of the counter). `Generator`: Philox, or
/// another implementation of the same function.
template <class Generator>
struct BasicDraws {
  std::uint64_t seed = 1;
  std::uint32_t epoch = 0;

  /// The Philox block, four draws, at (stream, index, sub); `sub` < 2^24 numbers the blocks of one index.
  WARP2VEC_HD constexpr U32x4 block(Stream stream, std::uint64_t index, std::uint32_t sub = 0) const {
    const U32x4 counter{{static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), epoch,
                         (static_cast<std::uint32_t>(stream) << 24) | sub}};
    return Generator::block(counter, static_cast<std::uint32_t>(seed),
                            static_cast<std::uint32_t>(seed >> 32));
  }

  /// One draw per index, four indices to a block.
  WARP2VEC_HD constexpr std::uint32_t u32(Stream stream, std::uint64_t index) const {
    return block(stream, index >> 2).at(index & 3);
  }
};
using Draws = BasicDraws<Philox>;

/// A uniform number in [0, 1) with 24 bits; never 1, unlike curand_uniform.
WARP2VEC_HD constexpr float to_unit(std::uint32_t draw) { return static_cast<float>(draw >> 8) * 0x1p-24F; }

/// A uniform integer in [0, n) by multiply-shift; each value's probability is off by less than 2^-32.
WARP2VEC_HD constexpr std::uint32_t to_below(std::uint32_t draw, std::uint32_t n) {
  return static_cast<std::uint32_t>((std::uint64_t{draw} * n) >> 32);
}

}  // namespace warp2vec
