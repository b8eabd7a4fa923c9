#pragma once
/// The body of the training kernel without tensor cores.

#include "kernels/training/centre_minibatches.h"
#include "kernels/training/minibatch.h"
#include "kernels/training/model.h"
#include "kernels/training/tile_minibatches.h"
#include "kernels/training/tile_place.h"
#include "kernels/training/totals.h"

namespace warp2vec {

/// Bytes of scratch memory for one warp's minibatches.
WARP2VEC_HD inline std::int64_t centre_scratch_bytes(const Model& model) {
  if (!model.trains_centres()) return 0;
  Scratch scratch(nullptr);
  take_centre_minibatch(scratch, model);
  return scratch.bytes();
}

/// Bytes of scratch memory that a block of `warps` warps needs for train_batch().
WARP2VEC_HD inline std::int64_t scratch_bytes(const Model& model, int warps) {
  Scratch tiles(nullptr);
  if (model.negative_tiles()) NsTileMinibatch::take(tiles, model, warps);
  Scratch paths(nullptr);
  if (model.path_tiles()) HsTileMinibatch::take(paths, model, warps);
  const std::int64_t tile_bytes = tiles.bytes() > paths.bytes() ? tiles.bytes() : paths.bytes();
  const std::int64_t centre_bytes = warps * centre_scratch_bytes(model);
  return tile_bytes > centre_bytes ? tile_bytes : centre_bytes;
}

/// Adds a minibatch's loss to its warp's total.
struct LossAccumulator {
  Totals totals;
  std::int64_t slot;  ///< of the group's first warp

  template <class Warp>
  WARP2VEC_HD void operator()(Warp& warp, int index, const typename Warp::Float& loss) const {
    totals.add_loss(warp, slot + index, loss);
  }
};

/// Trains everything that is trained centre by centre, on one warp.
template <bool kWhole, class Warp, class Centres>
WARP2VEC_HD void train_centre(Warp& warp, ScratchMinibatch& minibatch, const Model& model,
                              const Centres& batch, std::int64_t centre, KeptRange window,
                              const LossAccumulator& accumulator) {
  const auto negatives = [&](KeptRange contexts) {
    make_negative_sampling(warp, minibatch, model, batch, centre, contexts);
    train_minibatch<kWhole>(warp, minibatch, model.input, model.output, accumulator);
  };
  const auto path = [&](KeptRange contexts) {
    make_path(warp, minibatch, model, batch, centre, contexts);
    train_minibatch<kWhole>(warp, minibatch, model.input, model.nodes, accumulator);
  };
  if (model.sharing == Sharing::pair && !model.cbow) {
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

/// Counts the predictions of every `stride`-th centre of [begin, end) and trains what is trained centre by
/// centre, on the warp that owns `slot` of the totals.
template <bool kWhole, class Warp, class Centres>
WARP2VEC_HD void train_centres(Warp& warp, ScratchMinibatch& minibatch, const Model& model,
                               const Centres& batch, std::int64_t begin, std::int64_t end, int stride,
                               const LossAccumulator& accumulator) {
  std::int64_t pairs = 0;
  for (std::int64_t centre = begin; centre < end; centre += stride) {
    const KeptRange window = batch.window(model, centre);
    pairs += model.predictions(window.size() - 1);
    if (model.trains_centres() && window.size() > 1)
      train_centre<kWhole>(warp, minibatch, model, batch, centre, window, accumulator);
  }
  accumulator.totals.add_pairs(warp, accumulator.slot, pairs, true);
}

/// Trains the batch. Each block trains its own chunk of consecutive tiles, so that the tiles in flight at any
/// time are spread over the batch. Neighbouring tiles share a topic and its words; in flight together they
/// would update the same rows from the same stale values: with 1,024 such tokens in flight the loss grows
/// tenfold, with 8,192 spread over the batch it does not change (benchmarks/README.md). One block of one warp
/// trains in the reference's order. `scratch`: the block's scratch_bytes().
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
      NsTileMinibatch tile = NsTileMinibatch::take(memory, model, warps);
      tile.make(block, model, batch, tile_place(model, batch, t));
      train_minibatch<kWhole>(block, tile.minibatch, model.input, model.output,
                              LossAccumulator{totals, slot});
    }
    if (model.path_tiles()) {
      Scratch memory(scratch);
      HsTileMinibatch paths = HsTileMinibatch::take(memory, model, warps);
      for (HsTileIndex q{t, 0};; ++q.sub_tile) {
        const TilePlace place = hs_tile_place(model, batch, q);
        if (place.centres <= 0) break;
        paths.make(block, model, batch, place);
        train_minibatch<kWhole>(block, paths.minibatch, model.input, model.nodes,
                                LossAccumulator{totals, slot});
      }
    }
    block.for_each_warp([&](auto& warp, int index) {
      Scratch memory(scratch + index * centre_bytes);
      ScratchMinibatch minibatch = take_centre_minibatch(memory, model);
      train_centres<kWhole>(warp, minibatch, model, batch, begin + index, end, warps,
                            LossAccumulator{totals, slot + index});
    });
  }
}

}  // namespace warp2vec
