#pragma once
/// Forward and backward pass of a tile on tensor cores. With contexts X and targets Y, rows rounded to
/// bfloat16: scores S = X Y^T, gradients G of the scores (update_rule.h), and the updates G Y of contexts and
/// G^T X of targets, accumulated in float. Fragments of S without a pair are skipped: 12 of 30 with negative
/// sampling, 64 centres, windows of 5 and 32 negatives. A Mask says which pairs interact:
///
///     mask.fragments_interact(i, k)  // whether fragment i of contexts and k of targets may have a pair
///     auto pairs = mask.fragment(i, k);
///     pairs.gradient(r, n, score)    // of context r and target n of them, 0 if they do not interact
///     pairs.loss(r, n, score)        // in nats

#include "kernels/device/bits.h"
#include "kernels/device/warp.h"
#include "kernels/training/dense_tile.h"

#include <cstdint>

namespace warp2vec {

/// Calls `f(n)` for each n of [0, count) of which `interact(n)`, in increasing order; `count` is 1 or more. A
/// lane looks at each n.
template <class Warp, class Interact, class F>
WARP2VEC_HD void for_each_interacting(Warp& warp, std::int32_t count, Interact interact, F f) {
  std::int32_t first = 0;
  do {
    std::uint32_t left =
        warp.ballot([&](int lane) { return first + lane < count && interact(first + lane); });
    for (; left != 0; left &= left - 1) f(first + lowest_bit(left));
    first += kWarpSize;
  } while (first < count);
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
    const std::int32_t context_fragment = pair / target_fragments;
    const std::int32_t target_fragment = pair % target_fragments;
    const std::int32_t c = context_fragment * kMmaSide;
    const std::int32_t t = target_fragment * kMmaSide;
    auto scores = Mma::zero();
    for (std::int32_t d = 0; d < shape.values; d += kMmaSide)
      Mma::multiply_add(Mma::load_a(tile.contexts(c) + d, shape.row_stride()),
                        Mma::load_b(tile.targets(t) + d, shape.row_stride()), scores);
    const auto weights = mask.fragment(context_fragment, target_fragment);
    if (with_loss)
      loss = warp.plus(loss, Mma::sum(scores, [&](int r, int n, float s) { return weights.loss(r, n, s); }));
    Mma::map(scores, [&](int r, int n, float s) { return weights.gradient(r, n, s); });
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

/// Computes the updates of all rows, before scaling: `writer_of(r)` gives a function write(d, vector) for row
/// r, which gets vectors (see mma.h) from column d on. A warp takes 16 rows by 32 columns at a time, the last
/// targets first, whose sums are the longest with negative sampling.
template <class Warp, class Mask, class WriterOf>
WARP2VEC_HD void backward_tile(Warp& warp, int index, int warps, const DenseTile& tile, const Mask& mask,
                               WriterOf writer_of) {
  using Mma = typename Warp::Mma;
  constexpr std::int32_t kColumns = 2 * kMmaSide;
  const DenseTileShape& shape = tile.shape;
  const std::int32_t context_fragments = shape.contexts / kMmaSide;
  const std::int32_t column_groups = (shape.values + kColumns - 1) / kColumns;
  // From one piece of work to the warp's next; a GPU divides slowly.
  const std::int32_t fragments_on = warps / column_groups;
  const std::int32_t groups_on = warps % column_groups;
  std::int32_t fragment = shape.rows() / kMmaSide - 1 - index / column_groups;
  std::int32_t group = index % column_groups;
  while (fragment >= 0) {
    const bool of_contexts = fragment < context_fragments;
    const std::int32_t own = of_contexts ? fragment : fragment - context_fragments;
    const std::int32_t others = (of_contexts ? shape.targets : shape.contexts) / kMmaSide;
    const Bf16* const other_rows = of_contexts ? tile.targets(0) : tile.contexts(0);
    const std::int32_t d = group * kColumns;
    const bool both = d + kMmaSide < shape.values;  // fragments of columns
    auto left = Mma::zero();
    auto right = Mma::zero();
    const auto interact = [&](std::int32_t other) {
      return mask.fragments_interact(of_contexts ? own : other, of_contexts ? other : own);
    };
    for_each_interacting(warp, others, interact, [&](std::int32_t other) {
      const std::int32_t c = (of_contexts ? own : other) * kMmaSide;
      const std::int32_t t = (of_contexts ? other : own) * kMmaSide;
      const Bf16* const g = tile.gradient(c, t);
      const auto gradients = of_contexts ? Mma::load_a(g, shape.gradient_stride())
                                         : Mma::load_a_transposed(g, shape.gradient_stride());
      const Bf16* const rows = other_rows + (other * kMmaSide * shape.row_stride() + d);
      Mma::multiply_add(gradients, Mma::load_b_transposed(rows, shape.row_stride()), left);
      if (both)
        Mma::multiply_add(gradients, Mma::load_b_transposed(rows + kMmaSide, shape.row_stride()), right);
    });
    Mma::for_each_vector(left, right, [&](int row, int from, const float* of_left, const float* of_right) {
      const auto write = writer_of(fragment * kMmaSide + row);
      write(d + from, of_left);
      if (both) write(d + kMmaSide + from, of_right);
    });
    fragment -= fragments_on;
    group += groups_on;
    if (group >= column_groups) {
      group -= column_groups;
      --fragment;
    }
  }
}

}  // namespace warp2vec
