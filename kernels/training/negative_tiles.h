#pragma once
/// Negative sampling by tiles on matrix units.

#include "kernels/training/dense_tile.h"
#include "kernels/training/dense_tile_steps.h"
#include "kernels/training/negative_words.h"
#include "kernels/training/totals.h"

#include <cstdint>

namespace warp2vec {

/// Adds a part of a step to its row.
template <class Matrices, class Random>
WARP2VEC_HD void add_part(float* to, const Bf16* /*copy*/, const float (&step)[kPart], Random /*random*/) {
  Matrices::add(to, step);
}

/// The same for a row of Bf16, rounded stochastically, whose values were `copy`. What is added is the
/// difference of two Bf16, so that the sum is exact unless others have changed the value meanwhile; their
/// steps are not lost. `random()`: 128 uniform bits.
template <class Matrices, class Random>
WARP2VEC_HD void add_part(Bf16* to, const Bf16* copy, const float (&step)[kPart], Random random) {
  const Words4 bits = random();
  float difference[kPart];
  WARP2VEC_UNROLL
  for (int i = 0; i < kPart; ++i) {
    const float old = to_float(copy[i]);
    difference[i] = to_float(stochastic_bf16(old + step[i], bits.w[i / 2] >> (i % 2 * 16) & 0xFFFFU)) - old;
  }
  Matrices::add(to, difference);
}

/// The tiles of one block. Each step is the work of warp `index` of `warps`, and for tile number `t` of the
/// batch; between two steps of a tile all warps meet. A tile's words are named and related while another one
/// is trained.
template <class Value, class Warp, class Centres>
class NegativeTiles {
 public:
  WARP2VEC_HD static DenseTile take_tile(Scratch& scratch, const Model& model, int warps) {
    return DenseTile::take(scratch, NegativeWords::shape_of(model),
                           Warp::template copying_bytes<Value>(warps));
  }
  WARP2VEC_HD static unsigned char* take_words(Scratch& scratch, const Model& model) {
    return scratch.take<unsigned char>(2 * words_bytes(model));
  }

  /// `tile`, `words`: what was taken for them.
  WARP2VEC_HD NegativeTiles(const Model& model, const Tables<Value>& tables, const Centres& batch,
                            const DenseTile& tile, unsigned char* words)
      : model_(model), tables_(tables), batch_(batch), tile_(tile), words_(words) {}

  /// Draws the words and asks for their rows.
  WARP2VEC_HD void name(Warp& warp, int index, int warps, std::int64_t t) const {
    name_words(warp, index, warps, model_, tables_, batch_, TilePlace::of(model_, batch_, t), tile_.shape,
               words_of(t));
  }
  WARP2VEC_HD void relate(Warp& warp, int index, int warps, std::int64_t t) const {
    relate_words(warp, index, warps, model_, TilePlace::of(model_, batch_, t), tile_.shape, words_of(t));
  }
  /// Copies the tile's rows, zeros for those that are not there. `meanwhile()` is called while the first are
  /// on their way.
  template <class Meanwhile>
  WARP2VEC_HD void copy(Warp& warp, int index, int warps, std::int64_t t, Meanwhile meanwhile) const {
    const NegativeWords words = words_of(t);
    const auto from = [&](std::int32_t r) -> const Value* {
      const std::int64_t row = words.row[r];
      return row == DenseTile::kNone ? nullptr : tables_.row(r < tile_.shape.contexts, row);
    };
    const auto to = [&](std::int32_t r) { return tile_.contexts(r); };
    warp.template copy_rows<Value>(tile_.copying, index, warps, tile_.shape.rows(), tile_.shape.values, from,
                                   to, meanwhile);
  }
  /// Finds the scales of the tile's rows. Between relate() and move().
  WARP2VEC_HD void damp(Warp& warp, int index, int warps, std::int64_t t) const {
    damp_words(warp, index, warps, model_, batch_, TilePlace::of(model_, batch_, t), tile_.shape,
               words_of(t));
  }
  WARP2VEC_HD void score(Warp& warp, int index, int warps, std::int64_t t, bool wanted,
                         typename Warp::Float& loss) const {
    const TilePlace place = TilePlace::of(model_, batch_, t);
    const NegativeWords words = words_of(t);
    score_tile(warp, index, warps, tile_, NegativeMeeting{model_, place, tile_.shape, words}, wanted, loss);
  }
  WARP2VEC_HD void move(Warp& warp, int index, int warps, std::int64_t t) const {
    using Matrices = typename Warp::Matrices;
    const TilePlace place = TilePlace::of(model_, batch_, t);
    const NegativeWords words = words_of(t);
    const std::int64_t number = (batch_.kept.first + place.begin) / model_.tile_centres;
    move_tile(warp, index, warps, tile_, NegativeMeeting{model_, place, tile_.shape, words},
              [&](std::int32_t r, std::int32_t d, const float* part) {
                const std::int32_t row = words.row[r];
                if (row == DenseTile::kNone) return;
                float step[kPart];
                WARP2VEC_UNROLL
                for (int i = 0; i < kPart; ++i) step[i] = words.scale[r] * part[i];
                add_part<Matrices>(
                    tables_.row(r < tile_.shape.contexts, row) + d, tile_.contexts(r) + d, step, [&] {
                      const std::int32_t at = (r * tile_.shape.values + d) / kPart;
                      return batch_.draws.block(Stream::rounding, static_cast<std::uint64_t>(number),
                                                static_cast<std::uint32_t>(at));
                    });
              });
  }
  /// (context, centre) pairs.
  WARP2VEC_HD std::int64_t pairs(Warp& warp, std::int64_t t) const {
    return pairs_of(warp, TilePlace::of(model_, batch_, t), words_of(t));
  }

 private:
  WARP2VEC_HD static std::int64_t words_bytes(const Model& model) {
    Scratch scratch(nullptr);
    NegativeWords::take(scratch, model);
    return scratch.bytes();
  }
  // Not an array of two: a GPU keeps an array that is indexed at run time in slow local memory.
  WARP2VEC_HD NegativeWords words_of(std::int64_t t) const {
    Scratch scratch(words_ + t % 2 * words_bytes(model_));
    return NegativeWords::take(scratch, model_);
  }

  const Model& model_;
  const Tables<Value>& tables_;
  const Centres& batch_;
  DenseTile tile_;
  unsigned char* words_;
};

}  // namespace warp2vec
