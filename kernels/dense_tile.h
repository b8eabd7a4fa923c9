#pragma once
/// Sharing::tile for matrix units: the shape of a tile's matrices, and the memory of a block that trains
/// tiles. Its contexts and its targets (first the centres, then the negatives) meet in blocks of 16 x 16.

#include <warp2vec/bf16.h>

#include "matrix_block.h"
#include "model.h"
#include "scratch.h"

#include <cstdint>

namespace warp2vec {

/// Rows of a tile's matrices, the same for every tile of a run.
struct DenseTileShape {
  std::int32_t contexts;  ///< room for them, in whole blocks
  std::int32_t targets;   ///< likewise
  std::int32_t values;    ///< of a row, in whole blocks

  W2V_HD static DenseTileShape of(const Model& model) {
    return {in_blocks(model.tile_centres + 2 * model.window),
            in_blocks(model.tile_centres + model.tile_negatives),
            static_cast<std::int32_t>(model.input.stride)};
  }
  W2V_HD std::int32_t rows() const { return contexts + targets; }

  /// Distances of rows. An odd multiple of 16 bytes, so that the eight rows of an 8 x 8 matrix lie in
  /// different banks of shared memory.
  W2V_HD std::int32_t row_stride() const { return values + 8; }
  W2V_HD std::int32_t gradient_stride() const { return targets + 8; }

 private:
  W2V_HD static constexpr std::int32_t in_blocks(std::int32_t n) {
    return (n + kBlockSide - 1) / kBlockSide * kBlockSide;
  }
};

/// The matrices of negative sampling, of float or Bf16.
template <class Value>
struct Tables {
  MatrixView<Value> input;
  MatrixView<Value> output;

  /// Selected by address: a GPU keeps what is selected by reference in slow local memory.
  W2V_HD Value* row(bool of_input, std::int64_t r) const {
    return (of_input ? input.data : output.data) + r * input.stride;
  }
};

/// What is known of a tile's words before its rows are read; see DenseTileShape. Rows of contexts come
/// first, then rows of targets.
struct TileWords {
  static constexpr std::int32_t kNone = -1;

  std::int32_t* row;           ///< [rows] of the input or output matrix, or kNone
  float* scale;                ///< [rows] learning rate times damping
  std::int32_t* pairs;         ///< [contexts] centres that a context meets ...
  float* negative_weight;      ///< [contexts] ... and the size of its weight with each negative
  std::int32_t* window_begin;  ///< [centres] first context of the centre's window ...
  std::int32_t* window_end;    ///< [centres] ... and the one after the last
  std::uint8_t* is_centre;     ///< [negatives] whether the word is a centre of the tile

  W2V_HD static TileWords take(Scratch& scratch, const Model& model) {
    const DenseTileShape shape = DenseTileShape::of(model);
    TileWords words{};
    words.row = scratch.take<std::int32_t>(shape.rows());
    words.scale = scratch.take<float>(shape.rows());
    words.pairs = scratch.take<std::int32_t>(shape.contexts);
    words.negative_weight = scratch.take<float>(shape.contexts);
    words.window_begin = scratch.take<std::int32_t>(model.tile_centres);
    words.window_end = scratch.take<std::int32_t>(model.tile_centres);
    words.is_centre = scratch.take<std::uint8_t>(model.tile_negatives);
    return words;
  }
};

/// A block's memory.
struct DenseTile {
  DenseTileShape shape;
  Bf16* rows;              ///< [shape.rows()] of shape.values values, shape.row_stride() apart
  Bf16* gradients;         ///< [shape.contexts] of shape.targets values, shape.gradient_stride() apart
  unsigned char* copying;  ///< rows of float on their way to `rows`
  unsigned char* words;    ///< TileWords of the tile that is trained and of the next one

  /// `copying_bytes`: see Copies of the warp.
  W2V_HD static DenseTile take(Scratch& scratch, const Model& model, std::int64_t copying_bytes) {
    DenseTile tile{};
    tile.shape = DenseTileShape::of(model);
    tile.rows = scratch.take<Bf16>(std::int64_t{tile.shape.rows()} * tile.shape.row_stride());
    tile.gradients = scratch.take<Bf16>(std::int64_t{tile.shape.contexts} * tile.shape.gradient_stride());
    tile.copying = scratch.take<unsigned char>(copying_bytes);
    tile.words = scratch.take<unsigned char>(2 * words_bytes(model));
    return tile;
  }

  /// Of tile number t. Not an array of two: a GPU keeps an array that is indexed at run time in slow local
  /// memory.
  W2V_HD TileWords words_of(const Model& model, std::int64_t t) const {
    Scratch scratch(words + t % 2 * words_bytes(model));
    return TileWords::take(scratch, model);
  }

  /// Rows from `context` on, and rows from `target` on.
  W2V_HD Bf16* contexts(std::int32_t context) const {
    return rows + std::int64_t{context} * shape.row_stride();
  }
  W2V_HD Bf16* targets(std::int32_t target) const { return contexts(shape.contexts + target); }
  /// Gradients from (context, target) on.
  W2V_HD Bf16* gradient(std::int32_t context, std::int32_t target) const {
    return gradients + std::int64_t{context} * shape.gradient_stride() + target;
  }

 private:
  W2V_HD static std::int64_t words_bytes(const Model& model) {
    Scratch scratch(nullptr);
    TileWords::take(scratch, model);
    return scratch.bytes();
  }
};

/// Where in a batch a tile lies.
struct TilePlace {
  std::int64_t begin;     ///< element of the first centre
  std::int64_t first;     ///< element of context 0
  std::int32_t lead;      ///< contexts before the first centre
  std::int32_t centres;   ///< targets [0, centres)
  std::int32_t contexts;  ///< the elements that the widest windows could reach; some meet no centre

  /// Tile number `tile` of the batch.
  template <class Centres>
  W2V_HD static TilePlace of(const Model& model, const Centres& batch, std::int64_t tile) {
    TilePlace place{};
    place.begin = batch.begin + tile * model.tile_centres;
    const std::int64_t end =
        place.begin + model.tile_centres < batch.end ? place.begin + model.tile_centres : batch.end;
    const std::int64_t last = end + model.window < batch.kept.size ? end + model.window : batch.kept.size;
    place.first = place.begin > model.window ? place.begin - model.window : 0;
    place.lead = static_cast<std::int32_t>(place.begin - place.first);
    place.centres = static_cast<std::int32_t>(end - place.begin);
    place.contexts = static_cast<std::int32_t>(last - place.first);
    return place;
  }

  /// Whether a context of the block of contexts may meet a target of the block of targets.
  W2V_HD bool meet(const Model& model, std::int32_t context_block, std::int32_t target_block) const {
    const std::int32_t c = context_block * kBlockSide;
    const std::int32_t t = target_block * kBlockSide;
    if (c >= contexts) return false;
    if (t + kBlockSide > model.tile_centres && t < model.tile_centres + model.tile_negatives) return true;
    const std::int32_t last = t + kBlockSide < centres ? t + kBlockSide : centres;
    return t < last && c < last + lead + model.window && c + kBlockSide > t + lead - model.window;
  }
};

}  // namespace warp2vec
