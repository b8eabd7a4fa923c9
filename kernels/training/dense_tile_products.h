#pragma once
/// Forward and backward pass of a tile on tensor cores. With contexts X and targets Y, rows rounded to
/// bfloat16: scores S = X Y^T, gradients G of the scores (update_rule.h), and the updates G Y of contexts and
/// G^T X of targets, accumulated in float. Fragments of S without a pair are skipped: 12 of 30 with negative
/// sampling, 64 centres, windows of 5 and 32 negatives. A Mask says which pairs interact:
///
///     mask.fragments_interact(i, k)  // whether fragment i of contexts and k of targets may have a pair
///     mask.gradient(c, t, score)     // of context c and target t, 0 if they do not interact
///     mask.loss(c, t, score)         // in nats

#include "kernels/training/dense_tile.h"

#include <cstdint>

namespace warp2vec {

/// Computes the gradients: the share of warp `index` of `warps`. Adds the losses to the lanes of `loss` if
/// `with_loss`.
template <class Warp, class Mask>
WARP2VEC_HD void forward_tile(Warp& warp, int index, int warps, const DenseTile& tile, const Mask& mask,
                              bool with_loss, typename Warp::Float& loss) {
  using Mma = typename Warp::Mma;
  const DenseTileShape& shape = tile.shape;
  int number = 0;
  for (std::int32_t cf = 0; cf < shape.contexts / kMmaSide; ++cf) {
    for (std::int32_t tf = 0; tf < shape.targets / kMmaSide; ++tf) {
      if (!mask.fragments_interact(cf, tf) || number++ % warps != index) continue;
      const std::int32_t c = cf * kMmaSide;
      const std::int32_t t = tf * kMmaSide;
      auto scores = Mma::zero();
      for (std::int32_t d = 0; d < shape.values; d += kMmaSide)
        Mma::multiply_add(Mma::load_a(tile.contexts(c) + d, shape.row_stride()),
                          Mma::load_b(tile.targets(t) + d, shape.row_stride()), scores);
      if (with_loss)
        loss = warp.plus(loss,
                         Mma::sum(scores, [&](int r, int k, float s) { return mask.loss(c + r, t + k, s); }));
      Mma::map(scores, [&](int r, int k, float s) { return mask.gradient(c + r, t + k, s); });
      Mma::store(tile.gradient(c, t), shape.gradient_stride(), scores);
    }
  }
}

/// Computes the updates of all rows: `add(r, d, vector)` gets kVectorSize values of the update of row r, from
/// column d on, before scaling. A warp takes 16 rows by 32 columns at a time, the last targets first, whose
/// sums are the longest with negative sampling.
template <class Warp, class Mask, class Add>
WARP2VEC_HD void backward_tile(Warp& /*warp*/, int index, int warps, const DenseTile& tile, const Mask& mask,
                               Add add) {
  using Mma = typename Warp::Mma;
  constexpr std::int32_t kColumns = 2 * kMmaSide;
  const DenseTileShape& shape = tile.shape;
  const std::int32_t context_fragments = shape.contexts / kMmaSide;
  const std::int32_t target_fragments = shape.targets / kMmaSide;
  const std::int32_t column_groups = (shape.values + kColumns - 1) / kColumns;
  const std::int32_t stride = shape.row_stride();
  for (std::int32_t work = index; work < (context_fragments + target_fragments) * column_groups;
       work += warps) {
    const std::int32_t fragment = context_fragments + target_fragments - 1 - work / column_groups;
    const std::int32_t d = work % column_groups * kColumns;
    const bool both = d + kMmaSide < shape.values;
    const bool is_context = fragment < context_fragments;
    auto left = Mma::zero();
    auto right = Mma::zero();
    for (std::int32_t other = 0; other < (is_context ? target_fragments : context_fragments); ++other) {
      const std::int32_t cf = is_context ? fragment : other;
      const std::int32_t tf = is_context ? other : fragment - context_fragments;
      if (!mask.fragments_interact(cf, tf)) continue;
      const Bf16* const g = tile.gradient(cf * kMmaSide, tf * kMmaSide);
      const auto gradients = is_context ? Mma::load_a(g, shape.gradient_stride())
                                        : Mma::load_a_transposed(g, shape.gradient_stride());
      const Bf16* const rows = (is_context ? tile.targets(tf * kMmaSide) : tile.contexts(cf * kMmaSide)) + d;
      Mma::multiply_add(gradients, Mma::load_b_transposed(rows, stride), left);
      if (both) Mma::multiply_add(gradients, Mma::load_b_transposed(rows + kMmaSide, stride), right);
    }
    const auto add_fragment = [&](std::int32_t column, const typename Mma::Accumulator& updates) {
      Mma::for_each_vector(updates, [&](int row, int row_half, const float* vector) {
        add(fragment * kMmaSide + row, column + row_half * kVectorSize, vector);
      });
    };
    add_fragment(d, left);
    if (both) add_fragment(d + kMmaSide, right);
  }
}

}  // namespace warp2vec
