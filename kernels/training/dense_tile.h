#pragma once
/// A tile for tensor cores: context rows and target rows that meet in blocks of 16 x 16, and the memory of a
/// block that trains tiles.

#include <warp2vec/detail/bf16.h>
#include <warp2vec/types.h>

#include "kernels/device/matrix_block.h"
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

WARP2VEC_HD constexpr std::int32_t in_whole_blocks(std::int32_t n) {
  return (n + kBlockSide - 1) / kBlockSide * kBlockSide;
}

/// Rows of a tile's matrices, the same for every tile of a run.
struct DenseTileShape {
  std::int32_t contexts;  ///< room for them, in whole blocks
  std::int32_t targets;   ///< likewise
  std::int32_t values;    ///< of a row, in whole blocks

  WARP2VEC_HD std::int32_t rows() const { return contexts + targets; }

  /// Distances of rows. An odd multiple of 16 bytes, so that the eight rows of an 8 x 8 matrix lie in
  /// different banks of shared memory.
  WARP2VEC_HD std::int32_t row_stride() const { return values + 8; }
  WARP2VEC_HD std::int32_t gradient_stride() const { return targets + 8; }
};

/// A tile in a block's memory.
struct DenseTile {
  static constexpr std::int32_t kNone = -1;  ///< instead of the number of a row that is not there

  DenseTileShape shape;
  Bf16* rows;       ///< [shape.rows()] of shape.values values, shape.row_stride() apart; contexts first
  Bf16* gradients;  ///< [shape.contexts] of shape.targets values, shape.gradient_stride() apart
  unsigned char* copying;  ///< rows of float on their way to `rows`

  /// `copying_bytes`: see Copies of the warp.
  WARP2VEC_HD static DenseTile take(Scratch& scratch, const DenseTileShape& shape,
                                    std::int64_t copying_bytes) {
    DenseTile tile{};
    tile.shape = shape;
    tile.rows = scratch.take<Bf16>(std::int64_t{shape.rows()} * shape.row_stride());
    tile.gradients = scratch.take<Bf16>(std::int64_t{shape.contexts} * shape.gradient_stride());
    tile.copying = scratch.take<unsigned char>(copying_bytes);
    return tile;
  }

  /// Rows from `context` on, and rows from `target` on.
  WARP2VEC_HD Bf16* contexts(std::int32_t context) const {
    return rows + std::int64_t{context} * shape.row_stride();
  }
  WARP2VEC_HD Bf16* targets(std::int32_t target) const { return contexts(shape.contexts + target); }
  /// Gradients from (context, target) on.
  WARP2VEC_HD Bf16* gradient(std::int32_t context, std::int32_t target) const {
    return gradients + std::int64_t{context} * shape.gradient_stride() + target;
  }
};

}  // namespace warp2vec
