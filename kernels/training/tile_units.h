#pragma once
/// Tiles as units, where there are no tensor cores: who meets whom, with which weights and scales, is what
/// ns_tile.h and hs_tile.h say; a unit lists it target by target.

#include "kernels/training/hs_tile.h"
#include "kernels/training/model.h"
#include "kernels/training/ns_tile.h"
#include "kernels/training/tile_place.h"
#include "kernels/training/unit.h"

namespace warp2vec {

/// A tile of negative sampling: contexts x (centres, then negatives).
struct NsTileUnit {
  Unit unit;
  NsTileMetadata metadata;

  WARP2VEC_HD static NsTileUnit take(Scratch& scratch, const Model& model, int warps) {
    const std::int32_t contexts = model.tile_centres + 2 * model.window;
    NsTileUnit tile{};
    tile.metadata = NsTileMetadata::take(scratch, model);
    tile.unit = Unit::take(scratch, contexts, model.tile_centres + model.tile_negatives,
                           std::int64_t{model.tile_centres} * (2 * model.window + 1) +
                               std::int64_t{model.tile_negatives} * contexts,
                           model.input.stride, warps);
    return tile;
  }

  /// Fills the tile with what lies at `place`.
  template <class Group, class Centres>
  WARP2VEC_HD void make(Group& group, const Model& model, const Centres& batch, const TilePlace& place) {
    const DenseTileShape shape = NsTileMetadata::shape_of(model);
    const Tables<float> tables{model.input, model.output};
    group.for_each_warp([&](auto& warp, int index) {
      sample_words(warp, index, group.warps(), model, tables, batch, place, shape, metadata);
    });
    group.for_each_warp([&](auto& warp, int index) {
      mask_words(warp, index, group.warps(), model, place, shape, metadata);
    });
    group.for_each_warp([&](auto& warp, int index) {
      damp_rows(warp, index, group.warps(), model, batch, place, shape, metadata);
    });
    unit.contexts = place.contexts;
    unit.targets = place.centres + model.tile_negatives;
    group.for_each(unit.contexts, [&](std::int64_t c) {
      unit.context[c] = {metadata.row[c], metadata.pairs[c], metadata.scale[c]};
    });
    const std::int64_t first_weight = std::int64_t{place.centres} * (2 * model.window + 1);
    group.for_each(unit.targets, [&](std::int64_t t) {
      const std::int64_t m = t - place.centres;
      const std::int64_t r = shape.contexts + (m < 0 ? t : model.tile_centres + m);
      unit.target[t] = m < 0 ? UnitTarget{metadata.row[r], metadata.window[t].begin, metadata.window[t].end,
                                          t * (2 * model.window + 1), metadata.scale[r]}
                             : UnitTarget{metadata.row[r], 0, unit.contexts, first_weight + m * unit.contexts,
                                          metadata.scale[r]};
    });
    group.for_each(place.centres, [&](std::int64_t t) {
      const UnitTarget& target = unit.target[t];
      for (std::int32_t c = target.begin; c < target.end; ++c)
        unit.weights[target.weights + c - target.begin] =
            weight(model, place, shape, metadata, c, static_cast<std::int32_t>(t));
    });
    group.for_each(std::int64_t{model.tile_negatives} * unit.contexts, [&](std::int64_t i) {
      // In 32 bits, since a GPU divides 64 bits slowly: at most 1,024 * 3,024 weights.
      const std::int32_t m = static_cast<std::int32_t>(i) / unit.contexts;
      const std::int32_t c = static_cast<std::int32_t>(i) % unit.contexts;
      unit.weights[first_weight + i] = weight(model, place, shape, metadata, c, model.tile_centres + m);
    });
  }
};

/// A tile of hierarchical softmax: contexts x the nodes of the paths, one path after the other.
struct HsTileUnit {
  Unit unit;
  HsTileMetadata metadata;

  // No node is a target of every tile, and there is room for all of them in one round.
  WARP2VEC_HD static HsTileSizes sizes(const Model& model) {
    return {0, in_whole_blocks(model.path_tile_centres * model.longest_path)};
  }

  WARP2VEC_HD static HsTileUnit take(Scratch& scratch, const Model& model, int warps) {
    const std::int32_t targets = model.path_tile_centres * model.longest_path;
    HsTileUnit tile{};
    tile.metadata = HsTileMetadata::take(scratch, model, sizes(model).shape(model));
    tile.unit = Unit::take(scratch, model.path_tile_centres + 2 * model.window, targets,
                           std::int64_t{targets} * (2 * model.window + 1), model.input.stride, warps);
    return tile;
  }

  /// Fills the tile with what lies at `place`.
  template <class Group, class Centres>
  WARP2VEC_HD void make(Group& group, const Model& model, const Centres& batch, const TilePlace& place) {
    const HsTileSizes room = sizes(model);
    const std::int32_t first_target = room.shape(model).contexts;
    group.for_each_warp([&](auto& warp, int index) {
      sample_paths(warp, index, group.warps(), model, batch, room, place, metadata);
    });
    group.for_each_warp([&](auto& warp, int index) {
      mask_paths(warp, index, group.warps(), model, batch, room, place, metadata, nullptr, 0);
    });
    group.for_each_warp([&](auto& warp, int index) {
      damp_contexts(warp, index, group.warps(), model, batch, place, metadata);
    });
    unit.contexts = place.contexts;
    unit.targets = 0;
    for (std::int32_t k = 0; k < place.centres; ++k) unit.targets += metadata.centres[k].length;
    group.for_each(unit.contexts, [&](std::int64_t c) {
      const PathRow& row = metadata.rows[c];
      unit.context[c] = {row.row, count_bits(row.left), row.scale};
    });
    group.for_each(unit.targets, [&](std::int64_t t) {
      const PathRow& row = metadata.rows[first_target + t];
      std::int32_t centre = 0;
      while ((row.left | row.right) >> centre > 1U) ++centre;
      const CentreWindow& window = metadata.centres[centre].window;
      unit.target[t] = {row.row, window.begin, window.end, t * (2 * model.window + 1), row.scale};
      float* const weights = unit.weights + unit.target[t].weights;
      const float sign = row.right != 0 ? -1.0F : 1.0F;
      for (std::int32_t c = window.begin; c < window.end; ++c)
        weights[c - window.begin] = window.holds(place, c, centre) ? sign : 0.0F;
    });
  }
};

}  // namespace warp2vec
