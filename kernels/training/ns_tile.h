#pragma once
/// Negative sampling under Sharing::tile on a GPU; the rule is tile_minibatch() of
/// host/reference/reference.h.
///
/// First a tile's metadata, known before its rows are read, for tensor cores and for tile_minibatches.h
/// alike. Contexts [C] are all elements that the windows of the N centres may cover, targets [N + M] the
/// centres, then the negatives, each padded to whole fragments. Their weights are
///     w[c, t] = 1 if context c is in the window of centre t, else 0
///     w[c, N + m] = -pairs(c) K / M, or 0 if negative m is a centre that has c in its window
///
/// Then NsTiles, which trains a tile on tensor cores, with x [C, dim] and y [N + M, dim] rounded to bfloat16:
///     s = x y^T;  g = w sigmoid(-sign(w) s);  x += scale (g y);  y += scale (g^T x)

#include "kernels/device/bits.h"
#include "kernels/device/fast_math.h"
#include "kernels/device/warp.h"
#include "kernels/training/dense_tile.h"
#include "kernels/training/dense_tile_products.h"
#include "kernels/training/model.h"
#include "kernels/training/tile_place.h"
#include "kernels/training/totals.h"

#include <cstdint>

namespace warp2vec {

/// The matrices of negative sampling, of float or Bf16.
template <class Value>
struct Tables {
  MatrixView<Value> input;
  MatrixView<Value> output;

  /// Selects by address: a GPU would keep what is selected by reference in slow local memory.
  WARP2VEC_HD Value* row(bool of_input, std::int32_t r) const {
    return (of_input ? input.data : output.data) + std::int64_t{r} * static_cast<std::int32_t>(input.stride);
  }
};

/// Metadata of a tile; see DenseTileShape. Contexts come first, then centres, then negatives.
struct NsTileMetadata {
  std::int32_t* row;       ///< [rows] in the input or output matrix, or DenseTile::kNone
  float* scale;            ///< [rows] learning rate times damping, or 0; after damp_rows()
  std::int32_t* pairs;     ///< [rows] of a context or centre, in the tile; 1 for a negative
  float* negative_weight;  ///< [contexts] magnitude of a context's weight with each negative
  CentreWindow* window;    ///< [centres]
  /// [context fragments, targets] bit r: context r of the fragment is in the window of a centre that has the
  /// target's word: that centre itself, or for a negative any
  std::uint16_t* met;
  float* lr;  ///< [1]
  RowPairs context_pairs;
  RowPairs target_pairs;

  /// Which target is the first negative.
  WARP2VEC_HD static std::int32_t first_negative(const Model& model) {
    return padded_to_mma(model.tile_centres);
  }
  WARP2VEC_HD static DenseTileShape shape_of(const Model& model) {
    return {padded_to_mma(model.tile_centres + 2 * model.window),
            first_negative(model) + padded_to_mma(model.tile_negatives),
            static_cast<std::int32_t>(model.input.stride)};
  }
  WARP2VEC_HD static NsTileMetadata take(Scratch& scratch, const Model& model) {
    const DenseTileShape shape = shape_of(model);
    NsTileMetadata metadata{};
    metadata.row = scratch.take<std::int32_t>(shape.rows());
    metadata.scale = scratch.take<float>(shape.rows());
    metadata.pairs = scratch.take<std::int32_t>(shape.rows());
    metadata.negative_weight = scratch.take<float>(shape.contexts);
    metadata.window = scratch.take<CentreWindow>(model.tile_centres);
    metadata.met = scratch.take<std::uint16_t>(std::int64_t{shape.contexts / kMmaSide} * shape.targets);
    metadata.lr = scratch.take<float>(1);
    metadata.context_pairs = RowPairs::take(scratch);
    metadata.target_pairs = RowPairs::take(scratch);
    return metadata;
  }
};

/// Whether target t is a negative: neither a centre nor padding.
WARP2VEC_HD inline bool is_negative(const Model& model, std::int32_t t) {
  const std::int32_t first = NsTileMetadata::first_negative(model);
  return first <= t && t < first + model.tile_negatives;
}

/// Another order of the warps, which begins in their middle.
WARP2VEC_HD constexpr int opposite(int index, int warps) {
  return index < warps / 2 ? index + (warps + 1) / 2 : index - warps / 2;
}

/// Draws the negatives, looks up the other words, and prefetches all rows: the share of warp `index` of
/// `warps`. Each of the four chains of dependent loads and draws is the work of other warps.
template <class Value, class Warp, class Centres>
WARP2VEC_HD void sample_words(Warp& warp, int index, int warps, const Model& model,
                              const Tables<Value>& tables, const Centres& batch, const TilePlace& place,
                              const DenseTileShape& shape, const NsTileMetadata& metadata) {
  const auto set_row = [&](std::int32_t r, const MatrixView<Value>& table, std::int32_t row) {
    metadata.row[r] = row;
    if (row != DenseTile::kNone)
      warp.prefetch(table.row(std::int64_t{row}), table.stride * static_cast<std::int64_t>(sizeof(Value)));
  };
  const std::int32_t negatives = NsTileMetadata::first_negative(model);
  warp.strided(
      shape.contexts,
      [&](std::int64_t i) {
        const auto c = static_cast<std::int32_t>(i);
        set_row(c, tables.input, c < place.contexts ? batch.row(place.first + c) : DenseTile::kNone);
      },
      index, warps);
  warp.strided(
      shape.targets,
      [&](std::int64_t i) {
        const auto t = static_cast<std::int32_t>(i);
        std::int32_t row = DenseTile::kNone;
        if (t < place.centres) {
          row = batch.row(place.begin + t);
        } else if (is_negative(model, t)) {
          const std::int64_t number = (batch.kept.first + place.begin) / model.tile_centres;
          row = static_cast<std::int32_t>(tile_negative(batch.draws, model.negatives, number, t - negatives));
        }
        set_row(shape.contexts + t, tables.output, row);
      },
      warps - 1 - index, warps);
  warp.strided(
      place.centres,
      [&](std::int64_t t) {
        metadata.window[t] = CentreWindow::of(model, batch, place, static_cast<std::int32_t>(t));
        if (t == 0) *metadata.lr = batch.lr(model, place.begin);
      },
      opposite(index, warps), warps);
  metadata.context_pairs.clear(warp, index, warps);
  metadata.target_pairs.clear(warp, index, warps);
}

/// Counts the pairs of each row, drops contexts without any, and finds which contexts each target has met.
/// After sample_words() of all warps. Contexts are the work of the first warps, targets that of the last
/// ones.
template <class Warp>
WARP2VEC_HD void mask_words(Warp& warp, int index, int warps, const Model& model, const TilePlace& place,
                            const DenseTileShape& shape, const NsTileMetadata& metadata) {
  const std::int32_t* const targets = metadata.row + shape.contexts;
  const auto max_negative_pairs = static_cast<std::int32_t>(
      tile_negative_weight(place.centres * 2 * model.window, model.negative, model.tile_negatives) + 1);
  warp.strided(
      shape.contexts,
      [&](std::int64_t i) {
        const auto c = static_cast<std::int32_t>(i);
        metadata.pairs[c] = 0;
        metadata.negative_weight[c] = 0;
        if (c < place.contexts) {
          const std::int32_t near = c - place.lead;  // the centre at the same element
          const std::int32_t last =
              near + model.window + 1 < place.centres ? near + model.window + 1 : place.centres;
          std::int32_t pairs = 0;
          for (std::int32_t t = near > model.window ? near - model.window : 0; t < last; ++t)
            pairs += metadata.window[t].contains(place, c, t) ? 1 : 0;
          metadata.pairs[c] = pairs;
          metadata.negative_weight[c] = tile_negative_weight(pairs, model.negative, model.tile_negatives);
          if (pairs > 0)
            metadata.context_pairs.add(warp, metadata.row[c], pairs);
          else
            metadata.row[c] = DenseTile::kNone;
        }
      },
      index, warps);
  warp.strided(
      shape.targets,
      [&](std::int64_t i) {
        const auto t = static_cast<std::int32_t>(i);
        const auto meet = [&](std::int32_t centre, bool first) {
          const CentreWindow window = metadata.window[centre];
          const std::int32_t own = place.lead + centre;
          for (std::int32_t f = 0; f < shape.contexts / kMmaSide; ++f) {
            std::uint16_t& met = metadata.met[f * shape.targets + t];
            const std::uint32_t bits = bits_of_16(window.begin, window.end, f) & ~bits_of_16(own, own + 1, f);
            met = static_cast<std::uint16_t>(first ? bits : met | bits);
          }
        };
        std::int32_t& pairs = metadata.pairs[shape.contexts + t];
        pairs = 0;
        if (t < place.centres) {
          meet(t, true);
          pairs = metadata.window[t].pairs();
          metadata.target_pairs.add(warp, targets[t], pairs);
          return;
        }
        for (std::int32_t f = 0; f < shape.contexts / kMmaSide; ++f) metadata.met[f * shape.targets + t] = 0;
        if (!is_negative(model, t)) return;
        for (std::int32_t centre = 0; centre < place.centres; ++centre)
          if (targets[centre] == targets[t]) meet(centre, false);
        pairs = 1;
        metadata.target_pairs.add(warp, targets[t], max_negative_pairs);
      },
      warps - 1 - index, warps);
}

/// Four rows or numbers of pairs, which a GPU loads at once.
struct alignas(16) FourOf {
  std::int32_t values[4];
};

/// The pairs of rows [begin, end) of the tile, multiples of 4.
struct PairSums {
  std::int32_t all = 0;
  std::int32_t of_row = 0;  ///< of those equal to `row`

  WARP2VEC_HD PairSums(const NsTileMetadata& metadata, std::int32_t begin, std::int32_t end,
                       std::int32_t row) {
    const auto* const rows = reinterpret_cast<const FourOf*>(metadata.row);
    const auto* const pairs = reinterpret_cast<const FourOf*>(metadata.pairs);
    for (std::int32_t i = begin / 4; i < end / 4; ++i) {
      const FourOf four_rows = rows[i];
      const FourOf four_pairs = pairs[i];
      WARP2VEC_UNROLL
      for (int j = 0; j < 4; ++j) {
        all += four_pairs.values[j];
        of_row += four_rows.values[j] == row ? four_pairs.values[j] : 0;
      }
    }
  }
};

/// Number of pairs of all contexts equal to row `row`.
WARP2VEC_HD inline float pairs_of_context(const DenseTileShape& shape, const NsTileMetadata& metadata,
                                          std::int32_t row) {
  return static_cast<float>(PairSums(metadata, 0, shape.contexts, row).of_row);
}

/// Number of pairs of all centres and negatives equal to row `row`.
WARP2VEC_HD inline float pairs_of_target(const Model& model, const DenseTileShape& shape,
                                         const NsTileMetadata& metadata, std::int32_t row) {
  const std::int32_t negatives = shape.contexts + NsTileMetadata::first_negative(model);
  const PairSums centres(metadata, shape.contexts, negatives, row);
  const PairSums equal_negatives(metadata, negatives, shape.rows(), row);
  return static_cast<float>(centres.of_row) +
         static_cast<float>(equal_negatives.of_row) *
             tile_negative_weight(centres.all, model.negative, model.tile_negatives);
}

/// Computes the scales of all rows. After mask_words() of all warps.
template <class Warp>
WARP2VEC_HD void damp_rows(Warp& warp, int index, int warps, const Model& model, const DenseTileShape& shape,
                           const NsTileMetadata& metadata) {
  const float lr = *metadata.lr;
  // Two branches rather than selected arguments, which a GPU would keep in slow local memory.
  const auto damp = [&](std::int64_t i, const HotView& hot, const RowPairs& bounds, auto pairs_of) {
    const std::int32_t row = metadata.row[i];
    float factor = hot.factor(row, bounds.upper_bound(row), lr);
    if (factor != 1.0F) factor = hot.factor(row, pairs_of(row), lr);
    metadata.scale[i] = lr * factor;
  };
  warp.strided(
      shape.rows(),
      [&](std::int64_t i) {
        if (metadata.row[i] == DenseTile::kNone)
          metadata.scale[i] = 0;
        else if (i < shape.contexts)
          damp(i, model.hot_input, metadata.context_pairs,
               [&](std::int32_t row) { return pairs_of_context(shape, metadata, row); });
        else
          damp(i, model.hot_output, metadata.target_pairs,
               [&](std::int32_t row) { return pairs_of_target(model, shape, metadata, row); });
      },
      index, warps);
}

/// (context, centre) pairs of the tile.
template <class Warp>
WARP2VEC_HD std::int64_t pairs_of(Warp& warp, const TilePlace& place, const NsTileMetadata& metadata) {
  // Exact in float: there are fewer than 2^24.
  auto pairs = warp.zero();
  for (std::int32_t c = 0; c < place.contexts; c += kWarpSize)
    pairs = warp.plus(pairs, warp.lanes([&](int lane) {
      return c + lane < place.contexts ? static_cast<float>(metadata.pairs[c + lane]) : 0.0F;
    }));
  return static_cast<std::int64_t>(warp.first(warp_sum(warp, pairs)));
}

/// The weight of context c and target t (see update_rule.h); 0 for absent rows. Without branches.
WARP2VEC_HD inline float weight(const Model& model, const DenseTileShape& shape,
                                const NsTileMetadata& metadata, std::int32_t c, std::int32_t t) {
  const std::uint32_t fragment = metadata.met[c / kMmaSide * shape.targets + t];
  const bool met = (fragment >> (c % kMmaSide) & 1U) != 0;
  const float unmet = is_negative(model, t) ? -metadata.negative_weight[c] : 0.0F;
  return met ? (is_negative(model, t) ? 0.0F : 1.0F) : unmet;
}

/// Which contexts and targets interact; see dense_tile_products.h.
struct NsMask {
  const Model& model;
  const TilePlace& place;
  const DenseTileShape& shape;
  const NsTileMetadata& metadata;

  WARP2VEC_HD bool fragments_interact(std::int32_t context_fragment, std::int32_t target_fragment) const {
    const std::int32_t c = context_fragment * kMmaSide;
    const std::int32_t t = target_fragment * kMmaSide;
    if (c >= place.contexts) return false;
    if (t >= NsTileMetadata::first_negative(model)) return true;
    const std::int32_t last = t + kMmaSide < place.centres ? t + kMmaSide : place.centres;
    return t < last && c < last + place.lead + model.window && c + kMmaSide > t + place.lead - model.window;
  }
  WARP2VEC_HD float gradient(std::int32_t c, std::int32_t t, float score) const {
    return score_gradient_by([](float x) { return fast_sigmoid(x); }, score,
                             weight(model, shape, metadata, c, t));
  }
  WARP2VEC_HD float loss(std::int32_t c, std::int32_t t, float score) const {
    return score_loss(score, weight(model, shape, metadata, c, t));
  }
};

/// Adds a vector (see mma.h) of an update to a row.
template <class Mma, class Random>
WARP2VEC_HD void add_vector(float* to, const Bf16* /*copy*/, const float (&update)[kVectorSize],
                            Random /*random*/) {
  Mma::add(to, update);
}

/// The same for a row of Bf16, with stochastic rounding; `copy`: the row's values when it was loaded. Adds
/// the difference of two Bf16, so that the sum is exact unless others have changed the value meanwhile; their
/// updates are not lost. `random()`: 128 uniform bits.
template <class Mma, class Random>
WARP2VEC_HD void add_vector(Bf16* to, const Bf16* copy, const float (&update)[kVectorSize], Random random) {
  const U32x4 bits = random();
  float difference[kVectorSize];
  WARP2VEC_UNROLL
  for (int i = 0; i < kVectorSize; ++i) {
    const float old = to_float(copy[vector_column(i)]);
    difference[i] = to_float(stochastic_bf16(old + update[i], bits.w[i / 2] >> (i % 2 * 16) & 0xFFFFU)) - old;
  }
  Mma::add(to, difference);
}

/// The tiles of one block. Each function does the share of warp `index` of `warps` for tile number `t` of the
/// batch; a barrier separates the phases of a tile. A tile is sampled and masked while the one before it is
/// trained.
template <class Value, class Warp, class Centres>
class NsTiles {
 public:
  WARP2VEC_HD static DenseTile take_tile(Scratch& scratch, const Model& model, int warps) {
    return DenseTile::take(scratch, NsTileMetadata::shape_of(model),
                           Warp::template staging_bytes<Value>(warps));
  }
  WARP2VEC_HD static unsigned char* take_metadata(Scratch& scratch, const Model& model) {
    return scratch.take<unsigned char>(2 * metadata_bytes(model));
  }

  /// `tile`, `metadata`: from take_tile() and take_metadata().
  WARP2VEC_HD NsTiles(const Model& model, const Tables<Value>& tables, const Centres& batch,
                      const DenseTile& tile, unsigned char* metadata)
      : model_(model), tables_(tables), batch_(batch), tile_(tile), metadata_(metadata) {}

  /// Draws the negatives and prefetches all rows.
  WARP2VEC_HD void sample(Warp& warp, int index, int warps, std::int64_t t) const {
    sample_words(warp, index, warps, model_, tables_, batch_, tile_place(model_, batch_, t), tile_.shape,
                 metadata_of(t));
  }
  WARP2VEC_HD void mask(Warp& warp, int index, int warps, std::int64_t t) const {
    mask_words(warp, index, warps, model_, tile_place(model_, batch_, t), tile_.shape, metadata_of(t));
  }
  /// Loads the tile's rows, zeros for absent ones. `meanwhile()` is called while the first are in flight.
  template <class Meanwhile>
  WARP2VEC_HD void load(Warp& warp, int index, int warps, std::int64_t t, Meanwhile meanwhile) const {
    const NsTileMetadata metadata = metadata_of(t);
    const auto from = [&](std::int32_t r) -> const Value* {
      const std::int32_t row = metadata.row[r];
      return row == DenseTile::kNone ? nullptr : tables_.row(r < tile_.shape.contexts, row);
    };
    const auto to = [&](std::int32_t r) { return tile_.contexts(r); };
    warp.template copy_rows<Value>(tile_.staging, index, warps, tile_.shape.rows(), tile_.shape.values, from,
                                   to, meanwhile);
  }
  /// Computes the scales of the tile's rows. Between mask() and backward().
  WARP2VEC_HD void damp(Warp& warp, int index, int warps, std::int64_t t) const {
    damp_rows(warp, index, warps, model_, tile_.shape, metadata_of(t));
  }
  WARP2VEC_HD void forward(Warp& warp, int index, int warps, std::int64_t t, bool with_loss,
                           typename Warp::Float& loss) const {
    const TilePlace place = tile_place(model_, batch_, t);
    const NsTileMetadata metadata = metadata_of(t);
    forward_tile(warp, index, warps, tile_, NsMask{model_, place, tile_.shape, metadata}, with_loss, loss);
  }
  WARP2VEC_HD void backward(Warp& warp, int index, int warps, std::int64_t t) const {
    using Mma = typename Warp::Mma;
    const TilePlace place = tile_place(model_, batch_, t);
    const NsTileMetadata metadata = metadata_of(t);
    const std::int64_t number = (batch_.kept.first + place.begin) / model_.tile_centres;
    backward_tile(warp, index, warps, tile_, NsMask{model_, place, tile_.shape, metadata},
                  [&](std::int32_t r, std::int32_t d, const float* vector) {
                    const std::int32_t row = metadata.row[r];
                    if (row == DenseTile::kNone) return;
                    float update[kVectorSize];
                    WARP2VEC_UNROLL
                    for (int i = 0; i < kVectorSize; ++i) update[i] = metadata.scale[r] * vector[i];
                    add_vector<Mma>(
                        tables_.row(r < tile_.shape.contexts, row) + d, tile_.contexts(r) + d, update, [&] {
                          // A vector begins at column 0 or 4 of 16.
                          const std::int32_t at = (r * tile_.shape.values + d) / 4;
                          return batch_.draws.block(Stream::rounding, static_cast<std::uint64_t>(number),
                                                    static_cast<std::uint32_t>(at));
                        });
                  });
  }
  /// (context, centre) pairs.
  WARP2VEC_HD std::int64_t pairs(Warp& warp, std::int64_t t) const {
    return pairs_of(warp, tile_place(model_, batch_, t), metadata_of(t));
  }

 private:
  WARP2VEC_HD static std::int64_t metadata_bytes(const Model& model) {
    Scratch scratch(nullptr);
    NsTileMetadata::take(scratch, model);
    return scratch.bytes();
  }
  // Not an array of two: a GPU would keep an array that is indexed at run time in slow local memory.
  WARP2VEC_HD NsTileMetadata metadata_of(std::int64_t t) const {
    Scratch scratch(metadata_ + t % 2 * metadata_bytes(model_), true);
    return NsTileMetadata::take(scratch, model_);
  }

  const Model& model_;
  const Tables<Value>& tables_;
  const Centres& batch_;
  DenseTile tile_;
  unsigned char* metadata_;
};

}  // namespace warp2vec
