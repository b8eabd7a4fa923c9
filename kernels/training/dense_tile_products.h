#pragma once
/// The steps of training a tile on tensor cores. With contexts X and targets Y, rows rounded to bfloat16:
/// scores S = X Y^T, gradients G of the scores (step.h), and with them the steps G Y of contexts and G^T X of
/// targets, summed in float. Blocks in which nothing meets are left out: with negative sampling, 64 centres,
/// windows of 5 and 32 negatives 12 of 30. A Mask says what interacts:
///
///     mask.blocks_interact(i, k)     // whether the i-th block of contexts and the k-th of targets may
///     mask.gradient(c, t, score) // of context c and target t, 0 if they do not meet
///     mask.loss(c, t, score)     // in nats

#include "kernels/training/dense_tile.h"

#include <cstdint>

namespace warp2vec {

/// Computes the gradients: the work of warp `index` of `warps`. Adds the losses to the lanes of `loss` if
/// they are `wanted`.
template <class Warp, class Mask>
WARP2VEC_HD void forward_tile(Warp& warp, int index, int warps, const DenseTile& tile, const Mask& mask,
                              bool wanted, typename Warp::Float& loss) {
  using Matrices = typename Warp::Matrices;
  const DenseTileShape& shape = tile.shape;
  int number = 0;
  for (std::int32_t cb = 0; cb < shape.contexts / kBlockSide; ++cb) {
    for (std::int32_t tb = 0; tb < shape.targets / kBlockSide; ++tb) {
      if (!mask.blocks_interact(cb, tb) || number++ % warps != index) continue;
      const std::int32_t c = cb * kBlockSide;
      const std::int32_t t = tb * kBlockSide;
      auto scores = Matrices::zero();
      for (std::int32_t d = 0; d < shape.values; d += kBlockSide)
        Matrices::multiply_add(Matrices::load_a(tile.contexts(c) + d, shape.row_stride()),
                               Matrices::load_b(tile.targets(t) + d, shape.row_stride()), scores);
      if (wanted)
        loss = warp.plus(
            loss, Matrices::sum(scores, [&](int r, int k, float s) { return mask.loss(c + r, t + k, s); }));
      Matrices::map(scores, [&](int r, int k, float s) { return mask.gradient(c + r, t + k, s); });
      Matrices::store(tile.gradient(c, t), shape.gradient_stride(), scores);
    }
  }
}

/// Computes the steps of all rows: `add(r, d, part)` gets kPart values of the step of row r, from column d
/// on, before it is scaled. A warp takes blocks of 16 rows by 32 columns, those of the last targets first,
/// whose sums are the longest with negative sampling.
template <class Warp, class Mask, class Add>
WARP2VEC_HD void backward_tile(Warp& /*warp*/, int index, int warps, const DenseTile& tile, const Mask& mask,
                               Add add) {
  using Matrices = typename Warp::Matrices;
  constexpr std::int32_t kColumns = 2 * kBlockSide;
  const DenseTileShape& shape = tile.shape;
  const std::int32_t context_blocks = shape.contexts / kBlockSide;
  const std::int32_t target_blocks = shape.targets / kBlockSide;
  const std::int32_t groups = (shape.values + kColumns - 1) / kColumns;
  const std::int32_t stride = shape.row_stride();
  for (std::int32_t work = index; work < (context_blocks + target_blocks) * groups; work += warps) {
    const std::int32_t block = context_blocks + target_blocks - 1 - work / groups;
    const std::int32_t d = work % groups * kColumns;
    const bool both = d + kBlockSide < shape.values;
    const bool is_context = block < context_blocks;
    auto left = Matrices::zero();
    auto right = Matrices::zero();
    for (std::int32_t other = 0; other < (is_context ? target_blocks : context_blocks); ++other) {
      const std::int32_t cb = is_context ? block : other;
      const std::int32_t tb = is_context ? other : block - context_blocks;
      if (!mask.blocks_interact(cb, tb)) continue;
      const Bf16* const g = tile.gradient(cb * kBlockSide, tb * kBlockSide);
      const auto gradients = is_context ? Matrices::load_a(g, shape.gradient_stride())
                                        : Matrices::load_a_transposed(g, shape.gradient_stride());
      const Bf16* const rows =
          (is_context ? tile.targets(tb * kBlockSide) : tile.contexts(cb * kBlockSide)) + d;
      Matrices::multiply_add(gradients, Matrices::load_b_transposed(rows, stride), left);
      if (both)
        Matrices::multiply_add(gradients, Matrices::load_b_transposed(rows + kBlockSide, stride), right);
    }
    const auto add_block = [&](std::int32_t column, const typename Matrices::Block& steps) {
      Matrices::for_each_part(steps, [&](int row, int which, const float* part) {
        add(block * kBlockSide + row, column + which * kPart, part);
      });
    };
    add_block(d, left);
    if (both) add_block(d + kBlockSide, right);
  }
}

}  // namespace warp2vec
