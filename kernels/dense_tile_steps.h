#pragma once
/// The steps of training a tile on matrix units. With contexts X and targets Y, rows rounded to bfloat16:
/// scores S = X Y^T, gradients G of the scores under their weights (step.h), and with them the steps G Y of
/// contexts and G^T X of targets, summed in float. Blocks in which nothing meets are left out: of 64 centres
/// with windows of 5 and 32 negatives 12 of 30.

#include "dense_tile.h"
#include "dense_tile_words.h"

#include <cstdint>

namespace warp2vec {

/// Copies the tile's rows, zeros for those that are not there. `meanwhile()` is called while the first are on
/// their way.
template <class Value, class Warp, class Meanwhile>
W2V_HD void copy_rows(Warp& warp, int index, int warps, const DenseTile& tile, const TileWords& words,
                      const Tables<Value>& tables, Meanwhile meanwhile) {
  const auto from = [&](std::int32_t r) -> const Value* {
    const std::int64_t row = words.row[r];
    if (row == TileWords::kNone) return nullptr;
    return tables.row(r < tile.shape.contexts, row);
  };
  const auto to = [&](std::int32_t r) { return tile.contexts(r); };
  warp.template copy_rows<Value>(tile.copying, index, warps, tile.shape.rows(), tile.shape.values, from, to,
                                 meanwhile);
}

/// Computes the gradients. Adds the losses, in nats, to the lanes of `loss` if they are `wanted`.
template <class Warp>
W2V_HD void score(Warp& warp, int index, int warps, const Model& model, const DenseTile& tile,
                  const TilePlace& place, const TileWords& words, bool wanted, typename Warp::Float& loss) {
  using Matrices = typename Warp::Matrices;
  const DenseTileShape& shape = tile.shape;
  int number = 0;
  for (std::int32_t cb = 0; cb < shape.contexts / kBlockSide; ++cb) {
    for (std::int32_t tb = 0; tb < shape.targets / kBlockSide; ++tb) {
      if (!place.meet(model, cb, tb) || number++ % warps != index) continue;
      const std::int32_t c = cb * kBlockSide;
      const std::int32_t t = tb * kBlockSide;
      auto scores = Matrices::zero();
      for (std::int32_t d = 0; d < shape.values; d += kBlockSide)
        Matrices::multiply_add(Matrices::load_a(tile.contexts(c) + d, shape.row_stride()),
                               Matrices::load_b(tile.targets(t) + d, shape.row_stride()), scores);
      const auto weight_of = [&](int r, int k) { return weight(model, place, shape, words, c + r, t + k); };
      if (wanted) {
        loss = warp.plus(loss, Matrices::sum(scores, [&](int r, int k, float s) {
                           const float w = weight_of(r, k);
                           return w == 0.0F ? 0.0F : score_loss(s, w);
                         }));
      }
      Matrices::map(scores, [&](int r, int k, float s) {
        const float w = weight_of(r, k);
        return w == 0.0F ? 0.0F : score_gradient(s, w);
      });
      Matrices::store(tile.gradient(c, t), shape.gradient_stride(), scores);
    }
  }
}

/// Adds a part of a step to its row.
template <class Matrices, class Random>
W2V_HD void add_part(float* to, const Bf16* /*copy*/, const float (&step)[kPart], Random /*random*/) {
  Matrices::add(to, step);
}

/// The same for a row of Bf16, rounded stochastically, whose values were `copy`. What is added is the
/// difference of two Bf16, so that the sum is exact unless others have changed the value meanwhile; their
/// steps are not lost. `random()`: 128 uniform bits.
template <class Matrices, class Random>
W2V_HD void add_part(Bf16* to, const Bf16* copy, const float (&step)[kPart], Random random) {
  const Words4 bits = random();
  float difference[kPart];
  W2V_UNROLL
  for (int i = 0; i < kPart; ++i) {
    const float old = to_float(copy[i]);
    difference[i] = to_float(stochastic_bf16(old + step[i], bits.w[i / 2] >> (i % 2 * 16) & 0xFFFFU)) - old;
  }
  Matrices::add(to, difference);
}

/// Adds the steps of the block's rows in the columns from d on; r and d are multiples of kBlockSide.
template <class Value, class Matrices, class Centres>
W2V_HD void add_steps(const Tables<Value>& tables, const DenseTile& tile, const TileWords& words,
                      const Centres& batch, std::int64_t number, std::int32_t r, std::int32_t d,
                      const typename Matrices::Block& steps) {
  Matrices::for_each_part(steps, [&](int below, int which, const float* part) {
    const std::int32_t own = r + below;
    const std::int32_t row = words.row[own];
    if (row == TileWords::kNone) return;
    const std::int32_t column = d + which * kPart;
    const float scale = words.scale[own];
    float step[kPart];
    W2V_UNROLL
    for (int i = 0; i < kPart; ++i) step[i] = scale * part[i];
    add_part<Matrices>(tables.row(own < tile.shape.contexts, row) + column, tile.contexts(own) + column, step,
                       [&] {
                         const std::int32_t place = (own * tile.shape.values + column) / kPart;
                         return batch.draws.block(Stream::rounding, static_cast<std::uint64_t>(number),
                                                  static_cast<std::uint32_t>(place));
                       });
  });
}

/// Moves all rows of the tile. A warp takes blocks of 16 rows by 32 columns, those of the negatives first,
/// which are the longest sums.
template <class Value, class Warp, class Centres>
W2V_HD void move_rows(Warp& /*warp*/, int index, int warps, const Model& model, const Tables<Value>& tables,
                      const DenseTile& tile, const TilePlace& place, const TileWords& words,
                      const Centres& batch) {
  using Matrices = typename Warp::Matrices;
  constexpr std::int32_t kColumns = 2 * kBlockSide;
  const DenseTileShape& shape = tile.shape;
  const std::int64_t number = (batch.kept.first + place.begin) / model.tile_centres;
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
      if (!place.meet(model, cb, tb)) continue;
      const Bf16* const g = tile.gradient(cb * kBlockSide, tb * kBlockSide);
      const auto gradients = is_context ? Matrices::load_a(g, shape.gradient_stride())
                                        : Matrices::load_a_transposed(g, shape.gradient_stride());
      const Bf16* const rows =
          (is_context ? tile.targets(tb * kBlockSide) : tile.contexts(cb * kBlockSide)) + d;
      Matrices::multiply_add(gradients, Matrices::load_b_transposed(rows, stride), left);
      if (both)
        Matrices::multiply_add(gradients, Matrices::load_b_transposed(rows + kBlockSide, stride), right);
    }
    add_steps<Value, Matrices>(tables, tile, words, batch, number, block * kBlockSide, d, left);
    if (both)
      add_steps<Value, Matrices>(tables, tile, words, batch, number, block * kBlockSide, d + kBlockSide,
                                 right);
  }
}

}  // namespace warp2vec
