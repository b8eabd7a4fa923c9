#pragma once
/// The body of the training kernel.

#include "kernels/training/centre_unit.h"
#include "kernels/training/model.h"
#include "kernels/training/tile_place.h"
#include "kernels/training/tile_units.h"
#include "kernels/training/totals.h"
#include "kernels/training/unit.h"

namespace warp2vec {

/// Bytes of scratch memory of one warp's units.
WARP2VEC_HD inline std::int64_t centre_scratch_bytes(const Model& model) {
  if (!model.trains_centres()) return 0;
  Scratch scratch(nullptr);
  take_centre_unit(scratch, model);
  return scratch.bytes();
}

/// Bytes of scratch memory that a block of `warps` warps needs for train_batch().
WARP2VEC_HD inline std::int64_t scratch_bytes(const Model& model, int warps) {
  Scratch tiles(nullptr);
  if (model.negative_tiles()) NsTileUnit::take(tiles, model, warps);
  Scratch paths(nullptr);
  if (model.path_tiles()) HsTileUnit::take(paths, model, warps);
  const std::int64_t tile_bytes = tiles.bytes() > paths.bytes() ? tiles.bytes() : paths.bytes();
  const std::int64_t centre_bytes = warps * centre_scratch_bytes(model);
  return tile_bytes > centre_bytes ? tile_bytes : centre_bytes;
}

/// Adds a unit's loss to its warp's total.
struct LossTally {
  Totals totals;
  std::int64_t slot;  ///< of the group's first warp

  template <class Warp>
  WARP2VEC_HD void operator()(Warp& warp, int index, const typename Warp::Float& loss) const {
    totals.add_loss(warp, slot + index, loss);
  }
};

/// Everything that is computed centre by centre, on one warp.
template <bool kWhole, class Warp, class Centres>
WARP2VEC_HD void train_centre(Warp& warp, Unit& unit, const Model& model, const Centres& batch,
                              std::int64_t centre, KeptRange window, const LossTally& tally) {
  const auto negatives = [&](KeptRange contexts) {
    make_negative_sampling(warp, unit, model, batch, centre, contexts);
    train_unit<kWhole>(warp, unit, model.input, model.output, tally);
  };
  const auto path = [&](KeptRange contexts) {
    make_path(warp, unit, model, batch, centre, contexts);
    train_unit<kWhole>(warp, unit, model.input, model.nodes, tally);
  };
  if (model.sharing == Sharing::pair) {
    for (std::int64_t i = window.begin; i < window.end; ++i) {
      if (i == centre) continue;
      if (model.negative_sampling) negatives({i, i + 1});
      if (model.hierarchical_softmax) path({i, i + 1});
    }
    return;
  }
  if (model.negative_sampling) negatives(window);
  if (model.hierarchical_softmax) path(window);
}

/// Counts the pairs of every `step`-th centre of [begin, end) and trains what is trained centre by centre, on
/// the warp that owns `slot` of the totals.
template <bool kWhole, class Warp, class Centres>
WARP2VEC_HD void train_centres(Warp& warp, Unit& unit, const Model& model, const Centres& batch,
                               std::int64_t begin, std::int64_t end, int step, const LossTally& tally) {
  std::int64_t pairs = 0;
  for (std::int64_t centre = begin; centre < end; centre += step) {
    const KeptRange window = batch.window(model, centre);
    pairs += window.size() - 1;
    if (model.trains_centres() && window.size() > 1)
      train_centre<kWhole>(warp, unit, model, batch, centre, window, tally);
  }
  tally.totals.add_pairs(warp, tally.slot, pairs, true);
}

/// Trains the batch. Each block takes its own chunk of tiles, so that what is in flight at a time is from
/// all over the batch. Neighbouring tiles share their topic and its words, and in flight together they would
/// push the same rows from the same values: with 1,024 tokens of them the loss grows tenfold, with 8,192 from
/// all over the batch it does not change (benchmarks/README.md). One block of one warp trains in the
/// reference's order. `scratch`: the block's scratch_bytes().
template <bool kWhole, class Block, class Centres>
WARP2VEC_HD void train_batch(Block& block, const Model& model, const Centres& batch, Totals totals,
                             unsigned char* scratch) {
  const int warps = block.warps();
  const std::int64_t slot = std::int64_t{block.index()} * warps;
  const std::int64_t centre_bytes = centre_scratch_bytes(model);
  const std::int64_t tiles = (batch.end - batch.begin + model.tile_centres - 1) / model.tile_centres;
  const KeptRange own = chunk_of(tiles, block.index(), block.count());
  for (std::int64_t t = own.begin; t < own.end; ++t) {
    const std::int64_t begin = batch.begin + t * model.tile_centres;
    const std::int64_t end = begin + model.tile_centres < batch.end ? begin + model.tile_centres : batch.end;
    if (model.negative_tiles()) {
      Scratch memory(scratch);
      NsTileUnit tile = NsTileUnit::take(memory, model, warps);
      tile.make(block, model, batch, tile_place(model, batch, t));
      train_unit<kWhole>(block, tile.unit, model.input, model.output, LossTally{totals, slot});
    }
    if (model.path_tiles()) {
      Scratch memory(scratch);
      HsTileUnit paths = HsTileUnit::take(memory, model, warps);
      for (PathNumber q{t, 0};; ++q.part) {
        const TilePlace place = path_tile_place(model, batch, q);
        if (place.centres <= 0) break;
        paths.make(block, model, batch, place);
        train_unit<kWhole>(block, paths.unit, model.input, model.nodes, LossTally{totals, slot});
      }
    }
    block.for_each_warp([&](auto& warp, int index) {
      Scratch memory(scratch + index * centre_bytes);
      Unit unit = take_centre_unit(memory, model);
      train_centres<kWhole>(warp, unit, model, batch, begin + index, end, warps,
                            LossTally{totals, slot + index});
    });
  }
}

}  // namespace warp2vec
