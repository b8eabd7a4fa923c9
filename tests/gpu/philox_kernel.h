#pragma once
/// Everything that is drawn for one token, on the host and in a kernel.

#include <warp2vec/detail/examples.h>

#include "kernels/training/curand_philox.h"

#include <cstdint>

namespace warp2vec {

struct DrawnExample {
  std::uint32_t block[4];
  std::uint32_t u32;
  std::uint32_t kept;
  std::int32_t width;
  WordId of_pair;
  WordId of_window;
  WordId of_tile;

  bool operator==(const DrawnExample&) const = default;
};

inline constexpr std::int32_t kDrawnWindow = 7;
inline constexpr std::int32_t kDrawnNegatives = 5;

/// Draw number `k` of the token at `position`.
template <class Generator>
WARP2VEC_HD DrawnExample draw_example(const BasicDraws<Generator>& draws, const AliasView& negatives,
                                      std::int64_t position, std::int32_t k) {
  const U32x4 block = draws.block(Stream::initial_weights, static_cast<std::uint64_t>(position),
                                  static_cast<std::uint32_t>(k));
  return {{block.w[0], block.w[1], block.w[2], block.w[3]},
          draws.u32(Stream::keep, static_cast<std::uint64_t>(position)),
          kept(draws, position, 0x60000000U) ? 1U : 0U,
          window_width(draws, position, kDrawnWindow, true),
          pair_negative(draws, negatives, position, kDrawnWindow, k % kDrawnWindow, kDrawnNegatives,
                        k % kDrawnNegatives),
          window_negative(draws, negatives, position, k),
          tile_negative(draws, negatives, position, k)};
}

/// Fills out[i] with draw number i % 16 of the token at positions[i]; all pointers are the device's. Throws
/// DeviceError.
void draw_examples(const BasicDraws<CurandPhilox>& draws, const AliasView& negatives,
                   const std::int64_t* positions, std::int64_t count, DrawnExample* out, cudaStream_t stream);

}  // namespace warp2vec
