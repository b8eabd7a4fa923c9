#pragma once
/// Hierarchical softmax under Sharing::tile for matrix units: which nodes a tile of paths trains, and which
/// contexts they meet; the rule is path_tile_block() of host/reference/reference_blocks.h. Targets are first
/// the tree's first nodes, which most paths pass, then the other nodes of the paths, one path after the
/// other.

#include "kernels/device/warp.h"
#include "kernels/training/dense_tile.h"
#include "kernels/training/model.h"
#include "kernels/training/row_pairs.h"

#include <cstdint>

namespace warp2vec {

/// Sizes of a tile of paths, both in whole blocks of rows.
struct PathTileSizes {
  std::int32_t first_nodes;  ///< nodes [0, first_nodes), as targets of every tile
  std::int32_t below;        ///< room for other nodes; a tile with more of them is trained in rounds

  WARP2VEC_HD DenseTileShape shape(const Model& model) const {
    return {in_whole_blocks(model.path_tile_centres + 2 * model.window), first_nodes + below,
            static_cast<std::int32_t>(model.input.stride)};
  }
};

/// Number of bits that are set.
WARP2VEC_HD inline int count_bits(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __popc(bits);
#else
  return __builtin_popcount(bits);
#endif
}

/// A tile of paths: part `part` of tile `tile` of the batch.
struct PathNumber {
  std::int64_t tile;
  std::int32_t part;
};

/// Where in a batch a tile of paths lies.
struct PathPlace {
  std::int64_t begin;     ///< element of the first centre
  std::int64_t first;     ///< element of context 0
  std::int32_t centres;   ///< 0 or less: there is no such part
  std::int32_t contexts;  ///< the elements that the widest windows could reach; some meet no centre

  template <class Centres>
  WARP2VEC_HD static PathPlace of(const Model& model, const Centres& batch, PathNumber number) {
    const auto smaller = [](std::int64_t a, std::int64_t b) { return a < b ? a : b; };
    const std::int64_t tile = batch.begin + number.tile * model.tile_centres;
    PathPlace place{};
    place.begin = tile + std::int64_t{number.part} * model.path_tile_centres;
    const std::int64_t end =
        smaller(place.begin + model.path_tile_centres, smaller(tile + model.tile_centres, batch.end));
    place.first = place.begin > model.window ? place.begin - model.window : 0;
    place.centres = static_cast<std::int32_t>(end - place.begin);
    place.contexts = static_cast<std::int32_t>(smaller(end + model.window, batch.kept.size) - place.first);
    return place;
  }
};

/// What is known of a row of a tile of paths. A centre is a bit.
struct PathRow {
  std::int32_t row;  ///< of the input or node matrix, or DenseTile::kNone
  float scale;       ///< learning rate times damping; of contexts, after damp_contexts()
  /// Of a context: the centres that it meets; of a node: those whose paths turn left ...
  std::uint32_t left;
  std::uint32_t right;  ///< ... and those whose paths turn right
};

/// And of a centre.
struct PathCentre {
  WordId word;
  std::int32_t window_begin;  ///< first context of its window ...
  std::int32_t window_end;    ///< ... and the one after the last
  std::int32_t length;        ///< nodes on its path; 0 without contexts
  std::int32_t first_below;   ///< how many of them are among the first nodes

  WARP2VEC_HD std::int32_t below() const { return length - first_below; }
  WARP2VEC_HD std::int32_t pairs() const { return window_end - window_begin - 1; }
};

/// What is known of a tile of paths before its rows are read.
struct PathWords {
  PathRow* rows;          ///< [rows] contexts, then targets
  std::uint32_t* blocks;  ///< [rows / kBlockSide] all centres of a block's rows
  PathCentre* centres;    ///< [centres]
  RowPairs context_pairs;

  WARP2VEC_HD static PathWords take(Scratch& scratch, const Model& model, const DenseTileShape& shape) {
    PathWords words{};
    words.rows = scratch.take<PathRow>(shape.rows());
    words.blocks = scratch.take<std::uint32_t>(shape.rows() / kBlockSide);
    words.centres = scratch.take<PathCentre>(model.path_tile_centres);
    words.context_pairs = RowPairs::take(scratch);
    return words;
  }
};

/// Looks up the tile's centres, and its contexts, whose rows it asks for: the work of warp `index` of
/// `warps`.
template <class Warp, class Centres>
WARP2VEC_HD void name_paths(Warp& warp, int index, int warps, const Model& model, const Centres& batch,
                            const PathTileSizes& sizes, const PathPlace& place, const PathWords& words) {
  const std::int32_t contexts = sizes.shape(model).contexts;
  words.context_pairs.clear(warp, index, warps);
  warp.strided(
      contexts + place.centres,
      [&](std::int64_t i) {
        const auto c = static_cast<std::int32_t>(i);
        if (c >= contexts) {
          const std::int32_t k = c - contexts;
          const KeptRange window = batch.window(model, place.begin + k);
          PathCentre centre{};
          centre.word = batch.kept.words[place.begin + k];
          centre.window_begin = static_cast<std::int32_t>(window.begin - place.first);
          centre.window_end = static_cast<std::int32_t>(window.end - place.first);
          centre.length = window.size() > 1 ? model.tree.length(centre.word) : 0;
          while (centre.first_below < centre.length &&
                 model.tree.step(centre.word, centre.first_below).node < sizes.first_nodes)
            ++centre.first_below;
          words.centres[k] = centre;
        } else if (c < place.contexts) {
          const std::int32_t row = batch.row(place.first + c);
          words.rows[c] = {row, 0, 0, 0};
          warp.prefetch(model.input.row(std::int64_t{row}),
                        model.input.stride * static_cast<std::int64_t>(sizeof(float)));
        } else {
          words.rows[c] = {DenseTile::kNone, 0, 0, 0};
        }
      },
      index, warps);
}

/// Finds who meets whom, drops the contexts that meet nobody, and asks for the rows of nodes: the first ones
/// in round 0, and in each round as many of the others as there is room for. `depths`: of the first nodes.
/// After name_paths() of all warps.
template <class Warp, class Centres>
WARP2VEC_HD void relate_paths(Warp& warp, int index, int warps, const Model& model, const Centres& batch,
                              const PathTileSizes& sizes, const PathPlace& place, const PathWords& words,
                              const std::uint8_t* depths, std::int32_t round) {
  const DenseTileShape shape = sizes.shape(model);
  const float lr = batch.lr(model, place.begin);
  const auto lead = static_cast<std::int32_t>(place.begin - place.first);
  const auto meet_node = [&](PathRow& row, const PathStep& step, std::int32_t k) {
    row.row = static_cast<std::int32_t>(step.node);
    (step.right ? row.right : row.left) |= std::uint32_t{1} << k;
  };
  // The pairs of all paths of the tile that pass a node at this depth.
  const auto node_pairs = [&](std::int32_t node, std::int32_t depth) {
    std::int32_t pairs = 0;
    for (std::int32_t k = 0; k < place.centres; ++k) {
      const PathCentre& centre = words.centres[k];
      if (depth < centre.length && model.tree.step(centre.word, depth).node == node) pairs += centre.pairs();
    }
    return static_cast<float>(pairs);
  };
  warp.strided(
      shape.rows(),
      [&](std::int64_t i) {
        const auto c = static_cast<std::int32_t>(i);
        if (c < shape.contexts) {
          std::uint32_t centres = 0;
          for (std::int32_t k = 0; k < place.centres; ++k)
            if (c != lead + k && words.centres[k].window_begin <= c && c < words.centres[k].window_end)
              centres |= std::uint32_t{1} << k;
          words.rows[c].left = centres;
          if (centres == 0)
            words.rows[c].row = DenseTile::kNone;
          else if (round == 0)
            words.context_pairs.add(warp, words.rows[c].row, count_bits(centres));
          return;
        }
        const std::int32_t t = c - shape.contexts;
        PathRow row{DenseTile::kNone, 0, 0, 0};
        std::int32_t depth = 0;
        if (t >= sizes.first_nodes) {
          std::int32_t number = round * sizes.below + t - sizes.first_nodes;
          for (std::int32_t k = 0; k < place.centres; ++k) {
            const PathCentre& centre = words.centres[k];
            if (0 <= number && number < centre.below()) {
              depth = centre.first_below + number;
              meet_node(row, model.tree.step(centre.word, depth), k);
            }
            number -= centre.below();
          }
          if (row.row != DenseTile::kNone)
            warp.prefetch(model.nodes.row(std::int64_t{row.row}),
                          model.nodes.stride * static_cast<std::int64_t>(sizeof(float)));
        } else if (round == 0 && t < model.nodes.rows) {
          depth = depths[t];
          for (std::int32_t k = 0; k < place.centres; ++k) {
            if (depth >= words.centres[k].length) continue;
            const PathStep step = model.tree.step(words.centres[k].word, depth);
            if (step.node == t) meet_node(row, step, k);
          }
        }
        if (row.row != DenseTile::kNone)
          row.scale = lr * model.hot_nodes.factor(row.row, node_pairs(row.row, depth), lr);
        words.rows[c] = row;
      },
      index, warps);
}

/// Finds the scales of contexts. After relate_paths() of all warps.
template <class Warp, class Centres>
WARP2VEC_HD void damp_contexts(Warp& warp, int index, int warps, const Model& model, const Centres& batch,
                               const PathPlace& place, const PathWords& words) {
  const float lr = batch.lr(model, place.begin);
  const HotView& hot = model.hot_input_under_tree;
  warp.strided(
      place.contexts,
      [&](std::int64_t i) {
        const std::int32_t row = words.rows[i].row;
        if (row == DenseTile::kNone) return;
        float factor = hot.factor(row, words.context_pairs.most(row), lr);
        if (factor != 1.0F) {
          std::int32_t pairs = 0;
          WARP2VEC_NO_UNROLL
          for (std::int32_t c = 0; c < place.contexts; ++c)
            pairs += words.rows[c].row == row ? count_bits(words.rows[c].left) : 0;
          factor = hot.factor(row, static_cast<float>(pairs), lr);
        }
        words.rows[i].scale = lr * factor;
      },
      index, warps);
}

/// Sums up who is met by the rows of each block. After relate_paths() of all warps.
template <class Warp>
WARP2VEC_HD void relate_blocks(Warp& warp, int index, int warps, const DenseTileShape& shape,
                               const PathWords& words) {
  warp.strided(
      shape.rows() / kBlockSide,
      [&](std::int64_t b) {
        std::uint32_t centres = 0;
        for (std::int64_t r = b * kBlockSide; r < (b + 1) * kBlockSide; ++r)
          centres |= words.rows[r].left | words.rows[r].right;
        words.blocks[b] = centres;
      },
      index, warps);
}

/// How contexts and nodes meet; see dense_tile_steps.h.
struct PathMeeting {
  const DenseTileShape& shape;
  const PathWords& words;

  WARP2VEC_HD bool blocks_meet(std::int32_t context_block, std::int32_t target_block) const {
    return (words.blocks[context_block] & words.blocks[shape.contexts / kBlockSide + target_block]) != 0;
  }
  WARP2VEC_HD float gradient(std::int32_t c, std::int32_t t, float score) const {
    const Turns turns = turns_of(c, t);
    return turns.none() ? 0.0F : turns_gradient(score, turns.left, turns.right);
  }
  WARP2VEC_HD float loss(std::int32_t c, std::int32_t t, float score) const {
    const Turns turns = turns_of(c, t);
    return turns.none() ? 0.0F : turns_loss(score, turns.left, turns.right);
  }

 private:
  struct Turns {
    float left;
    float right;
    WARP2VEC_HD bool none() const { return left + right == 0.0F; }
  };
  WARP2VEC_HD Turns turns_of(std::int32_t c, std::int32_t t) const {
    const std::uint32_t centres = words.rows[c].left;
    const PathRow& node = words.rows[shape.contexts + t];
    return {static_cast<float>(count_bits(centres & node.left)),
            static_cast<float>(count_bits(centres & node.right))};
  }
};

}  // namespace warp2vec
