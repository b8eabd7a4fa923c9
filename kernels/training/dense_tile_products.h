#pragma once
/// Forward and backward pass of a tile on tensor cores. With contexts X and targets Y, rows rounded to
/// bfloat16: scores S = X Y^T, gradients G of the scores (update_rule.h), and the updates G Y of contexts and
/// G^T X of targets, accumulated in float. Fragments of S without a pair are skipped: 12 of 30 with negative
/// sampling, 64 centres, windows of 5 and 32 negatives. A Mask says which pairs interact:
///
///     mask.fragments_interact(i, k)  // whether fragment i of contexts and k of targets may have a pair
///     mask.gradient(c, t, score)     // of context c and target t, 0 if they do not interact
///     mask.loss(c, t, score)         // in nats

#include "kernels/device/bits.h"
#include "kernels/device/warp.h"
#include "kernels/training/dense_tile.h"

#include <cstdint>

namespace warp2vec {

/// Calls `f(n)` for each n of [0, count) of which `interact(n)`, in increasing order. A lane looks at each n.
template <class Warp, class Interact, class F>
WARP2VEC_HD void for_each_interacting(Warp& warp, std::int32_t count, Interact interact, F f) {
  for (std::int32_t first = 0; first < count; first += kWarpSize) {
    std::uint32_t left =
        warp.ballot([&](int lane) { return first + lane < count && interact(first + lane); });
    for (; left != 0; left &= left - 1) f(first + lowest_bit(left));
  }
}

/// Computes the gradients: the share of warp `index` of `warps`. Adds the losses to the lanes of `loss` if
/// `with_loss`.
template <class Warp, class Mask>
WARP2VEC_HD void forward_tile(Warp& warp, int index, int warps, const DenseTile& tile, const Mask& mask,
                              bool with_loss, typename Warp::Float& loss) {
  using Mma = typename Warp::Mma;
  const DenseTileShape& shape = tile.shape;
  const std::int32_t target_fragments = shape.targets / kMmaSide;
  const std::int32_t pairs = shape.contexts / kMmaSide * target_fragments;
  const auto interact = [&](std::int32_t pair) {
    return mask.fragments_interact(pair / target_fragments, pair % target_fragments);
  };
  const auto score = [&](std::int32_t pair) {
    const std::int32_t c = pair / target_fragments * kMmaSide;
    const std::int32_t t = pair % target_fragments * kMmaSide;
    auto scores = Mma::zero();
    for (std::int32_t d = 0; d < shape.values; d += kMmaSide)
      Mma::multiply_add(Mma::load_a(tile.contexts(c) + d, shape.row_stride()),
                        Mma::load_b(tile.targets(t) + d, shape.row_stride()), scores);
    if (with_loss)
      loss = warp.plus(loss,
                       Mma::sum(scores, [&](int r, int k, float s) { return mask.loss(c + r, t + k, s); }));
    Mma::map(scores, [&](int r, int k, float s) { return mask.gradient(c + r, t + k, s); });
    Mma::store(tile.gradient(c, t), shape.gradient_stride(), scores);
  };
  // Of the pairs that interact, every warps-th is this warp's.
  int number = 0;
  for (std::int32_t first = 0; first < pairs; first += kWarpSize) {
    const std::uint32_t all =
        warp.ballot([&](int lane) { return first + lane < pairs && interact(first + lane); });
    std::uint32_t own = warp.ballot([&](int lane) {
      return (all >> lane & 1U) != 0 && (number + count_bits(all & ((1U << lane) - 1U))) % warps == index;
    });
    for (; own != 0; own &= own - 1) score(first + lowest_bit(own));
    number += count_bits(all);
  }
}

/// The sums of one fragment of contexts (kContexts) or targets, over two fragments of columns from `d` on.
template <bool kContexts, class Warp, class Mask>
WARP2VEC_HD void sum_updates(Warp& warp, const DenseTile& tile, const Mask& mask, std::int32_t fragment,
                             std::int32_t d, bool both, typename Warp::Mma::Accumulator& left,
                             typename Warp::Mma::Accumulator& right) {
  using Mma = typename Warp::Mma;
  const DenseTileShape& shape = tile.shape;
  const auto interact = [&](std::int32_t other) {
    return kContexts ? mask.fragments_interact(fragment, other) : mask.fragments_interact(other, fragment);
  };
  for_each_interacting(
      warp, (kContexts ? shape.targets : shape.contexts) / kMmaSide, interact, [&](std::int32_t other) {
        const Bf16* const g = kContexts ? tile.gradient(fragment * kMmaSide, other * kMmaSide)
                                        : tile.gradient(other * kMmaSide, fragment * kMmaSide);
        const auto gradients = kContexts ? Mma::load_a(g, shape.gradient_stride())
                                         : Mma::load_a_transposed(g, shape.gradient_stride());
        const Bf16* const rows =
            (kContexts ? tile.targets(other * kMmaSide) : tile.contexts(other * kMmaSide)) + d;
        Mma::multiply_add(gradients, Mma::load_b_transposed(rows, shape.row_stride()), left);
        if (both)
          Mma::multiply_add(gradients, Mma::load_b_transposed(rows + kMmaSide, shape.row_stride()), right);
      });
}

/// Computes the updates of all rows: `add(r, d, vector)` gets a vector (see mma.h) of the update of row r,
/// from column d on, before scaling. A warp takes 16 rows by 32 columns at a time, the last targets first,
/// whose sums are the longest with negative sampling.
template <class Warp, class Mask, class Add>
WARP2VEC_HD void backward_tile(Warp& warp, int index, int warps, const DenseTile& tile, const Mask& mask,
                               Add add) {
  using Mma = typename Warp::Mma;
  constexpr std::int32_t kColumns = 2 * kMmaSide;
  const DenseTileShape& shape = tile.shape;
  const std::int32_t context_fragments = shape.contexts / kMmaSide;
  const std::int32_t fragments = shape.rows() / kMmaSide;
  const std::int32_t column_groups = (shape.values + kColumns - 1) / kColumns;
  for (std::int32_t work = index; work < fragments * column_groups; work += warps) {
    const std::int32_t fragment = fragments - 1 - work / column_groups;
    const std::int32_t d = work % column_groups * kColumns;
    const bool both = d + kMmaSide < shape.values;
    auto left = Mma::zero();
    auto right = Mma::zero();
    if (fragment < context_fragments)
      sum_updates<true>(warp, tile, mask, fragment, d, both, left, right);
    else
      sum_updates<false>(warp, tile, mask, fragment - context_fragments, d, both, left, right);
    const auto add_fragment = [&](std::int32_t column, const typename Mma::Accumulator& updates) {
      Mma::for_each_vector(updates, [&](int row, int from, const float* vector) {
        add(fragment * kMmaSide + row, column + from, vector);
      });
    };
    add_fragment(d, left);
    if (both) add_fragment(d + kMmaSide, right);
  }
}

}  // namespace warp2vec
