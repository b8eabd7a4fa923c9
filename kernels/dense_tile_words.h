#pragma once
/// Which words meet in a tile, and with which weights; the rule is tile_block() of host/reference_blocks.h.

#include "dense_tile.h"
#include "warp.h"

#include <cstdint>

namespace warp2vec {

/// Draws and looks up the tile's words, and asks for their rows: the work of warp `index` of `warps`.
template <class Value, class Warp, class Centres>
W2V_HD void name_words(Warp& warp, int index, int warps, const Model& model, const Tables<Value>& tables,
                       const Centres& batch, const TilePlace& place, const DenseTileShape& shape,
                       const TileWords& words) {
  const float lr = batch.lr(model, place.begin);
  const std::int64_t number = (batch.kept.first + place.begin) / model.tile_centres;
  const auto name = [&](std::int64_t i, const MatrixView<Value>& table, const HotView& hot,
                        std::int32_t row) {
    words.row[i] = row;
    words.scale[i] = lr * hot.factor(row, lr);
    warp.prefetch(table.row(std::int64_t{row}), table.stride * static_cast<std::int64_t>(sizeof(Value)));
  };
  warp.strided(
      shape.rows(),
      [&](std::int64_t i) {
        const auto c = static_cast<std::int32_t>(i);
        const std::int32_t t = c - shape.contexts;
        const std::int32_t m = t - model.tile_centres;
        words.row[i] = TileWords::kNone;
        if (c < place.contexts) {
          name(i, tables.input, model.hot_input, batch.row(place.first + c));
        } else if (0 <= t && t < place.centres) {
          const KeptRange window = batch.window(model, place.begin + t);
          words.window_begin[t] = static_cast<std::int32_t>(window.begin - place.first);
          words.window_end[t] = static_cast<std::int32_t>(window.end - place.first);
          name(i, tables.output, model.hot_output, batch.row(place.begin + t));
        } else if (0 <= m && m < model.tile_negatives) {
          name(i, tables.output, model.hot_output,
               static_cast<std::int32_t>(tile_negative(batch.draws, model.negatives, number, m)));
        }
      },
      index, warps);
}

/// Whether context c is in the window of centre t.
W2V_HD inline bool meets(const TilePlace& place, const TileWords& words, std::int32_t c, std::int32_t t) {
  return c != place.lead + t && words.window_begin[t] <= c && c < words.window_end[t];
}

/// Counts the pairs of each context, drops the rows of those without any, and finds the negatives that are
/// centres, too. After name_words() of all warps.
template <class Warp>
W2V_HD void relate_words(Warp& warp, int index, int warps, const Model& model, const TilePlace& place,
                         const DenseTileShape& shape, const TileWords& words) {
  warp.strided(
      place.contexts + model.tile_negatives,
      [&](std::int64_t i) {
        const auto c = static_cast<std::int32_t>(i);
        if (c < place.contexts) {
          const std::int32_t near = c - place.lead;  // the centre that is the same element
          const std::int32_t last =
              near + model.window + 1 < place.centres ? near + model.window + 1 : place.centres;
          std::int32_t pairs = 0;
          for (std::int32_t t = near > model.window ? near - model.window : 0; t < last; ++t)
            pairs += meets(place, words, c, t) ? 1 : 0;
          words.pairs[c] = pairs;
          words.negative_weight[c] = tile_negative_weight(pairs, model.negative, model.tile_negatives);
          if (pairs == 0) words.row[c] = TileWords::kNone;
        } else {
          const std::int32_t m = c - place.contexts;
          const std::int32_t* const centres = words.row + shape.contexts;
          bool is_centre = false;
          for (std::int32_t t = 0; t < place.centres; ++t)
            is_centre |= centres[t] == centres[model.tile_centres + m];
          words.is_centre[m] = is_centre ? 1 : 0;
        }
      },
      index, warps);
}

/// (context, centre) pairs of the tile.
template <class Warp>
W2V_HD std::int64_t pairs_of(Warp& warp, const TilePlace& place, const TileWords& words) {
  // Exact in float: there are fewer than 2^24.
  auto pairs = warp.zero();
  for (std::int32_t c = 0; c < place.contexts; c += kLanes)
    pairs = warp.plus(pairs, warp.lanes([&](int lane) {
      return c + lane < place.contexts ? static_cast<float>(words.pairs[c + lane]) : 0.0F;
    }));
  return static_cast<std::int64_t>(warp.first(warp_sum(warp, pairs)));
}

/// The weight with which context c meets target t; see step.h. 0 for rows that are not there.
W2V_HD inline float weight(const Model& model, const TilePlace& place, const DenseTileShape& shape,
                           const TileWords& words, std::int32_t c, std::int32_t t) {
  if (c >= place.contexts) return 0;
  if (t < model.tile_centres) return t < place.centres && meets(place, words, c, t) ? 1.0F : 0.0F;
  const std::int32_t m = t - model.tile_centres;
  if (m >= model.tile_negatives) return 0;
  if (words.is_centre[m] != 0) {
    const std::int32_t* const centres = words.row + shape.contexts;
    for (std::int32_t own = 0; own < place.centres; ++own)
      if (centres[own] == centres[t] && meets(place, words, c, own)) return 0;
  }
  return -words.negative_weight[c];
}

}  // namespace warp2vec
