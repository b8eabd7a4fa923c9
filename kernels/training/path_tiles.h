#pragma once
/// Hierarchical softmax by tiles of paths on matrix units.

#include "kernels/training/dense_tile.h"
#include "kernels/training/dense_tile_steps.h"
#include "kernels/training/first_nodes.h"
#include "kernels/training/path_words.h"

#include <cstdint>

namespace warp2vec {

/// The tiles of paths of one block. Each step is the work of warp `index` of `warps`, and for tile `q` of the
/// batch; between two steps of a tile all warps meet. A tile's words are named and related while another
/// one is trained.
template <class Warp, class Centres>
class PathTiles {
 public:
  WARP2VEC_HD static DenseTile take_tile(Scratch& scratch, const Model& model, const PathTileSizes& sizes,
                                         int warps) {
    return DenseTile::take(scratch, sizes.shape(model), Warp::template copying_bytes<float>(warps));
  }
  /// What stays from tile to tile.
  struct Memory {
    FirstNodes first_nodes;
    std::uint8_t* depths;  ///< [first nodes]
    unsigned char* words;  ///< of two tiles

    WARP2VEC_HD static Memory take(Scratch& scratch, const Model& model, const PathTileSizes& sizes) {
      Memory memory{};
      memory.first_nodes = FirstNodes::take(scratch, model.nodes, sizes.first_nodes);
      memory.depths = scratch.take<std::uint8_t>(sizes.first_nodes);
      memory.words = scratch.take<unsigned char>(2 * words_bytes(model, sizes));
      return memory;
    }
  };

  WARP2VEC_HD PathTiles(const Model& model, const PathTileSizes& sizes, const Centres& batch,
                        const DenseTile& tile, const Memory& memory)
      : model_(model), sizes_(sizes), batch_(batch), tile_(tile), memory_(memory) {}

  WARP2VEC_HD PathPlace place(PathNumber q) const { return PathPlace::of(model_, batch_, q); }
  WARP2VEC_HD bool exists(PathNumber q) const { return place(q).centres > 0; }
  /// Rounds in which the tile is trained. After name() of all warps.
  WARP2VEC_HD std::int32_t rounds(PathNumber q) const {
    const PathWords words = words_of(q);
    const std::int32_t centres = place(q).centres;
    std::int32_t below = 0;
    for (std::int32_t k = 0; k < centres; ++k) below += words.centres[k].below();
    return below <= sizes_.below ? 1 : (below + sizes_.below - 1) / sizes_.below;
  }

  /// Once, before the first relate().
  WARP2VEC_HD void find_depths(Warp& warp, int index, int warps) const {
    warp.strided(
        memory_.first_nodes.count(),
        [&](std::int64_t n) { memory_.depths[n] = static_cast<std::uint8_t>(model_.tree.depth_of(n)); },
        index, warps);
  }
  WARP2VEC_HD void name(Warp& warp, int index, int warps, PathNumber q) const {
    name_paths(warp, index, warps, model_, batch_, sizes_, place(q), words_of(q));
  }
  WARP2VEC_HD void relate(Warp& warp, int index, int warps, PathNumber q, std::int32_t round) const {
    relate_paths(warp, index, warps, model_, batch_, sizes_, place(q), words_of(q), memory_.depths, round);
  }

  /// Takes over the first nodes from all blocks.
  WARP2VEC_HD void load_first_nodes(Warp& warp, int index, int warps) const {
    memory_.first_nodes.load(warp, index, warps);
  }
  /// Gives the first nodes to all blocks.
  WARP2VEC_HD void merge_first_nodes(Warp& warp, int index, int warps) const {
    memory_.first_nodes.merge(warp, index, warps);
  }

  /// Copies the tile's rows, zeros for those that are not there, and sums up who is met by each block of
  /// them.
  WARP2VEC_HD void copy(Warp& warp, int index, int warps, PathNumber q) const {
    const PathWords words = words_of(q);
    const DenseTileShape& shape = tile_.shape;
    // Contexts, then the nodes below the first ones.
    const auto own = [&](std::int32_t r) { return r < shape.contexts ? r : r + sizes_.first_nodes; };
    const auto from = [&](std::int32_t r) -> const float* {
      const std::int64_t row = words.rows[own(r)].row;
      if (row == DenseTile::kNone) return nullptr;
      return (r < shape.contexts ? model_.input.data : model_.nodes.data) + row * model_.input.stride;
    };
    const auto to = [&](std::int32_t r) { return tile_.contexts(own(r)); };
    memory_.first_nodes.show(warp, index, warps, tile_);
    warp.template copy_rows<float>(tile_.copying, index, warps, shape.rows() - sizes_.first_nodes,
                                   shape.values, from, to,
                                   [&] { relate_blocks(warp, index, warps, shape, words); });
  }
  /// Finds the scales of contexts. Between relate() and move().
  WARP2VEC_HD void damp(Warp& warp, int index, int warps, PathNumber q) const {
    damp_contexts(warp, index, warps, model_, batch_, place(q), words_of(q));
  }
  WARP2VEC_HD void score(Warp& warp, int index, int warps, PathNumber q, bool wanted,
                         typename Warp::Float& loss) const {
    const PathWords words = words_of(q);
    score_tile(warp, index, warps, tile_, PathMeeting{tile_.shape, words}, wanted, loss);
  }
  WARP2VEC_HD void move(Warp& warp, int index, int warps, PathNumber q) const {
    const PathWords words = words_of(q);
    const std::int32_t contexts = tile_.shape.contexts;
    move_tile(warp, index, warps, tile_, PathMeeting{tile_.shape, words},
              [&](std::int32_t r, std::int32_t d, const float* part) {
                const std::int64_t row = words.rows[r].row;
                if (row == DenseTile::kNone) return;
                const float scale = words.rows[r].scale;
                if (contexts <= r && r < contexts + sizes_.first_nodes) {
                  memory_.first_nodes.move(r - contexts, d, scale, part);
                  return;
                }
                float step[kPart];
                WARP2VEC_UNROLL
                for (int i = 0; i < kPart; ++i) step[i] = scale * part[i];
                float* const matrix = r < contexts ? model_.input.data : model_.nodes.data;
                Warp::Matrices::add(matrix + row * model_.input.stride + d, step);
              });
  }
  /// (context, centre) pairs.
  WARP2VEC_HD std::int64_t pairs(PathNumber q) const {
    const PathWords words = words_of(q);
    std::int64_t pairs = 0;
    for (std::int32_t k = 0; k < place(q).centres; ++k)
      pairs += words.centres[k].window_end - words.centres[k].window_begin - 1;
    return pairs;
  }

 private:
  WARP2VEC_HD static std::int64_t words_bytes(const Model& model, const PathTileSizes& sizes) {
    Scratch scratch(nullptr);
    PathWords::take(scratch, model, sizes.shape(model));
    return scratch.bytes();
  }
  WARP2VEC_HD PathWords words_of(PathNumber q) const {
    // Every tile has as many parts but for the last.
    const std::int64_t parts =
        (model_.tile_centres + model_.path_tile_centres - 1) / model_.path_tile_centres;
    Scratch scratch(memory_.words + (q.tile * parts + q.part) % 2 * words_bytes(model_, sizes_));
    return PathWords::take(scratch, model_, tile_.shape);
  }

  const Model& model_;
  const PathTileSizes& sizes_;
  const Centres& batch_;
  DenseTile tile_;
  Memory memory_;
};

}  // namespace warp2vec
