#pragma once
/// CBOW in a tile on tensor cores; the rule is host/reference/cbow.h. Before the products of
/// dense_tile_products.h the hidden vectors that they score are made of the contexts, and after them the
/// contexts get the updates dH of the hidden vectors. Within a row the elements of A and of B that are not 0
/// are equal, so that both are products with the matrix W of ones, W[h, c] = 1 if context c is in the window
/// of centre h, which bfloat16 represents exactly; rows are scaled in float before they are rounded:
///
///     h = a (W x)              a[h] = CbowRule::weight() of the window, b[h] its gradient_weight()
///     x += scale (W^T (b dh))
///
/// W is banded: fragments without a one are skipped, and the others are made in registers.

#include "kernels/device/bits.h"
#include "kernels/device/scratch.h"
#include "kernels/device/warp.h"
#include "kernels/training/dense_tile.h"
#include "kernels/training/dense_tile_products.h"
#include "kernels/training/model.h"
#include "kernels/training/tile_place.h"

#include <cstdint>

namespace warp2vec {

/// The windows of a tile, part of its metadata; see list_windows().
struct TileWindows {
  std::uint16_t* ones;     ///< [context fragments, hidden vectors] bit r of W: context r of the fragment
  float* weight;           ///< [hidden vectors] a; 0 without contexts
  float* gradient_weight;  ///< [hidden vectors] b; 0 without contexts

  WARP2VEC_HD static TileWindows take(Scratch& scratch, const DenseTileShape& shape) {
    TileWindows windows{};
    windows.ones = scratch.take<std::uint16_t>(std::int64_t{shape.contexts / kMmaSide} * shape.scored);
    windows.weight = scratch.take<float>(shape.scored);
    windows.gradient_weight = scratch.take<float>(shape.scored);
    return windows;
  }
};

/// Fills in the windows: the share of warp `index` of `warps`. `window_of(h)`: the CentreWindow of centre h.
template <class Warp, class WindowOf>
WARP2VEC_HD void list_windows(Warp& warp, int index, int warps, const CbowRule& rule, const TilePlace& place,
                              const DenseTileShape& shape, const TileWindows& windows, WindowOf window_of) {
  warp.strided(
      shape.scored,
      [&](std::int64_t i) {
        const auto h = static_cast<std::int32_t>(i);
        const CentreWindow window = h < place.centres ? window_of(h) : CentreWindow{0, 1};
        const bool trained = window.contexts() > 0;
        windows.weight[h] = trained ? rule.weight(window.contexts()) : 0.0F;
        windows.gradient_weight[h] = trained ? rule.gradient_weight(window.contexts()) : 0.0F;
        const std::int32_t own = place.lead + h;
        for (std::int32_t f = 0; f < shape.contexts / kMmaSide; ++f) {
          const std::uint32_t bits = bits_of_16(window.begin, window.end, f) & ~bits_of_16(own, own + 1, f);
          windows.ones[f * shape.scored + h] = static_cast<std::uint16_t>(trained ? bits : 0U);
        }
      },
      index, warps);
}

/// Makes the hidden vectors of the contexts: the share of warp `index` of `warps`. `reach`: of the widest
/// window.
template <class Warp>
WARP2VEC_HD void forward_windows(Warp& warp, int index, int warps, const DenseTile& tile,
                                 const TileWindows& windows, const TilePlace& place, std::int32_t reach) {
  using Mma = typename Warp::Mma;
  const DenseTileShape& shape = tile.shape;
  for_each_piece(index, warps, shape.scored / kMmaSide, shape.values, [&](std::int32_t own, std::int32_t d) {
    const std::int32_t h = own * kMmaSide;
    ProductPiece<Mma> piece(shape.values, d);
    const auto interact = [&](std::int32_t f) { return place.fragments_interact(reach, f * kMmaSide, h); };
    for_each_interacting(warp, shape.contexts / kMmaSide, interact, [&](std::int32_t f) {
      piece.add(Mma::of_bits(windows.ones + (f * shape.scored + h)), tile.contexts(f * kMmaSide),
                shape.row_stride());
    });
    const float* const weight = windows.weight + h;
    piece.store(tile.scored_rows(h), shape.row_stride(), [&](int r) { return weight[r]; });
  });
}

/// backward_tile(), with the updates of the hidden vectors put in the place of the contexts, which are not
/// needed any more. `writer_of(r)`: for row r of the tile, a target; see ProductPiece.
template <class Warp, class Mask, class WriterOf>
WARP2VEC_HD void backward_hidden(Warp& warp, int index, int warps, const DenseTile& tile, const Mask& mask,
                                 const TileWindows& windows, WriterOf writer_of) {
  const DenseTileShape& shape = tile.shape;
  backward_tile(warp, index, warps, tile, mask, [&](std::int32_t fragment, auto& piece) {
    const std::int32_t r = fragment * kMmaSide;
    if (r >= shape.scored) {
      piece.write(shape.contexts + (r - shape.scored), writer_of);
      return;
    }
    const float* const weight = windows.gradient_weight + r;
    piece.store(tile.contexts(r), shape.row_stride(), [&](int row) { return weight[row]; });
  });
}

/// Computes the updates of the contexts, before scaling, from those of the hidden vectors, after
/// backward_hidden() of all warps. `writer_of`: see ProductPiece.
template <class Warp, class WriterOf>
WARP2VEC_HD void backward_windows(Warp& warp, int index, int warps, const DenseTile& tile,
                                  const TileWindows& windows, const TilePlace& place, std::int32_t reach,
                                  WriterOf writer_of) {
  using Mma = typename Warp::Mma;
  const DenseTileShape& shape = tile.shape;
  for_each_piece(index, warps, shape.contexts / kMmaSide, shape.values,
                 [&](std::int32_t own, std::int32_t d) {
                   const std::int32_t c = own * kMmaSide;
                   ProductPiece<Mma> piece(shape.values, d);
                   const auto interact = [&](std::int32_t f) {
                     return place.fragments_interact(reach, c, f * kMmaSide);
                   };
                   for_each_interacting(warp, shape.scored / kMmaSide, interact, [&](std::int32_t f) {
                     piece.add(Mma::of_bits_transposed(windows.ones + (own * shape.scored + f * kMmaSide)),
                               tile.contexts(f * kMmaSide), shape.row_stride());
                   });
                   piece.write(c, writer_of);
                 });
}

}  // namespace warp2vec
