#pragma once
/// The body of the kernel that trains tiles on matrix units.

#include "dense_tile.h"
#include "dense_tile_steps.h"
#include "dense_tile_words.h"
#include "stretch.h"
#include "totals.h"

#include <cstdint>

namespace warp2vec {

/// Of how many tiles of a block's stretch one has its loss summed: of 16, or fewer in a short stretch, so
/// that eight are summed at least. The first is among them.
W2V_HD constexpr std::int64_t tiles_per_loss(std::int64_t tiles) {
  return tiles / 8 < 1 ? 1 : (tiles / 8 > 16 ? 16 : tiles / 8);
}

/// Bytes of shared memory that a block of `warps` warps of type Warp needs for train_dense_tiles().
template <class Value, class Warp>
W2V_HD std::int64_t dense_tile_bytes(const Model& model, int warps) {
  Scratch scratch(nullptr);
  DenseTile::take(scratch, model, Warp::template copying_bytes<Value>(warps));
  return scratch.bytes();
}

/// Trains the batch by negative sampling with Sharing::tile; it is train_batch() with rows and gradients
/// rounded to bfloat16. Each block takes its own stretch of tiles (see train_batch()). While a tile's rows
/// are on their way the words of the next one are drawn and their rows brought to the L2 cache: not further,
/// since rows that are copied early lack the steps of the tiles between. `memory`: the block's
/// dense_tile_bytes().
template <class Value, class Block, class Centres>
W2V_HD void train_dense_tiles(Block& block, const Model& model, const Tables<Value>& tables,
                              const Centres& batch, const Totals& totals, unsigned char* memory) {
  using Warp = typename Block::Warp;
  const int warps = block.warps();
  const std::int64_t slot = std::int64_t{block.index()} * warps;
  Scratch scratch(memory);
  const DenseTile tile = DenseTile::take(scratch, model, Warp::template copying_bytes<Value>(warps));
  const std::int64_t tiles = (batch.end - batch.begin + model.tile_centres - 1) / model.tile_centres;
  const KeptRange own = stretch(tiles, block.index(), block.count());
  const auto name = [&](Warp& warp, int index, std::int64_t t) {
    name_words(warp, index, warps, model, tables, batch, TilePlace::of(model, batch, t), tile.shape,
               tile.words_of(model, t));
  };
  const auto relate = [&](Warp& warp, int index, std::int64_t t) {
    relate_words(warp, index, warps, model, TilePlace::of(model, batch, t), tile.shape,
                 tile.words_of(model, t));
  };
  if (own.begin < own.end) {
    block.each_warp([&](Warp& warp, int index) { name(warp, index, own.begin); });
    block.each_warp([&](Warp& warp, int index) { relate(warp, index, own.begin); });
  }
  for (std::int64_t t = own.begin; t < own.end; ++t) {
    const TilePlace place = TilePlace::of(model, batch, t);
    const TileWords words = tile.words_of(model, t);
    const bool measured = (t - own.begin) % tiles_per_loss(own.size()) == 0;
    const bool more = t + 1 < own.end;
    block.each_warp([&](Warp& warp, int index) {
      copy_rows(warp, index, warps, tile, words, tables, [&] {
        if (more) name(warp, index, t + 1);
      });
    });
    block.each_warp([&](Warp& warp, int index) {
      auto loss = warp.zero();
      score(warp, index, warps, model, tile, place, words, measured, loss);
      if (measured) totals.add_loss(warp, slot + index, loss);
      if (more) relate(warp, index, t + 1);
    });
    block.each_warp([&](Warp& warp, int index) {
      move_rows(warp, index, warps, model, tables, tile, place, words, batch);
      if (index == 0) totals.add_pairs(warp, slot, pairs_of(warp, place, words), measured);
    });
  }
}

}  // namespace warp2vec
