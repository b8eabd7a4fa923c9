#pragma once
/// Where a tile lies in its batch: consecutive centres, and as contexts the elements that their windows may
/// cover. The same for negative sampling and hierarchical softmax.

#include "kernels/device/mma.h"
#include "kernels/training/model.h"

#include <cstdint>

namespace warp2vec {

struct TilePlace {
  std::int64_t begin;     ///< element of the first centre
  std::int64_t first;     ///< element of context 0
  std::int32_t lead;      ///< contexts before the first centre
  std::int32_t centres;   ///< 0 or less if there is no such tile
  std::int32_t contexts;  ///< elements that the widest windows would cover; some may be in no window

  /// Centres [begin, end) of the batch.
  template <class Centres>
  WARP2VEC_HD static TilePlace of(const Model& model, const Centres& batch, std::int64_t begin,
                                  std::int64_t end) {
    const std::int64_t last = end + model.window < batch.kept.size ? end + model.window : batch.kept.size;
    TilePlace place{};
    place.begin = begin;
    place.first = begin > model.window ? begin - model.window : 0;
    place.lead = static_cast<std::int32_t>(begin - place.first);
    place.centres = static_cast<std::int32_t>(end - begin);
    place.contexts = static_cast<std::int32_t>(last - place.first);
    return place;
  }

  /// Whether one of 16 contexts from c on may be in the window, of `window` at most, of one of 16 centres
  /// from t on. Without branches.
  WARP2VEC_HD bool fragments_interact(std::int32_t window, std::int32_t c, std::int32_t t) const {
    const std::int32_t last = t + kMmaSide < centres ? t + kMmaSide : centres;
    return (static_cast<int>(t < last) & static_cast<int>(c < contexts) &
            static_cast<int>(c < last + lead + window) &
            static_cast<int>(c + kMmaSide > t + lead - window)) != 0;
  }
};

/// Tile number `tile` of the batch.
template <class Centres>
WARP2VEC_HD TilePlace tile_place(const Model& model, const Centres& batch, std::int64_t tile) {
  const std::int64_t begin = batch.begin + tile * model.tile_centres;
  const std::int64_t end = begin + model.tile_centres;
  return TilePlace::of(model, batch, begin, end < batch.end ? end : batch.end);
}

/// A tile of paths: sub-tile `sub_tile` of tile `tile` of the batch.
struct HsTileIndex {
  std::int64_t tile;
  std::int32_t sub_tile;
};

template <class Centres>
WARP2VEC_HD TilePlace hs_tile_place(const Model& model, const Centres& batch, HsTileIndex index) {
  const TilePlace tile = tile_place(model, batch, index.tile);
  const std::int64_t tile_end = tile.begin + tile.centres;
  const std::int64_t begin = tile.begin + std::int64_t{index.sub_tile} * model.path_tile_centres;
  const std::int64_t end = begin + model.path_tile_centres;
  return TilePlace::of(model, batch, begin, end < tile_end ? end : tile_end);
}

/// A centre's window as contexts [begin, end) of its tile, including the centre itself.
struct CentreWindow {
  std::int32_t begin;
  std::int32_t end;

  template <class Centres>
  WARP2VEC_HD static CentreWindow of(const Model& model, const Centres& batch, const TilePlace& place,
                                     std::int32_t centre) {
    const KeptRange window = batch.window(model, place.begin + centre);
    return {static_cast<std::int32_t>(window.begin - place.first),
            static_cast<std::int32_t>(window.end - place.first)};
  }

  WARP2VEC_HD std::int32_t contexts() const { return end - begin - 1; }
  /// Whether the window, that of centre `centre`, has context c; false for the centre itself.
  WARP2VEC_HD bool contains(const TilePlace& place, std::int32_t c, std::int32_t centre) const {
    return c != place.lead + centre && begin <= c && c < end;
  }
};

}  // namespace warp2vec
