#pragma once
/// Sharing::tile as a unit; it is tile_block() of host/reference/reference.h.

#include "kernels/training/model.h"
#include "kernels/training/unit.h"

namespace warp2vec {

/// A tile's unit, and what it is made from.
struct TileUnit {
  Unit unit;
  KeptRange* window;         ///< [centres]
  std::uint8_t* is_centre;   ///< [negatives] whether the word is a centre of the tile
  std::int64_t first = 0;    ///< element of context 0
  std::int32_t centres = 0;  ///< targets [0, centres); the negatives follow

  WARP2VEC_HD static TileUnit take(Scratch& scratch, const Model& model, int warps) {
    const std::int32_t contexts = model.tile_centres + 2 * model.window;
    TileUnit tile{};
    tile.window = scratch.take<KeptRange>(model.tile_centres);
    tile.is_centre = scratch.take<std::uint8_t>(model.tile_negatives);
    tile.unit = Unit::take(scratch, contexts, model.tile_centres + model.tile_negatives,
                           std::int64_t{model.tile_centres} * (2 * model.window + 1) +
                               std::int64_t{model.tile_negatives} * contexts,
                           model.input.stride, warps);
    return tile;
  }

  /// Whether element i is a context of centre t.
  WARP2VEC_HD bool interact(std::int64_t begin, std::int32_t t, std::int64_t i) const {
    return i != begin + t && window[t].contains(i);
  }
};

/// The centres, as targets of their windows.
template <class Group, class Centres>
WARP2VEC_HD void set_centres(Group& group, TileUnit& tile, const Model& model, const Centres& batch,
                             std::int64_t begin) {
  group.for_each(tile.centres, [&](std::int64_t t) {
    const KeptRange window = batch.window(model, begin + t);
    const std::int32_t row = batch.row(begin + t);
    tile.window[t] = window;
    tile.unit.target[t] = {row,
                           static_cast<std::int32_t>(window.begin - tile.first),
                           static_cast<std::int32_t>(window.end - tile.first),
                           static_cast<float>(window.size() - 1),
                           t * (2 * model.window + 1),
                           0};
    float* const weights = tile.unit.weights + tile.unit.target[t].weights;
    for (std::int64_t i = window.begin; i < window.end; ++i)
      weights[i - window.begin] = i == begin + t ? 0.0F : 1.0F;
  });
}

/// The elements that the tile's widest windows could reach, as contexts; some meet no centre.
template <class Group, class Centres>
WARP2VEC_HD void set_contexts(Group& group, TileUnit& tile, const Model& model, const Centres& batch,
                              std::int64_t begin) {
  group.for_each(tile.unit.contexts, [&](std::int64_t c) {
    const std::int64_t i = tile.first + c;
    const std::int64_t from = i - model.window > begin ? i - model.window - begin : 0;
    std::int32_t pairs = 0;
    for (auto t = static_cast<std::int32_t>(from); t < tile.centres && begin + t <= i + model.window; ++t)
      pairs += tile.interact(begin, t, i) ? 1 : 0;
    tile.unit.context[c] = {batch.row(i), pairs, 0};
  });
}

/// The negatives, as targets of all contexts.
template <class Group, class Centres>
WARP2VEC_HD void set_negatives(Group& group, TileUnit& tile, const Model& model, const Centres& batch,
                               std::int64_t begin) {
  const std::int64_t number = (batch.kept.first + begin) / model.tile_centres;
  const std::int64_t first_weight = std::int64_t{tile.centres} * (2 * model.window + 1);
  group.for_each(model.tile_negatives, [&](std::int64_t m) {
    const auto row = static_cast<std::int32_t>(
        tile_negative(batch.draws, model.negatives, number, static_cast<std::int32_t>(m)));
    bool is_centre = false;
    std::int32_t pairs = 0;
    for (std::int32_t t = 0; t < tile.centres; ++t) {
      is_centre |= tile.unit.target[t].row == row;
      pairs += tile.window[t].size() - 1;
    }
    tile.is_centre[m] = is_centre ? 1 : 0;
    tile.unit.target[tile.centres + m] = {row,
                                          0,
                                          tile.unit.contexts,
                                          tile_negative_weight(pairs, model.negative, model.tile_negatives),
                                          first_weight + m * tile.unit.contexts,
                                          0};
  });
}

/// The weights of the negatives: none for a context one of whose own centres is the same word.
template <class Group>
WARP2VEC_HD void weigh_negatives(Group& group, const TileUnit& tile, const Model& model, std::int64_t begin) {
  const std::int64_t first_weight = std::int64_t{tile.centres} * (2 * model.window + 1);
  group.for_each(std::int64_t{model.tile_negatives} * tile.unit.contexts, [&](std::int64_t i) {
    // In 32 bits, since a GPU divides 64 bits slowly: at most 1,024 * 3,024 weights.
    const std::int32_t m = static_cast<std::int32_t>(i) / tile.unit.contexts;
    const std::int32_t c = static_cast<std::int32_t>(i) % tile.unit.contexts;
    bool is_positive = false;
    if (tile.is_centre[m] != 0) {
      for (std::int32_t t = 0; t < tile.centres; ++t)
        is_positive |= tile.unit.target[t].row == tile.unit.target[tile.centres + m].row &&
                       tile.interact(begin, t, tile.first + c);
    }
    tile.unit.weights[first_weight + i] =
        is_positive ? 0.0F
                    : -tile_negative_weight(tile.unit.context[c].pairs, model.negative, model.tile_negatives);
  });
}

/// Fills `tile` with centres [begin, end) of the batch, their contexts, and the tile's negatives.
template <class Group, class Centres>
WARP2VEC_HD void make_tile(Group& group, TileUnit& tile, const Model& model, const Centres& batch,
                           std::int64_t begin, std::int64_t end) {
  const std::int64_t last = end + model.window < batch.kept.size ? end + model.window : batch.kept.size;
  const float lr = batch.lr(model, begin);
  tile.first = begin > model.window ? begin - model.window : 0;
  tile.centres = static_cast<std::int32_t>(end - begin);
  tile.unit.contexts = static_cast<std::int32_t>(last - tile.first);
  tile.unit.targets = tile.centres + model.tile_negatives;
  set_centres(group, tile, model, batch, begin);
  set_contexts(group, tile, model, batch, begin);
  set_negatives(group, tile, model, batch, begin);
  weigh_negatives(group, tile, model, begin);
  damp_unit(group, tile.unit, model.hot_input, model.hot_output, lr);
}

}  // namespace warp2vec
