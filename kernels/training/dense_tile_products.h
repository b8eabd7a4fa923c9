#pragma once
/// Forward and backward pass of a tile on tensor cores. With scored rows X (the contexts, or under CBOW H of
/// cbow_tile.h) and targets Y, rounded to bfloat16: scores S = X Y^T, gradients G of the scores
/// (update_rule.h), and the updates G Y of scored rows and G^T X of targets, accumulated in float. Fragments
/// of S without a pair are skipped: 12 of 30 with negative sampling, 64 centres, windows of 5 and 32
/// negatives. A Mask says which pairs interact:
///
///     mask.fragments_interact(i, k)  // whether fragment i of scored rows and k of targets may have a pair
///     auto pairs = mask.fragment(i, k);
///     pairs.gradient(r, n, score)    // of scored row r and target n of them, 0 if they do not interact
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
  const std::int32_t pairs = shape.scored / kMmaSide * target_fragments;
  const auto interact = [&](std::int32_t pair) {
    return mask.fragments_interact(pair / target_fragments, pair % target_fragments);
  };
  const auto score = [&](std::int32_t pair) {
    const std::int32_t scored_fragment = pair / target_fragments;
    const std::int32_t target_fragment = pair % target_fragments;
    const std::int32_t c = scored_fragment * kMmaSide;
    const std::int32_t t = target_fragment * kMmaSide;
    auto scores = Mma::zero();
    for (std::int32_t d = 0; d < shape.values; d += kMmaSide)
      Mma::multiply_add(Mma::load_a(tile.scored_rows(c) + d, shape.row_stride()),
                        Mma::load_b(tile.targets(t) + d, shape.row_stride()), scores);
    const auto weights = mask.fragment(scored_fragment, target_fragment);
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

/// Calls `f(fragment, d)` for the share of warp `index` of `warps` in pieces of 16 rows, those of one of
/// `fragments`, by 32 of `values` columns, those from d on. The last fragments come first.
template <class F>
WARP2VEC_HD void for_each_piece(int index, int warps, std::int32_t fragments, std::int32_t values, F f) {
  constexpr std::int32_t kColumns = 2 * kMmaSide;
  const std::int32_t column_groups = (values + kColumns - 1) / kColumns;
  // From one piece to the warp's next; a GPU divides slowly.
  const std::int32_t fragments_on = warps / column_groups;
  const std::int32_t groups_on = warps % column_groups;
  std::int32_t fragment = fragments - 1 - index / column_groups;
  std::int32_t group = index % column_groups;
  while (fragment >= 0) {
    f(fragment, group * kColumns);
    fragment -= fragments_on;
    group += groups_on;
    if (group >= column_groups) {
      group -= column_groups;
      --fragment;
    }
  }
}

/// A piece of a product: 16 rows by 32 columns, or 16 at the end of rows of an odd number of fragments.
template <class Mma>
class ProductPiece {
 public:
  /// Columns from d on of `values`.
  WARP2VEC_HD ProductPiece(std::int32_t values, std::int32_t d)
      : d_(d), both_(d + kMmaSide < values), left_(Mma::zero()), right_(Mma::zero()) {}

  /// Adds a times 16 rows, `stride` apart.
  WARP2VEC_HD void add(const typename Mma::A& a, const Bf16* rows, std::int32_t stride) {
    Mma::multiply_add(a, Mma::load_b_transposed(rows + d_, stride), left_);
    if (both_) Mma::multiply_add(a, Mma::load_b_transposed(rows + d_ + kMmaSide, stride), right_);
  }
  /// `writer_of(r)` gives a function write(d, vector) for row r, of the 16 from `first` on, which gets
  /// vectors (see mma.h) from column d on.
  template <class WriterOf>
  WARP2VEC_HD void write(std::int32_t first, WriterOf writer_of) const {
    Mma::for_each_vector(left_, right_, [&](int row, int from, const float* of_left, const float* of_right) {
      const auto write = writer_of(first + row);
      write(d_ + from, of_left);
      if (both_) write(d_ + kMmaSide + from, of_right);
    });
  }
  /// Stores row r times `scale_of(r)`, rounded, for the 16 rows from `rows` on, `stride` apart.
  template <class ScaleOf>
  WARP2VEC_HD void store(Bf16* rows, std::int32_t stride, ScaleOf scale_of) {
    const auto scaled = [&](int r, int, float value) { return scale_of(r) * value; };
    Mma::map(left_, scaled);
    Mma::store(rows + d_, stride, left_);
    if (!both_) return;
    Mma::map(right_, scaled);
    Mma::store(rows + d_ + kMmaSide, stride, right_);
  }

 private:
  std::int32_t d_;
  bool both_;  // fragments of columns
  typename Mma::Accumulator left_;
  typename Mma::Accumulator right_;
};

/// Computes the updates of all rows, before scaling: calls `finish(fragment, piece)` for each piece of them,
/// of the fragments of scored rows, then of targets. The last targets, whose sums are the longest with
/// negative sampling, come first.
template <class Warp, class Mask, class Finish>
WARP2VEC_HD void backward_tile(Warp& warp, int index, int warps, const DenseTile& tile, const Mask& mask,
                               Finish finish) {
  using Mma = typename Warp::Mma;
  const DenseTileShape& shape = tile.shape;
  const std::int32_t scored_fragments = shape.scored / kMmaSide;
  const std::int32_t fragments = scored_fragments + shape.targets / kMmaSide;
  for_each_piece(index, warps, fragments, shape.values, [&](std::int32_t fragment, std::int32_t d) {
    const bool of_scored = fragment < scored_fragments;
    const std::int32_t own = of_scored ? fragment : fragment - scored_fragments;
    const std::int32_t others = (of_scored ? shape.targets : shape.scored) / kMmaSide;
    const Bf16* const other_rows = of_scored ? tile.targets(0) : tile.scored_rows(0);
    const auto interact = [&](std::int32_t other) {
      return mask.fragments_interact(of_scored ? own : other, of_scored ? other : own);
    };
    ProductPiece<Mma> piece(shape.values, d);
    for_each_interacting(warp, others, interact, [&](std::int32_t other) {
      const std::int32_t c = (of_scored ? own : other) * kMmaSide;
      const std::int32_t t = (of_scored ? other : own) * kMmaSide;
      const Bf16* const g = tile.gradient(c, t);
      const auto gradients = of_scored ? Mma::load_a(g, shape.gradient_stride())
                                       : Mma::load_a_transposed(g, shape.gradient_stride());
      piece.add(gradients, other_rows + other * kMmaSide * shape.row_stride(), shape.row_stride());
    });
    finish(fragment, piece);
  });
}

}  // namespace warp2vec
