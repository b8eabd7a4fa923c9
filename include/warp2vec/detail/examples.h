#pragma once
/// Which examples are trained: pure functions of (seed, epoch, position in the corpus).

#include <warp2vec/detail/random.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

/// A keep probability in (0, 1] as a threshold: kept if a u32 draw is <= it.
inline std::uint32_t keep_threshold(double probability) {
  const double scaled = probability * 0x1p32;
  return scaled >= 0x1p32 ? 0xFFFFFFFFU : (scaled < 1 ? 0U : static_cast<std::uint32_t>(scaled - 1));
}

/// Whether subsampling keeps the token at `position` whose word has this threshold.
template <class Generator>
WARP2VEC_HD constexpr bool kept(const BasicDraws<Generator>& draws, std::int64_t position,
                                std::uint32_t threshold) {
  return draws.u32(Stream::keep, static_cast<std::uint64_t>(position)) <= threshold;
}

/// Consecutive elements [begin, end) of a KeptView.
struct KeptRange {
  std::int64_t begin;
  std::int64_t end;

  WARP2VEC_HD constexpr bool contains(std::int64_t i) const { return begin <= i && i < end; }
  WARP2VEC_HD constexpr std::int32_t size() const { return static_cast<std::int32_t>(end - begin); }
};

/// A view of consecutive kept tokens as parallel arrays of `size` elements; element i has the ordinal first +
/// i. Trivially copyable.
struct KeptView {
  std::int64_t first = 0;
  std::int64_t size = 0;
  const WordId* words = nullptr;
  const std::int64_t* positions = nullptr;  ///< in the token stream
  const std::int64_t* segments =
      nullptr;  ///< ordinal of the first kept token of its sentence segment, which windows do not leave

  /// Elements within `width` of element i and in its segment, including i itself.
  WARP2VEC_HD constexpr KeptRange around(std::int64_t i, std::int32_t width) const {
    const std::int64_t segment = segments[i];
    std::int64_t begin = i - width > segment - first ? i - width : segment - first;
    if (begin < 0) begin = 0;
    std::int64_t end = i + width + 1 < size ? i + width + 1 : size;
    while (segments[end - 1] != segment) --end;
    return {begin, end};
  }
};

/// The window of a u32 draw: uniform in 1..window.
WARP2VEC_HD constexpr std::int32_t shrunk_window(std::uint32_t draw, std::int32_t window) {
  return 1 + static_cast<std::int32_t>(to_below(draw, static_cast<std::uint32_t>(window)));
}

/// The window b of the centre at `position`: uniform in 1..window, or always `window` without `shrink`.
template <class Generator>
WARP2VEC_HD constexpr std::int32_t window_width(const BasicDraws<Generator>& draws, std::int64_t position,
                                                std::int32_t window, bool shrink) {
  if (!shrink) return window;
  return shrunk_window(draws.u32(Stream::window, static_cast<std::uint64_t>(position)), window);
}

/// Negative number `n` in the sequence of negatives that belongs to `owner`: two negatives to a Philox block.
template <class Generator>
WARP2VEC_HD inline WordId negative_of(const BasicDraws<Generator>& draws, const AliasView& alias,
                                      std::int64_t owner, std::int32_t n) {
  const U32x4 r =
      draws.block(Stream::negative, static_cast<std::uint64_t>(owner), static_cast<std::uint32_t>(n) >> 1);
  const bool second = (n & 1) != 0;
  return alias.draw(second ? r.w[2] : r.w[0], second ? r.w[3] : r.w[1]);
}

/// Sharing::pair: negative k of K for the pair of the centre at `position` and the context at `offset` in
/// [-window, window] kept words.
template <class Generator>
WARP2VEC_HD inline WordId pair_negative(const BasicDraws<Generator>& draws, const AliasView& alias,
                                        std::int64_t position, std::int32_t window, std::int32_t offset,
                                        std::int32_t negatives, std::int32_t k) {
  return negative_of(draws, alias, position, (offset + window) * negatives + k);
}

/// Sharing::window: negative k of the centre at `position`.
template <class Generator>
WARP2VEC_HD inline WordId window_negative(const BasicDraws<Generator>& draws, const AliasView& alias,
                                          std::int64_t position, std::int32_t k) {
  return negative_of(draws, alias, position, k);
}

/// Sharing::tile: negative m of tile number `tile` (centres with kept ordinals [tile * N, (tile + 1) * N)).
template <class Generator>
WARP2VEC_HD inline WordId tile_negative(const BasicDraws<Generator>& draws, const AliasView& alias,
                                        std::int64_t tile, std::int32_t m) {
  return negative_of(draws, alias, tile, m);
}

}  // namespace warp2vec
