#pragma once
/// The shared-memory layout of a tile on tensor cores: context rows and target rows, and the gradients of
/// their scores, in fragments of 16 x 16.

#include <warp2vec/detail/bf16.h>
#include <warp2vec/types.h>

#include "kernels/device/mma.h"
#include "kernels/device/scratch.h"

#include <cmath>
#include <cstdint>

namespace warp2vec {

/// Pair counts summed over rows in buckets. The first rows, which are the most frequent and damped the most
/// often, have buckets of their own; others share `kShared`, so that a sum is an upper bound of a row's own
/// count. Cleared, added to and read in three phases.
template <std::int32_t kShared>
struct RowPairs {
  static constexpr std::int32_t kOwn = 128;
  static constexpr std::int32_t kBuckets = kOwn + kShared;

  std::uint32_t* sums;  ///< [kBuckets]

  WARP2VEC_HD static RowPairs take(Scratch& scratch) { return {scratch.take<std::uint32_t>(kBuckets)}; }

  /// The work of warp `index` of `warps`.
  template <class Warp>
  WARP2VEC_HD void clear(Warp& warp, int index, int warps) const {
    warp.strided(
        kBuckets, [&](std::int64_t i) { sums[i] = 0; }, index, warps);
  }
  template <class Warp>
  WARP2VEC_HD void add(Warp& warp, std::int32_t row, float pairs) const {
    warp.count(sums + bucket(row), static_cast<std::uint32_t>(std::ceil(pairs)));
  }
  /// An upper bound on the pairs of all rows equal to `row`.
  WARP2VEC_HD float upper_bound(std::int32_t row) const { return static_cast<float>(sums[bucket(row)]); }
  /// Whether the bound is the sum itself, if only whole numbers were added.
  WARP2VEC_HD static constexpr bool is_exact(std::int32_t row) { return row < kOwn; }

 private:
  WARP2VEC_HD static constexpr std::int32_t bucket(std::int32_t row) {
    return row < kOwn ? row : kOwn + row % kShared;
  }
};
/// Contexts are in more pairs than targets.
using ContextPairs = RowPairs<96>;
using TargetPairs = RowPairs<64>;

/// n >= 0 rounded up; kMmaSide is a power of two.
WARP2VEC_HD constexpr std::int32_t padded_to_mma(std::int32_t n) {
  return (n + kMmaSide - 1) & ~(kMmaSide - 1);
}

/// The shape of a tile's matrices, the same for every tile of a run. All sizes are multiples of kMmaSide.
struct DenseTileShape {
  std::int32_t contexts;  ///< capacity
  std::int32_t targets;   ///< capacity
  std::int32_t values;    ///< per row
  std::int32_t scored;    ///< rows that targets are scored with: the contexts, or under CBOW one per centre

  WARP2VEC_HD std::int32_t rows() const { return contexts + targets; }

  /// Row strides: odd multiples of 16 bytes, so that the eight rows of an 8 x 8 matrix fall into different
  /// banks of shared memory.
  WARP2VEC_HD std::int32_t row_stride() const { return values + 8; }
  WARP2VEC_HD std::int32_t gradient_stride() const { return targets + 8; }
};

/// A tile in a block's shared memory.
struct DenseTile {
  static constexpr std::int32_t kNone = -1;  ///< row number of an absent row

  DenseTileShape shape;
  unsigned char* staging;  ///< buffer for float rows to be rounded into `rows`
  Bf16* rows;       ///< [shape.rows()] of shape.values values, shape.row_stride() apart; contexts first
  Bf16* scored;     ///< [shape.scored] such rows: the contexts, or under CBOW H
  Bf16* gradients;  ///< [shape.scored] of shape.targets values, shape.gradient_stride() apart

  /// `staging_bytes`: Warp::staging_bytes().
  WARP2VEC_HD static DenseTile take(Scratch& scratch, const DenseTileShape& shape, std::int64_t staging_bytes,
                                    bool cbow) {
    DenseTile tile{};
    tile.shape = shape;
    tile.staging = scratch.take<unsigned char>(staging_bytes);
    tile.rows = scratch.take<Bf16>(std::int64_t{shape.rows()} * shape.row_stride());
    tile.scored = cbow ? scratch.take<Bf16>(std::int64_t{shape.scored} * shape.row_stride()) : tile.rows;
    tile.gradients = scratch.take<Bf16>(std::int64_t{shape.scored} * shape.gradient_stride());
    return tile;
  }

  /// Rows from `context` on, and rows from `target` on. In 32 bits, like the addresses of shared memory.
  WARP2VEC_HD Bf16* contexts(std::int32_t context) const {
    const std::int32_t offset = context * shape.row_stride();
    return rows + offset;
  }
  WARP2VEC_HD Bf16* targets(std::int32_t target) const { return contexts(shape.contexts + target); }
  WARP2VEC_HD Bf16* scored_rows(std::int32_t row) const {
    const std::int32_t offset = row * shape.row_stride();
    return scored + offset;
  }
  /// Gradients from (scored row, target) on.
  WARP2VEC_HD Bf16* gradient(std::int32_t row, std::int32_t target) const {
    return gradients + (row * shape.gradient_stride() + target);
  }
};

}  // namespace warp2vec
