#pragma once
/// Tiles as minibatches, for GPUs without tensor cores: pairs, weights and scales are those of ns_tile.h and
/// hs_tile.h, listed here target by target.

#include "kernels/device/bits.h"
#include "kernels/training/hs_tile.h"
#include "kernels/training/minibatch.h"
#include "kernels/training/model.h"
#include "kernels/training/ns_tile.h"
#include "kernels/training/tile_place.h"

namespace warp2vec {

/// The number of rows that a centre, or a node of its path, may be scored with.
WARP2VEC_HD inline std::int32_t max_rows_of_centre(const Model& model) {
  return model.cbow ? 1 : 2 * model.window + 1;
}
/// The rows that centre `centre` is scored with: its window, or under CBOW its hidden vector.
WARP2VEC_HD inline CentreWindow rows_of_centre(const Model& model, const CentreWindow& window,
                                               std::int32_t centre) {
  return model.cbow ? CentreWindow{centre, centre + 1} : window;
}

/// CBOW: the window of centre `centre`. Without contexts its weights are 0.
WARP2VEC_HD inline MinibatchWindow minibatch_window(const CbowRule& rule, const TilePlace& place,
                                                    const CentreWindow& window, std::int32_t centre) {
  const std::int32_t contexts = window.contexts();
  return {window.begin, window.end, place.lead + centre, contexts > 0 ? rule.weight(contexts) : 0.0F,
          contexts > 0 ? rule.gradient_weight(contexts) : 0.0F};
}

/// A tile of negative sampling: scored rows x (centres, then negatives).
struct NsTileMinibatch {
  ScratchMinibatch minibatch;
  NsTileMetadata metadata;

  WARP2VEC_HD static NsTileMinibatch take(Scratch& scratch, const Model& model, int warps) {
    const std::int32_t contexts = model.tile_centres + 2 * model.window;
    const std::int32_t windows = model.cbow ? model.tile_centres : 0;
    const std::int64_t scored = model.cbow ? windows : contexts;
    NsTileMinibatch tile{};
    tile.metadata = NsTileMetadata::take(scratch, model);
    tile.minibatch = ScratchMinibatch::take(
        scratch, contexts, windows, model.tile_centres + model.tile_negatives,
        std::int64_t{model.tile_centres} * max_rows_of_centre(model) + model.tile_negatives * scored,
        model.input.stride, warps);
    return tile;
  }

  /// Builds the tile at `place`.
  template <class Group, class Centres>
  WARP2VEC_HD void make(Group& group, const Model& model, const Centres& batch, const TilePlace& place) {
    const DenseTileShape shape = NsTileMetadata::shape_of(model);
    const Tables<float> tables{model.input, model.output};
    group.for_each_warp([&](auto& warp, int index) {
      sample_words(warp, index, group.warps(), model, tables, batch, place, shape, metadata);
    });
    group.for_each_warp(
        [&](auto& warp, int index) { mask_words(warp, index, group.warps(), model, shape, metadata); });
    group.for_each_warp(
        [&](auto& warp, int index) { damp_rows(warp, index, group.warps(), model, shape, metadata); });
    minibatch.contexts = place.contexts;
    minibatch.scored = model.cbow ? place.centres : place.contexts;
    minibatch.targets = place.centres + model.tile_negatives;
    if (model.cbow)
      group.for_each(place.centres, [&](std::int64_t h) {
        minibatch.window[h] =
            minibatch_window(model.cbow_rule, place, metadata.window[h], static_cast<std::int32_t>(h));
      });
    group.for_each(minibatch.contexts, [&](std::int64_t c) {
      minibatch.context[c] = {metadata.rows[c].row, metadata.rows[c].pairs, metadata.scale[c]};
    });
    const std::int32_t rows_of_one = max_rows_of_centre(model);
    const std::int64_t first_weight = std::int64_t{place.centres} * rows_of_one;
    group.for_each(minibatch.targets, [&](std::int64_t t) {
      const std::int64_t m = t - place.centres;
      const std::int64_t r = shape.contexts + (m < 0 ? t : NsTileMetadata::first_negative(model) + m);
      const NsRow& row = metadata.rows[r];
      if (m >= 0) {
        minibatch.target[t] = {row.row, 0, minibatch.scored, first_weight + m * minibatch.scored,
                               metadata.scale[r]};
        return;
      }
      const CentreWindow rows = rows_of_centre(model, metadata.window[t], static_cast<std::int32_t>(t));
      minibatch.target[t] = {row.row, rows.begin, rows.end, t * rows_of_one, metadata.scale[r]};
    });
    group.for_each(place.centres, [&](std::int64_t t) {
      const MinibatchTarget& target = minibatch.target[t];
      for (std::int32_t c = target.begin; c < target.end; ++c)
        minibatch.weights[target.weights + c - target.begin] =
            weight(model, shape, metadata, c, static_cast<std::int32_t>(t));
    });
    group.for_each(std::int64_t{model.tile_negatives} * minibatch.scored, [&](std::int64_t i) {
      // In 32 bits, since a GPU divides 64 bits slowly: at most 1,024 * 3,024 weights.
      const std::int32_t m = static_cast<std::int32_t>(i) / minibatch.scored;
      const std::int32_t c = static_cast<std::int32_t>(i) % minibatch.scored;
      minibatch.weights[first_weight + i] =
          weight(model, shape, metadata, c, NsTileMetadata::first_negative(model) + m);
    });
  }
};

/// A tile of hierarchical softmax: scored rows x the nodes of the paths, one path after the other.
struct HsTileMinibatch {
  ScratchMinibatch minibatch;
  HsTileMetadata metadata;

  // No top nodes, and room for all nodes in one pass.
  WARP2VEC_HD static HsTileSizes sizes(const Model& model) {
    return {0, padded_to_mma(model.path_tile_centres * model.longest_path)};
  }

  WARP2VEC_HD static HsTileMinibatch take(Scratch& scratch, const Model& model, int warps) {
    const std::int32_t targets = model.path_tile_centres * model.longest_path;
    HsTileMinibatch tile{};
    tile.metadata = HsTileMetadata::take(scratch, model, sizes(model).shape(model));
    tile.minibatch = ScratchMinibatch::take(
        scratch, model.path_tile_centres + 2 * model.window, model.cbow ? model.path_tile_centres : 0,
        targets, std::int64_t{targets} * max_rows_of_centre(model), model.input.stride, warps);
    return tile;
  }

  /// Builds the tile at `place`.
  template <class Group, class Centres>
  WARP2VEC_HD void make(Group& group, const Model& model, const Centres& batch, const TilePlace& place) {
    const HsTileSizes room = sizes(model);
    const std::int32_t first_target = room.shape(model).contexts;
    group.for_each_warp([&](auto& warp, int index) {
      sample_paths(warp, index, group.warps(), model, batch, model.tree, room, place, metadata);
    });
    group.for_each_warp([&](auto& warp, int index) {
      // There are no top nodes whose depths would be read; for null a GPU's compiler would add a trap.
      const std::uint8_t* const depths = model.tree.code_lengths;
      mask_paths(warp, index, group.warps(), model, batch, model.tree, room, place, metadata, depths, 0);
    });
    group.for_each_warp([&](auto& warp, int index) {
      damp_contexts(warp, index, group.warps(), model, batch, place, metadata);
    });
    minibatch.contexts = place.contexts;
    minibatch.scored = model.cbow ? place.centres : place.contexts;
    minibatch.targets = 0;
    for (std::int32_t k = 0; k < place.centres; ++k) minibatch.targets += metadata.centres[k].length;
    group.for_each(minibatch.contexts, [&](std::int64_t c) {
      const PathRow& row = metadata.rows[c];
      minibatch.context[c] = {row.row, metadata.pairs[c], row.scale};
    });
    if (model.cbow)
      group.for_each(place.centres, [&](std::int64_t h) {
        minibatch.window[h] = minibatch_window(model.cbow_rule, place, metadata.centres[h].window,
                                               static_cast<std::int32_t>(h));
      });
    group.for_each(minibatch.targets, [&](std::int64_t t) {
      const PathRow& row = metadata.rows[first_target + t];
      std::int32_t centre = 0;
      while ((row.left | row.right) >> centre > 1U) ++centre;
      const CentreWindow& window = metadata.centres[centre].window;
      const CentreWindow rows = rows_of_centre(model, window, centre);
      minibatch.target[t] = {row.row, rows.begin, rows.end, t * max_rows_of_centre(model), row.scale};
      float* const weights = minibatch.weights + minibatch.target[t].weights;
      const float sign = row.right != 0 ? -1.0F : 1.0F;
      for (std::int32_t c = rows.begin; c < rows.end; ++c)
        weights[c - rows.begin] = model.cbow || window.contains(place, c, centre) ? sign : 0.0F;
    });
  }
};

}  // namespace warp2vec
