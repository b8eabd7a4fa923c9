#pragma once
/// Negative sampling under Sharing::tile on a GPU; the rule is tile_minibatch() of
/// host/reference/reference.h, and under CBOW cbow_tile_minibatch() of cbow.h beside it.
///
/// First a tile's metadata, known before its rows are read, for tensor cores and for tile_minibatches.h
/// alike. Contexts [C] are all elements that the windows of the N centres may cover, targets [N + M] the
/// centres, then the negatives, each padded to whole fragments. Their weights are
///     w[c, t] = 1 if context c is in the window of centre t, else 0
///     w[c, N + m] = -pairs(c) K / M, or 0 if negative m is a centre that has c in its window
/// Under CBOW the rows [N] of H = A X are scored in the place of the contexts: h is the hidden vector of
/// centre h, which it alone has in its window, in one pair if it has contexts.
///
/// Then NsTiles, which trains a tile on tensor cores, with x [C, dim] and y [N + M, dim] rounded to bfloat16:
///     s = x y^T;  g = w sigmoid(-sign(w) s);  x += scale (g y);  y += scale (g^T x)
/// Under CBOW h is in the place of x: see cbow_tile.h.

#include "kernels/device/bits.h"
#include "kernels/device/fast_math.h"
#include "kernels/device/warp.h"
#include "kernels/training/cbow_tile.h"
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

/// A context, centre or negative; 8 bytes, which a GPU loads at once.
struct alignas(8) NsRow {
  std::int32_t row;  ///< in the input or output matrix, or DenseTile::kNone
  float pairs;       ///< of a context or centre, in the tile; see HotView; 1 for a negative
};

/// Metadata of a tile as a whole.
struct NsHead {
  TilePlace place;
  float lr;
  std::uint32_t predictions;  ///< of all centres; after mask_words()
};

/// Metadata of a tile; see DenseTileShape. Contexts come first, then centres, then negatives.
struct NsTileMetadata {
  NsHead* head;
  ContextPairs context_pairs;
  TargetPairs centre_pairs;
  TargetPairs negative_rows;  ///< how many negatives
  NsRow* rows;                ///< [rows]
  float* scale;               ///< [rows] learning rate times damping, or 0; after damp_rows()
  float* negative_weight;     ///< [scored] magnitude of a scored row's weight with each negative
  CentreWindow* window;       ///< [centres]
  /// [scored fragments, targets] bit r: scored row r of the fragment is in the window of a centre that has
  /// the target's word: that centre itself, or for a negative any; set for padding after the negatives
  std::uint16_t* met;
  TileWindows windows;  ///< under CBOW

  /// Which target is the first negative.
  WARP2VEC_HD static std::int32_t first_negative(const Model& model) {
    return padded_to_mma(model.tile_centres);
  }
  WARP2VEC_HD static DenseTileShape shape_of(const Model& model) {
    const std::int32_t contexts = padded_to_mma(model.tile_centres + 2 * model.window);
    return {contexts, first_negative(model) + padded_to_mma(model.tile_negatives),
            static_cast<std::int32_t>(model.input.stride), model.cbow ? first_negative(model) : contexts};
  }
  WARP2VEC_HD static NsTileMetadata take(Scratch& scratch, const Model& model) {
    const DenseTileShape shape = shape_of(model);
    NsTileMetadata metadata{};
    metadata.head = scratch.take<NsHead>(1);
    metadata.context_pairs = ContextPairs::take(scratch);
    metadata.centre_pairs = TargetPairs::take(scratch);
    metadata.negative_rows = TargetPairs::take(scratch);
    metadata.rows = scratch.take<NsRow>(shape.rows());
    metadata.scale = scratch.take<float>(shape.rows());
    metadata.negative_weight = scratch.take<float>(shape.scored);
    metadata.window = scratch.take<CentreWindow>(model.tile_centres);
    metadata.met = scratch.take<std::uint16_t>(std::int64_t{shape.scored / kMmaSide} * shape.targets);
    if (model.cbow) metadata.windows = TileWindows::take(scratch, shape);
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

/// Which piece of 32 items warp `index` takes first, if warps take pieces in turn from the last warp
/// backwards, and `before` pieces are already taken.
WARP2VEC_HD constexpr int backwards(int index, int warps, int before) {
  int piece = warps - 1 - index - before;
  while (piece < 0) piece += warps;
  return piece;
}

/// Pieces of 32 items.
WARP2VEC_HD constexpr int pieces(std::int32_t items) { return (items + kWarpSize - 1) / kWarpSize; }

/// Draws the negatives, looks up the other words, and prefetches all rows: the share of warp `index` of
/// `warps`. Each of the four chains of dependent loads and draws is the work of other warps.
template <class Value, class Warp, class Centres>
WARP2VEC_HD void sample_words(Warp& warp, int index, int warps, const Model& model,
                              const Tables<Value>& tables, const Centres& batch, const TilePlace& place,
                              const DenseTileShape& shape, const NsTileMetadata& metadata) {
  const auto set_row = [&](std::int32_t r, const MatrixView<Value>& table, std::int32_t row) {
    metadata.rows[r].row = row;
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
          const std::int64_t number = (batch.kept.first + place.begin) / model.sharing_centres;
          row = static_cast<std::int32_t>(tile_negative(batch.draws, model.negatives, number, t - negatives));
        }
        set_row(shape.contexts + t, tables.output, row);
      },
      warps - 1 - index, warps);
  warp.strided(
      place.centres,
      [&](std::int64_t t) {
        metadata.window[t] = CentreWindow::of(model, batch, place, static_cast<std::int32_t>(t));
        if (t == 0) *metadata.head = {place, batch.lr(model, place.begin), 0};
      },
      opposite(index, warps), warps);
  metadata.context_pairs.clear(warp, index, warps);
  metadata.centre_pairs.clear(warp, index, warps);
  metadata.negative_rows.clear(warp, index, warps);
}

/// Counts the pairs of each row, drops contexts without any, and finds which scored rows each target has met.
/// After sample_words() of all warps. Targets are the work of the last warps, contexts that of the ones
/// before them, which leaves the first warps, whose share of forward() is the largest, without.
template <class Warp>
WARP2VEC_HD void mask_words(Warp& warp, int index, int warps, const Model& model, const DenseTileShape& shape,
                            const NsTileMetadata& metadata) {
  const TilePlace place = metadata.head->place;
  NsRow* const targets = metadata.rows + shape.contexts;
  const auto negative_weight = [&](std::int32_t pairs) {
    return tile_negative_weight(pairs, model.negative, model.tile_negatives);
  };
  warp.strided(
      shape.contexts,
      [&](std::int64_t i) {
        const auto c = static_cast<std::int32_t>(i);
        NsRow& row = metadata.rows[c];
        row.pairs = 0;
        if (!model.cbow) metadata.negative_weight[c] = 0;
        if (c < place.contexts) {
          const std::int32_t near = c - place.lead;  // the centre at the same element
          const std::int32_t last =
              near + model.window + 1 < place.centres ? near + model.window + 1 : place.centres;
          std::int32_t windows = 0;
          float pairs = 0;
          for (std::int32_t t = near > model.window ? near - model.window : 0; t < last; ++t) {
            const CentreWindow window = metadata.window[t];
            if (!window.contains(place, c, t)) continue;
            ++windows;
            if (model.cbow) pairs += model.cbow_rule.pairs(window.contexts());
          }
          row.pairs = model.cbow ? pairs : static_cast<float>(windows);
          if (!model.cbow) metadata.negative_weight[c] = negative_weight(windows);
          if (windows > 0)
            metadata.context_pairs.add(warp, row.row, row.pairs);
          else
            row.row = DenseTile::kNone;
        }
      },
      backwards(index, warps, pieces(shape.targets)), warps);
  warp.strided(
      shape.targets,
      [&](std::int64_t i) {
        const auto t = static_cast<std::int32_t>(i);
        const auto predictions = [&](std::int32_t centre) {
          return model.predictions(metadata.window[centre].contexts());
        };
        const auto meet = [&](std::int32_t centre, bool first) {
          CentreWindow window = metadata.window[centre];
          CentreWindow own{place.lead + centre, place.lead + centre + 1};
          if (model.cbow) {
            window = {centre, centre + predictions(centre)};
            own = {};
          }
          for (std::int32_t f = 0; f < shape.scored / kMmaSide; ++f) {
            std::uint16_t& met = metadata.met[f * shape.targets + t];
            const std::uint32_t bits =
                bits_of_16(window.begin, window.end, f) & ~bits_of_16(own.begin, own.end, f);
            met = static_cast<std::uint16_t>(first ? bits : met | bits);
          }
        };
        NsRow& row = targets[t];
        row.pairs = 0;
        if (model.cbow && t < shape.scored)
          metadata.negative_weight[t] = t < place.centres ? negative_weight(predictions(t)) : 0.0F;
        if (t < place.centres) {
          meet(t, true);
          const std::int32_t pairs = predictions(t);
          row.pairs = static_cast<float>(pairs);
          metadata.centre_pairs.add(warp, row.row, row.pairs);
          warp.count(&metadata.head->predictions, static_cast<std::uint32_t>(pairs));
          return;
        }
        const bool negative = is_negative(model, t);
        const bool padding = !negative && t > NsTileMetadata::first_negative(model);
        for (std::int32_t f = 0; f < shape.scored / kMmaSide; ++f)
          metadata.met[f * shape.targets + t] = padding ? 0xFFFF : 0;
        if (!negative) return;
        // Eight centres at a time, whose loads do not wait for each other; padding is not equal.
        constexpr std::int32_t kEight = 8;
        for (std::int32_t first = 0; first < place.centres; first += kEight) {
          std::uint32_t equal = 0;
          WARP2VEC_UNROLL
          for (std::int32_t j = 0; j < kEight; ++j)
            equal |= targets[first + j].row == row.row ? std::uint32_t{1} << j : 0U;
          for (; equal != 0; equal &= equal - 1) meet(first + lowest_bit(equal), false);
        }
        row.pairs = 1;
        metadata.negative_rows.add(warp, row.row, 1);
      },
      backwards(index, warps, 0), warps);
}

/// The pairs of those of rows [begin, end) of the tile, multiples of 4, that are equal to `row`.
WARP2VEC_HD inline float pairs_of_row(const NsTileMetadata& metadata, std::int32_t begin, std::int32_t end,
                                      std::int32_t row) {
  float pairs = 0;
  for (std::int32_t i = begin; i < end; i += 4) {
    WARP2VEC_UNROLL
    for (int j = 0; j < 4; ++j) {
      const NsRow other = metadata.rows[i + j];
      pairs += other.row == row ? other.pairs : 0.0F;
    }
  }
  return pairs;
}

/// Computes the scales of all rows. After mask_words() of all warps, and beside that of another tile.
template <class Warp>
WARP2VEC_HD void damp_rows(Warp& warp, int index, int warps, const Model& model, const DenseTileShape& shape,
                           const NsTileMetadata& metadata) {
  const NsHead head = *metadata.head;
  const std::int32_t negatives = shape.contexts + NsTileMetadata::first_negative(model);
  // `pairs` if they may be too many, else as many as there are.
  const auto damp = [&](std::int64_t i, const HotView& hot, float bound, bool exact, auto pairs) {
    const std::int32_t row = metadata.rows[i].row;
    float factor = hot.factor(row, bound, head.lr);
    if (factor != 1.0F && !exact) factor = hot.factor(row, pairs(), head.lr);
    metadata.scale[i] = head.lr * factor;
  };
  warp.strided(
      shape.rows(),
      [&](std::int64_t i) {
        const std::int32_t row = metadata.rows[i].row;
        // Two branches rather than selected arguments, which a GPU would keep in slow local memory.
        if (row == DenseTile::kNone) {
          metadata.scale[i] = 0;
        } else if (i < shape.contexts) {
          damp(i, model.hot_input, metadata.context_pairs.upper_bound(row),
               ContextPairs::is_exact(row) && !model.cbow,
               [&] { return pairs_of_row(metadata, 0, shape.contexts, row); });
        } else {
          const float of_negative = tile_negative_weight(static_cast<std::int32_t>(head.predictions),
                                                         model.negative, model.tile_negatives);
          const auto pairs = [&](float of_centres, float equal_negatives) {
            return of_centres + equal_negatives * of_negative;
          };
          damp(i, model.hot_output,
               pairs(metadata.centre_pairs.upper_bound(row), metadata.negative_rows.upper_bound(row)),
               TargetPairs::is_exact(row), [&] {
                 return pairs(pairs_of_row(metadata, shape.contexts, negatives, row),
                              pairs_of_row(metadata, negatives, shape.rows(), row));
               });
        }
      },
      backwards(index, warps, pieces(shape.targets) + pieces(shape.contexts)), warps);
}

/// The weights (see update_rule.h) of 16 scored rows with 16 centres or 16 negatives. Without branches.
struct NsFragment {
  const float* negative_weight;  ///< [16] see NsTileMetadata
  const std::uint16_t* met;      ///< [16]
  bool negatives;

  /// Of fragment `i` of scored rows and `k` of targets.
  WARP2VEC_HD static NsFragment of(const Model& model, const DenseTileShape& shape,
                                   const NsTileMetadata& metadata, std::int32_t i, std::int32_t k) {
    return {metadata.negative_weight + i * kMmaSide, metadata.met + (i * shape.targets + k * kMmaSide),
            k * kMmaSide >= NsTileMetadata::first_negative(model)};
  }

  /// Of scored row c and target t of the 16; 0 for absent rows.
  WARP2VEC_HD float weight(std::int32_t c, std::int32_t t) const {
    const bool trained = ((met[t] ^ (negatives ? 0xFFFFU : 0U)) & (1U << c)) != 0;
    return trained ? (negatives ? -negative_weight[c] : 1.0F) : 0.0F;
  }
  WARP2VEC_HD float gradient(std::int32_t c, std::int32_t t, float score) const {
    return weight(c, t) * fast_share((negatives ? -kLog2E : kLog2E) * score);
  }
  WARP2VEC_HD float loss(std::int32_t c, std::int32_t t, float score) const {
    return score_loss(score, weight(c, t));
  }
};

/// The weight of scored row c and target t of the tile.
WARP2VEC_HD inline float weight(const Model& model, const DenseTileShape& shape,
                                const NsTileMetadata& metadata, std::int32_t c, std::int32_t t) {
  return NsFragment::of(model, shape, metadata, c / kMmaSide, t / kMmaSide)
      .weight(c % kMmaSide, t % kMmaSide);
}

/// Which contexts and targets interact; see dense_tile_products.h.
struct NsMask {
  const Model& model;
  const DenseTileShape& shape;
  const NsTileMetadata& metadata;
  TilePlace place;      ///< of the scored rows: under CBOW a centre's own is the only one in its window
  std::int32_t window;  ///< the widest

  WARP2VEC_HD NsMask(const Model& model_, const DenseTileShape& shape_, const NsTileMetadata& metadata_,
                     bool cbow)
      : model(model_),
        shape(shape_),
        metadata(metadata_),
        place(metadata_.head->place),
        window(model_.window) {
    if (!cbow) return;
    place.lead = 0;
    place.contexts = place.centres;
    window = 0;
  }

  /// Without branches.
  WARP2VEC_HD bool fragments_interact(std::int32_t scored_fragment, std::int32_t target_fragment) const {
    const std::int32_t c = scored_fragment * kMmaSide;
    const std::int32_t t = target_fragment * kMmaSide;
    const int near = static_cast<int>(place.fragments_interact(window, c, t));
    const int negatives = static_cast<int>(t >= NsTileMetadata::first_negative(model));
    return (near | (static_cast<int>(c < place.contexts) & negatives)) != 0;
  }
  WARP2VEC_HD NsFragment fragment(std::int32_t scored_fragment, std::int32_t target_fragment) const {
    return NsFragment::of(model, shape, metadata, scored_fragment, target_fragment);
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

/// The tiles of one block. Each function does the share of warp `index` of `warps` for one tile; a barrier
/// separates the phases of a tile. A tile is sampled and masked while the one before it is trained.
template <class Value, class Warp, class Centres, bool kCbow>
class NsTiles {
 public:
  /// Tile number `number` of the batch, and where its metadata are. They are carried from tile to tile, so
  /// that a GPU need not compute addresses from sizes again and again.
  struct Tile {
    std::int64_t number;
    unsigned char* metadata;  ///< metadata_bytes()
  };

  WARP2VEC_HD static DenseTile take_tile(Scratch& scratch, const Model& model, int warps) {
    return DenseTile::take(scratch, NsTileMetadata::shape_of(model),
                           Warp::template staging_bytes<Value>(warps), kCbow);
  }
  WARP2VEC_HD static std::int64_t metadata_bytes(const Model& model) {
    Scratch scratch(nullptr);
    NsTileMetadata::take(scratch, model);
    return scratch.bytes();
  }

  /// `tile`: from take_tile().
  WARP2VEC_HD NsTiles(const Model& model, const Tables<Value>& tables, const Centres& batch,
                      const DenseTile& tile)
      : model_(model), tables_(tables), batch_(batch), tile_(tile) {}

  /// Draws the negatives and prefetches all rows.
  WARP2VEC_HD void sample(Warp& warp, int index, int warps, const Tile& t) const {
    sample_words(warp, index, warps, model_, tables_, batch_, tile_place(model_, batch_, t.number),
                 tile_.shape, metadata_of(t));
  }
  WARP2VEC_HD void mask(Warp& warp, int index, int warps, const Tile& t) const {
    const NsTileMetadata metadata = metadata_of(t);
    mask_words(warp, index, warps, model_, tile_.shape, metadata);
    if constexpr (kCbow)
      list_windows(warp, opposite(index, warps), warps, model_.cbow_rule, metadata.head->place, tile_.shape,
                   metadata.windows, [&](std::int32_t h) { return metadata.window[h]; });
  }
  /// Loads the tile's rows, zeros for absent ones. `meanwhile()` is called while the first are in flight.
  template <class Meanwhile>
  WARP2VEC_HD void load(Warp& warp, int index, int warps, const Tile& t, Meanwhile meanwhile) const {
    const NsTileMetadata metadata = metadata_of(t);
    const auto from = [&](std::int32_t r) -> const Value* {
      const std::int32_t row = metadata.rows[r].row;
      return row == DenseTile::kNone ? nullptr : tables_.row(r < tile_.shape.contexts, row);
    };
    const auto to = [&](std::int32_t r) { return tile_.contexts(r); };
    warp.template copy_rows<Value>(tile_.staging, index, warps, tile_.shape.rows(), tile_.shape.values, from,
                                   to, meanwhile);
  }
  /// Computes the scales of the tile's rows. Between mask() and backward().
  WARP2VEC_HD void damp(Warp& warp, int index, int warps, const Tile& t) const {
    damp_rows(warp, index, warps, model_, tile_.shape, metadata_of(t));
  }
  /// CBOW: makes the hidden vectors.
  WARP2VEC_HD void forward_windows(Warp& warp, int index, int warps, const Tile& t) const {
    const NsTileMetadata metadata = metadata_of(t);
    warp2vec::forward_windows(warp, index, warps, tile_, metadata.windows, metadata.head->place,
                              model_.window);
  }
  WARP2VEC_HD void forward(Warp& warp, int index, int warps, const Tile& t, bool with_loss,
                           typename Warp::Float& loss) const {
    const NsTileMetadata metadata = metadata_of(t);
    forward_tile(warp, index, warps, tile_, NsMask(model_, tile_.shape, metadata, kCbow), with_loss, loss);
  }
  /// Updates the targets, and the contexts; or under CBOW computes the updates of the hidden vectors.
  WARP2VEC_HD void backward(Warp& warp, int index, int warps, const Tile& t) const {
    const NsTileMetadata metadata = metadata_of(t);
    const NsMask mask(model_, tile_.shape, metadata, kCbow);
    const auto adder_of = [&](std::int32_t r) { return adder(t, metadata, r); };
    if constexpr (kCbow)
      backward_hidden(warp, index, warps, tile_, mask, metadata.windows, adder_of);
    else
      backward_tile(warp, index, warps, tile_, mask, [&](std::int32_t fragment, const auto& piece) {
        piece.write(fragment * kMmaSide, adder_of);
      });
  }
  /// CBOW: updates the contexts.
  WARP2VEC_HD void backward_windows(Warp& warp, int index, int warps, const Tile& t) const {
    const NsTileMetadata metadata = metadata_of(t);
    warp2vec::backward_windows(warp, index, warps, tile_, metadata.windows, metadata.head->place,
                               model_.window, [&](std::int32_t c) { return adder(t, metadata, c); });
  }
  /// Predictions.
  WARP2VEC_HD std::int64_t pairs(const Tile& t) const { return metadata_of(t).head->predictions; }

 private:
  WARP2VEC_HD NsTileMetadata metadata_of(const Tile& t) const {
    Scratch scratch(t.metadata, true);
    return NsTileMetadata::take(scratch, model_);
  }
  /// Scales vectors of row r of the tile and adds them to the row in memory.
  WARP2VEC_HD auto adder(const Tile& t, const NsTileMetadata& metadata, std::int32_t r) const {
    const std::int32_t row = metadata.rows[r].row;
    const float scale = metadata.scale[r];
    return [this, &t, r, row, scale](std::int32_t d, const float* vector) {
      if (row == DenseTile::kNone) return;
      float update[kVectorSize];
      WARP2VEC_UNROLL
      for (int i = 0; i < kVectorSize; ++i) update[i] = scale * vector[i];
      Value* const to = tables_.row(r < tile_.shape.contexts, row) + d;
      add_vector<typename Warp::Mma>(to, tile_.contexts(r) + d, update, [&] {
        const std::int64_t begin = batch_.kept.first + tile_place(model_, batch_, t.number).begin;
        // A vector begins at column 0 or 4 of 16.
        const std::int32_t at = (r * tile_.shape.values + d) / 4;
        return batch_.draws.block(Stream::rounding, static_cast<std::uint64_t>(begin / model_.tile_centres),
                                  static_cast<std::uint32_t>(at));
      });
    };
  }

  const Model& model_;
  const Tables<Value>& tables_;
  const Centres& batch_;
  DenseTile tile_;
};

}  // namespace warp2vec
