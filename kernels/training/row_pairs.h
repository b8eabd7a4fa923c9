#pragma once
/// Upper bounds of the pairs that equal rows of a tile share, so that only rows which may be damped are
/// compared with all others.

#include "kernels/device/scratch.h"

#include <cstdint>

namespace warp2vec {

/// Sums of pairs over rows that are equal modulo kBuckets. Cleared, added to and read in three phases.
struct RowPairs {
  static constexpr std::int32_t kBuckets = 128;

  std::uint32_t* sums;  ///< [kBuckets]

  WARP2VEC_HD static RowPairs take(Scratch& scratch) { return {scratch.take<std::uint32_t>(kBuckets)}; }

  /// The work of warp `index` of `warps`.
  template <class Warp>
  WARP2VEC_HD void clear(Warp& warp, int index, int warps) const {
    warp.strided(
        kBuckets, [&](std::int64_t i) { sums[i] = 0; }, index, warps);
  }
  template <class Warp>
  WARP2VEC_HD void add(Warp& warp, std::int32_t row, std::int32_t pairs) const {
    warp.count(sums + row % kBuckets, static_cast<std::uint32_t>(pairs));
  }
  /// At least the pairs of all rows that equal `row`.
  WARP2VEC_HD float most(std::int32_t row) const { return static_cast<float>(sums[row % kBuckets]); }
};

}  // namespace warp2vec
