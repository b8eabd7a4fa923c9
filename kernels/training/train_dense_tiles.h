#pragma once
/// The body of the kernels that train tiles on tensor cores. A block trains one tile at a time, t, and
/// prepares the next; between two phases, of which CBOW has two more, there is a barrier, which all warps
/// pass:
///
///     phase      for tile t                            for tile t + 1
///     load       rows in memory -> staging -> rows     sample: words, draws -> rows' numbers, windows
///     ---------- barrier
///     (CBOW)     rows of contexts, windows -> hidden vectors
///     ---------- barrier
///     forward    rows, masks -> gradients              mask: windows -> pairs, masks
///     and damp   pairs -> scales
///     ---------- barrier
///     backward   gradients, rows, scales -> additions to the rows in memory;
///                under CBOW those of hidden vectors -> rows of contexts
///     ---------- barrier
///     (CBOW)     these, windows, scales -> additions to the contexts in memory
///     ---------- barrier
///
/// In shared memory: rows [contexts + targets] in bfloat16, under CBOW hidden vectors [centres], and
/// gradients [contexts or hidden vectors, targets] of tile t, which are overwritten a phase after they were
/// last read; the staging ring, in which each lane reads what it has copied itself; and the metadata (all
/// else) of tiles t and t + 1, in turn. Tiles of paths pass through the same phases, but sample beside
/// forward and mask beside backward; their private copies of the top nodes are loaded before and merged after
/// the tiles of 64 centres.

#include "kernels/training/dense_tile.h"
#include "kernels/training/hs_tile.h"
#include "kernels/training/ns_tile.h"
#include "kernels/training/totals.h"

#include <cstdint>

namespace warp2vec {

/// What a kernel trains: skip-gram, or CBOW.
enum class Trains { negatives, paths, both, cbow_negatives, cbow_paths, cbow_both };

WARP2VEC_HD constexpr bool negatives_in(Trains trains) {
  return trains != Trains::paths && trains != Trains::cbow_paths;
}
WARP2VEC_HD constexpr bool paths_in(Trains trains) {
  return trains != Trains::negatives && trains != Trains::cbow_negatives;
}
WARP2VEC_HD constexpr bool cbow_in(Trains trains) { return trains >= Trains::cbow_negatives; }

/// Calls `f` with what the model trains as its template argument.
template <class F>
auto with_trains(const Model& model, F f) {
  if (!model.hierarchical_softmax)
    return model.cbow ? f.template operator()<Trains::cbow_negatives>()
                      : f.template operator()<Trains::negatives>();
  if (!model.negative_sampling)
    return model.cbow ? f.template operator()<Trains::cbow_paths>() : f.template operator()<Trains::paths>();
  return model.cbow ? f.template operator()<Trains::cbow_both>() : f.template operator()<Trains::both>();
}

/// The loss is sampled in one tile out of this many of a block's chunk, the first included: 16, or fewer in a
/// short chunk, so that at least eight are sampled.
WARP2VEC_HD constexpr std::int64_t tiles_per_loss(std::int64_t tiles) {
  return tiles / 8 < 1 ? 1 : (tiles / 8 > 16 ? 16 : tiles / 8);
}

/// A block's shared memory. Tiles of both kinds alternate in the same space.
template <Trains kTrains, class Value, class Warp, class Centres>
struct DenseTileMemory {
  using Negatives = NsTiles<Value, Warp, Centres, cbow_in(kTrains)>;
  using Paths = HsTiles<Warp, Centres, cbow_in(kTrains)>;

  DenseTile negative_tile;
  unsigned char* negative_metadata;  ///< of two tiles
  DenseTile path_tile;
  typename Paths::Memory paths;

  WARP2VEC_HD static DenseTileMemory take(Scratch& scratch, const Model& model, const HsTileSizes& sizes,
                                          int warps) {
    DenseTileMemory memory{};
    Scratch negatives = scratch;
    Scratch paths = scratch;
    if constexpr (negatives_in(kTrains)) memory.negative_tile = Negatives::take_tile(negatives, model, warps);
    if constexpr (paths_in(kTrains)) memory.path_tile = Paths::take_tile(paths, model, sizes, warps);
    scratch = negatives.bytes() > paths.bytes() ? negatives : paths;
    if constexpr (negatives_in(kTrains))
      memory.negative_metadata = scratch.take<unsigned char>(2 * Negatives::metadata_bytes(model));
    if constexpr (paths_in(kTrains)) memory.paths = Paths::Memory::take(scratch, model, sizes);
    return memory;
  }
};

/// Bytes of shared memory that a block of `warps` warps of type Warp needs for train_dense_tiles().
template <Trains kTrains, class Value, class Warp, class Centres>
WARP2VEC_HD std::int64_t dense_tile_bytes(const Model& model, const HsTileSizes& sizes, int warps) {
  Scratch scratch(nullptr);
  DenseTileMemory<kTrains, Value, Warp, Centres>::take(scratch, model, sizes, warps);
  return scratch.bytes();
}

/// Accumulates a tile's losses and pairs.
struct TileAccumulator {
  Totals totals;
  std::int64_t slot;  ///< of the block's first warp
  bool loss_sampled;  ///< whether the tile's loss is computed

  /// Adds the loss that forward(with_loss, loss) adds up.
  template <class Warp, class Forward>
  WARP2VEC_HD void add_loss(Warp& warp, int index, Forward forward) const {
    auto loss = warp.zero();
    forward(loss_sampled, loss);
    if (loss_sampled) totals.add_loss(warp, slot + index, loss);
  }
  template <class Warp>
  WARP2VEC_HD void add_pairs(Warp& warp, std::int64_t pairs) const {
    totals.add_pairs(warp, slot, pairs, loss_sampled);
  }
};

/// Trains tile t by negative sampling. While its rows are loaded, the `next` tile, if there are `more`, is
/// sampled and its rows are prefetched into the L2 cache: no further, since rows loaded that early would lack
/// this tile's updates.
template <bool kCbow, class Block, class Negatives>
WARP2VEC_HD void train_negatives(Block& block, const Negatives& tiles, const typename Negatives::Tile& t,
                                 const typename Negatives::Tile& next, bool more,
                                 const TileAccumulator& accumulator) {
  using Warp = typename Block::Warp;
  const int warps = block.warps();
  block.for_each_warp([&](Warp& warp, int index) {
    tiles.load(warp, index, warps, t, [&] {
      if (more) tiles.sample(warp, index, warps, next);
    });
  });
  if constexpr (kCbow)
    block.for_each_warp([&](Warp& warp, int index) { tiles.forward_windows(warp, index, warps, t); });
  block.for_each_warp([&](Warp& warp, int index) {
    accumulator.add_loss(warp, index, [&](bool with_loss, auto& loss) {
      tiles.forward(warp, index, warps, t, with_loss, loss);
    });
    tiles.damp(warp, index, warps, t);
    if (more) tiles.mask(warp, index, warps, next);
  });
  block.for_each_warp([&](Warp& warp, int index) {
    tiles.backward(warp, index, warps, t);
    if (index == warps - 1) accumulator.add_pairs(warp, tiles.pairs(t));  // it has the least to do
  });
  if constexpr (kCbow)
    block.for_each_warp([&](Warp& warp, int index) { tiles.backward_windows(warp, index, warps, t); });
}

/// Trains tile q of paths. Meanwhile the `next` one, if there are `more`, is sampled and masked, and its rows
/// are prefetched into the L2 cache. The first pass trains the top nodes and usually all others.
template <bool kCbow, class Block, class Paths>
WARP2VEC_HD void train_paths(Block& block, const Paths& tiles, HsTileIndex q, HsTileIndex next, bool more,
                             bool counts_pairs, const TileAccumulator& accumulator) {
  using Warp = typename Block::Warp;
  const int warps = block.warps();
  const std::int32_t passes = tiles.passes(q);
  for (std::int32_t pass = 0; pass < passes; ++pass) {
    const bool last = pass + 1 == passes;
    if (pass > 0)
      block.for_each_warp([&](Warp& warp, int index) { tiles.mask(warp, index, warps, q, pass); });
    block.for_each_warp([&](Warp& warp, int index) { tiles.load(warp, index, warps, q); });
    if constexpr (kCbow)
      block.for_each_warp([&](Warp& warp, int index) { tiles.forward_windows(warp, index, warps, q); });
    block.for_each_warp([&](Warp& warp, int index) {
      accumulator.add_loss(warp, index, [&](bool with_loss, auto& loss) {
        tiles.forward(warp, index, warps, q, with_loss, loss);
      });
      tiles.damp(warp, index, warps, q);
      if (more && last) tiles.sample(warp, index, warps, next);
    });
    block.for_each_warp([&](Warp& warp, int index) {
      tiles.backward(warp, index, warps, q);
      if (more && last) tiles.mask(warp, index, warps, next, 0);
      if (index == 0 && pass == 0 && counts_pairs) accumulator.add_pairs(warp, tiles.pairs(q));
    });
    if constexpr (kCbow)
      block.for_each_warp([&](Warp& warp, int index) { tiles.backward_windows(warp, index, warps, q); });
  }
}

/// Trains the batch under Sharing::tile: train_batch() with rows and gradients rounded to bfloat16. Each
/// block trains its own chunk of tiles (see train_batch()), and private copies of the top nodes of the tree,
/// which it merges once per tile; see HsTileSizes. `memory`: the block's dense_tile_bytes().
template <Trains kTrains, class Value, class Block, class Centres>
WARP2VEC_HD void train_dense_tiles(Block& block, const Model& model, const Tables<Value>& tables,
                                   const HsTileSizes& sizes, const Centres& batch, const Totals& totals,
                                   unsigned char* memory) {
  using Warp = typename Block::Warp;
  const int warps = block.warps();
  Scratch scratch(memory, true);
  using Memory = DenseTileMemory<kTrains, Value, Warp, Centres>;
  using Negatives = typename Memory::Negatives;
  constexpr bool kCbow = cbow_in(kTrains);
  WARP2VEC_ASSUME(model.cbow == kCbow);  // leaves out what the kernel does not train
  const auto own_memory = Memory::take(scratch, model, sizes, warps);
  const Negatives negatives(model, tables, batch, own_memory.negative_tile);
  const typename Memory::Paths paths(model, sizes, batch, own_memory.path_tile, own_memory.paths);
  const std::int64_t tiles = (batch.end - batch.begin + model.tile_centres - 1) / model.tile_centres;
  const KeptRange own = chunk_of(tiles, block.index(), block.count());
  if (own.begin == own.end) return;
  typename Negatives::Tile tile{own.begin, own_memory.negative_metadata};
  typename Negatives::Tile next_tile{own.begin + 1, own_memory.negative_metadata};
  if constexpr (negatives_in(kTrains)) next_tile.metadata += Negatives::metadata_bytes(model);

  if constexpr (paths_in(kTrains))
    block.for_each_warp([&](Warp& warp, int index) { paths.copy_tree(warp, index, warps); });
  block.for_each_warp([&](Warp& warp, int index) {
    if constexpr (negatives_in(kTrains)) negatives.sample(warp, index, warps, tile);
    if constexpr (paths_in(kTrains)) paths.sample(warp, index, warps, {own.begin, 0});
  });
  block.for_each_warp([&](Warp& warp, int index) {
    if constexpr (negatives_in(kTrains)) negatives.mask(warp, index, warps, tile);
    if constexpr (paths_in(kTrains)) paths.mask(warp, index, warps, {own.begin, 0}, 0);
  });

  for (std::int64_t t = own.begin; t < own.end; ++t) {
    const bool loss_sampled = (t - own.begin) % tiles_per_loss(own.size()) == 0;
    const TileAccumulator accumulator{totals, std::int64_t{block.index()} * warps, loss_sampled};
    if constexpr (negatives_in(kTrains)) {
      train_negatives<kCbow>(block, negatives, tile, next_tile, t + 1 < own.end, accumulator);
      unsigned char* const done = tile.metadata;
      tile = next_tile;
      next_tile = {tile.number + 1, done};
    }
    if constexpr (paths_in(kTrains)) {
      block.for_each_warp([&](Warp& warp, int index) { paths.load_top_nodes(warp, index, warps); });
      for (HsTileIndex q{t, 0}; paths.exists(q); ++q.sub_tile) {
        HsTileIndex next{t, q.sub_tile + 1};
        if (!paths.exists(next)) next = {t + 1, 0};
        train_paths<kCbow>(block, paths, q, next, next.tile < own.end, !negatives_in(kTrains), accumulator);
      }
      block.for_each_warp([&](Warp& warp, int index) { paths.merge_top_nodes(warp, index, warps); });
    }
  }
}

}  // namespace warp2vec
