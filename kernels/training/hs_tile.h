#pragma once
/// Hierarchical softmax under Sharing::tile on a GPU; the rule is path_tile_minibatch() of
/// host/reference/reference.h, and under CBOW cbow_path_minibatch() of cbow.h beside it.
///
/// First a tile's metadata, known before its rows are read, for tensor cores and for tile_minibatches.h
/// alike. Contexts [C] are all elements that the windows of the tile's centres may cover. Targets [T] are the
/// top nodes of the tree, which most paths pass through, then the other nodes of the paths, one path after
/// the other. With left[c, t] and right[c, t] the numbers of centres that have c in their window and turn
/// left or right at t,
///     g[c, t] = left - (left + right) sigmoid(s[c, t])
///
/// Then HsTiles, which trains a tile on tensor cores, with x [C, dim] and y [T, dim] rounded to bfloat16:
///     s = x y^T;  x += scale (g y);  y += scale (g^T x)
/// Under CBOW h is in the place of x, and centre h alone has row h in its window: see cbow_tile.h.

#include "kernels/device/bits.h"
#include "kernels/device/fast_math.h"
#include "kernels/device/scratch.h"
#include "kernels/device/warp.h"
#include "kernels/training/cbow_tile.h"
#include "kernels/training/dense_tile.h"
#include "kernels/training/dense_tile_products.h"
#include "kernels/training/model.h"
#include "kernels/training/tile_place.h"

#include <cstdint>

namespace warp2vec {

/// Sizes of a tile of paths, multiples of kMmaSide.
struct HsTileSizes {
  std::int32_t top_nodes;    ///< nodes [0, top_nodes) are targets of every tile
  std::int32_t lower_nodes;  ///< capacity for other nodes; a tile with more takes several passes

  WARP2VEC_HD DenseTileShape shape(const Model& model) const {
    const std::int32_t contexts = padded_to_mma(model.path_tile_centres + 2 * model.window);
    return {contexts, top_nodes + lower_nodes, static_cast<std::int32_t>(model.input.stride),
            model.cbow ? padded_to_mma(model.path_tile_centres) : contexts};
  }
};

/// Metadata of a row. In the masks each centre of the tile is one bit.
struct PathRow {
  std::int32_t row;  ///< of the input or node matrix, or DenseTile::kNone
  float scale;       ///< learning rate times damping; for contexts, after damp_contexts()
  /// Context: the centres in whose windows it is; node: the centres whose paths turn left ...
  std::uint32_t left;
  std::uint32_t right;  ///< ... and those whose paths turn right
};

/// Metadata of a centre.
struct PathCentre {
  std::uint64_t code;  ///< of its path
  CentreWindow window;
  std::int32_t length;       ///< nodes on its path; 0 without contexts
  std::int32_t first_lower;  ///< how many of them are among the top nodes
  float pairs;               ///< CBOW: CbowRule::pairs() of the window, which divides; 0 without contexts

  WARP2VEC_HD std::int32_t lower_nodes() const { return length - first_lower; }
};

/// Metadata of a tile of paths.
struct HsTileMetadata {
  PathRow* rows;             ///< [rows] contexts, then targets
  std::uint32_t* fragments;  ///< [rows / kMmaSide] union of the masks of 16 rows
  PathCentre* centres;       ///< [centres]
  float* pairs;              ///< [contexts] of a context, in the tile; see HotView
  ContextPairs context_pairs;
  TileWindows windows;  ///< under CBOW

  WARP2VEC_HD static HsTileMetadata take(Scratch& scratch, const Model& model, const DenseTileShape& shape) {
    HsTileMetadata metadata{};
    metadata.rows = scratch.take<PathRow>(shape.rows());
    metadata.fragments = scratch.take<std::uint32_t>(shape.rows() / kMmaSide);
    metadata.centres = scratch.take<PathCentre>(model.path_tile_centres);
    metadata.pairs = scratch.take<float>(shape.contexts);
    metadata.context_pairs = ContextPairs::take(scratch);
    if (model.cbow) metadata.windows = TileWindows::take(scratch, shape);
    return metadata;
  }
};

/// Looks up the tile's centres and contexts, and prefetches the contexts' rows: the share of warp `index` of
/// `warps`. `tree`: that of the model, its levels perhaps in faster memory.
template <class Warp, class Centres>
WARP2VEC_HD void sample_paths(Warp& warp, int index, int warps, const Model& model, const Centres& batch,
                              const HuffmanView& tree, const HsTileSizes& sizes, const TilePlace& place,
                              const HsTileMetadata& metadata) {
  const std::int32_t contexts = sizes.shape(model).contexts;
  metadata.context_pairs.clear(warp, index, warps);
  warp.strided(
      contexts + place.centres,
      [&](std::int64_t i) {
        const auto c = static_cast<std::int32_t>(i);
        if (c >= contexts) {
          const std::int32_t k = c - contexts;
          PathCentre centre{};
          const WordId word = batch.kept.words[place.begin + k];
          centre.code = tree.code(word);
          centre.window = CentreWindow::of(model, batch, place, k);
          if (centre.window.contexts() > 0) {
            centre.length = tree.length(word);
            if (model.cbow) centre.pairs = model.cbow_rule.pairs(centre.window.contexts());
          }
          while (centre.first_lower < centre.length &&
                 tree.step(centre.code, centre.length, centre.first_lower).node < sizes.top_nodes)
            ++centre.first_lower;
          metadata.centres[k] = centre;
        } else if (c < place.contexts) {
          const std::int32_t row = batch.row(place.first + c);
          metadata.rows[c] = {row, 0, 0, 0};
          warp.prefetch(model.input.row(std::int64_t{row}),
                        model.input.stride * static_cast<std::int64_t>(sizeof(float)));
        } else {
          metadata.rows[c] = {DenseTile::kNone, 0, 0, 0};
        }
      },
      index, warps);
}

/// The pairs of a context that is in the windows of `centres`, a bit mask.
WARP2VEC_HD inline float pairs_with(const Model& model, const HsTileMetadata& metadata,
                                    std::uint32_t centres) {
  if (!model.cbow) return static_cast<float>(count_bits(centres));
  float pairs = 0;
  for (; centres != 0; centres &= centres - 1) pairs += metadata.centres[lowest_bit(centres)].pairs;
  return pairs;
}

/// Builds the masks of contexts and nodes, drops contexts without a pair, and prefetches the rows of nodes:
/// the top nodes in pass 0, and in each pass as many others as fit. `depths`: of the top nodes. After
/// sample_paths() of all warps.
template <class Warp, class Centres>
WARP2VEC_HD void mask_paths(Warp& warp, int index, int warps, const Model& model, const Centres& batch,
                            const HuffmanView& tree, const HsTileSizes& sizes, const TilePlace& place,
                            const HsTileMetadata& metadata, const std::uint8_t* depths, std::int32_t pass) {
  const DenseTileShape shape = sizes.shape(model);
  const float lr = batch.lr(model, place.begin);
  const auto add_turn = [&](PathRow& row, const PathStep& step, std::int32_t k) {
    row.row = static_cast<std::int32_t>(step.node);
    (step.right ? row.right : row.left) |= std::uint32_t{1} << k;
  };
  // The pairs of all paths of the tile through a node at this depth.
  const auto node_pairs = [&](std::int32_t node, std::int32_t depth) {
    std::int32_t pairs = 0;
    for (std::int32_t k = 0; k < place.centres; ++k) {
      const PathCentre& centre = metadata.centres[k];
      if (depth < centre.length && tree.step(centre.code, centre.length, depth).node == node)
        pairs += model.predictions(centre.window.contexts());
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
            if (metadata.centres[k].window.contains(place, c, k)) centres |= std::uint32_t{1} << k;
          PathRow& row = metadata.rows[c];
          row.left = centres;
          if (pass == 0) {
            metadata.pairs[c] = pairs_with(model, metadata, centres);
            if (centres != 0) metadata.context_pairs.add(warp, row.row, metadata.pairs[c]);
          }
          if (centres == 0) row.row = DenseTile::kNone;
          return;
        }
        const std::int32_t t = c - shape.contexts;
        PathRow row{DenseTile::kNone, 0, 0, 0};
        std::int32_t depth = 0;
        if (t >= sizes.top_nodes) {
          std::int32_t number = pass * sizes.lower_nodes + t - sizes.top_nodes;
          for (std::int32_t k = 0; k < place.centres; ++k) {
            const PathCentre& centre = metadata.centres[k];
            if (0 <= number && number < centre.lower_nodes()) {
              depth = centre.first_lower + number;
              add_turn(row, tree.step(centre.code, centre.length, depth), k);
            }
            number -= centre.lower_nodes();
          }
          if (row.row != DenseTile::kNone)
            warp.prefetch(model.nodes.row(std::int64_t{row.row}),
                          model.nodes.stride * static_cast<std::int64_t>(sizeof(float)));
        } else if (pass == 0 && t < model.nodes.rows) {
          depth = depths[t];
          for (std::int32_t k = 0; k < place.centres; ++k) {
            const PathCentre& centre = metadata.centres[k];
            if (depth >= centre.length) continue;
            const PathStep step = tree.step(centre.code, centre.length, depth);
            if (step.node == t) add_turn(row, step, k);
          }
        }
        if (row.row != DenseTile::kNone)
          row.scale = lr * model.hot_nodes.factor(row.row, node_pairs(row.row, depth), lr);
        metadata.rows[c] = row;
      },
      index, warps);
}

/// Computes the scales of contexts. After mask_paths() of all warps.
template <class Warp, class Centres>
WARP2VEC_HD void damp_contexts(Warp& warp, int index, int warps, const Model& model, const Centres& batch,
                               const TilePlace& place, const HsTileMetadata& metadata) {
  const float lr = batch.lr(model, place.begin);
  const HotView& hot = model.hot_input_under_tree;
  warp.strided(
      place.contexts,
      [&](std::int64_t i) {
        const std::int32_t row = metadata.rows[i].row;
        if (row == DenseTile::kNone) return;
        float factor = hot.factor(row, metadata.context_pairs.upper_bound(row), lr);
        if (factor != 1.0F) {
          float pairs = 0;
          WARP2VEC_NO_UNROLL
          for (std::int32_t c = 0; c < place.contexts; ++c)
            if (metadata.rows[c].row == row) pairs += metadata.pairs[c];
          factor = hot.factor(row, pairs, lr);
        }
        metadata.rows[i].scale = lr * factor;
      },
      index, warps);
}

/// Unites the masks of each fragment's rows. After mask_paths() of all warps.
template <class Warp>
WARP2VEC_HD void mask_fragments(Warp& warp, int index, int warps, const DenseTileShape& shape,
                                const HsTileMetadata& metadata) {
  warp.strided(
      shape.rows() / kMmaSide,
      [&](std::int64_t b) {
        std::uint32_t centres = 0;
        for (std::int64_t r = b * kMmaSide; r < (b + 1) * kMmaSide; ++r)
          centres |= metadata.rows[r].left | metadata.rows[r].right;
        metadata.fragments[b] = centres;
      },
      index, warps);
}

/// The turns of the paths of 16 scored rows at 16 nodes.
struct HsFragment {
  const PathRow* contexts;  ///< not under CBOW
  const PathRow* nodes;
  bool cbow;

  /// Of scored row c and node t of the 16.
  WARP2VEC_HD float gradient(std::int32_t c, std::int32_t t, float score) const {
    const Turns turns = turns_of(c, t);
    return turns_gradient_by([](float x) { return fast_sigmoid(x); }, score, turns.left, turns.right);
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
    const std::uint32_t centres = cbow ? std::uint32_t{1} << c : contexts[c].left;
    return {static_cast<float>(count_bits(centres & nodes[t].left)),
            static_cast<float>(count_bits(centres & nodes[t].right))};
  }
};

/// Which contexts and nodes interact; see dense_tile_products.h.
struct HsMask {
  const DenseTileShape& shape;
  const HsTileMetadata& metadata;
  bool cbow;  ///< one fragment of hidden vectors meets all centres

  WARP2VEC_HD bool fragments_interact(std::int32_t scored_fragment, std::int32_t target_fragment) const {
    const std::uint32_t centres = metadata.fragments[shape.contexts / kMmaSide + target_fragment];
    return (cbow ? centres : centres & metadata.fragments[scored_fragment]) != 0;
  }
  WARP2VEC_HD HsFragment fragment(std::int32_t scored_fragment, std::int32_t target_fragment) const {
    return {metadata.rows + scored_fragment * kMmaSide,
            metadata.rows + (shape.contexts + target_fragment * kMmaSide), cbow};
  }
};

/// The block's private copies of nodes [0, count), which it trains alone between load() and merge(). Each
/// function does the share of warp `index` of `warps`; every warp has rows of its own.
struct TopNodes {
  MatrixView<float> nodes;  ///< in global memory
  std::int32_t capacity;    ///< rows
  float* values;            ///< [capacity, nodes.stride]
  float* loaded;            ///< the same as of the last load()

  WARP2VEC_HD static TopNodes take(Scratch& scratch, const MatrixView<float>& nodes, std::int32_t capacity) {
    TopNodes top{nodes, capacity, nullptr, nullptr};
    top.values = scratch.take<float>(capacity * nodes.stride);
    top.loaded = scratch.take<float>(capacity * nodes.stride);
    return top;
  }

  /// Row n of `values` or `loaded`.
  WARP2VEC_HD float* row_of(float* rows, std::int32_t n) const {
    const std::int32_t offset = n * static_cast<std::int32_t>(nodes.stride);
    return in_shared_memory(rows) + offset;
  }

  WARP2VEC_HD std::int32_t count() const {
    return capacity < nodes.rows ? capacity : static_cast<std::int32_t>(nodes.rows);
  }

  template <class Warp>
  WARP2VEC_HD void load(Warp& warp, int index, int warps) const {
    for (std::int32_t n = index; n < count(); n += warps) {
      for (std::int64_t d = 0; d < nodes.stride; d += kWarpSize) {
        const int lanes = lanes_in<false>(d, nodes.stride);
        const auto value = warp.load_relaxed(nodes.row(std::int64_t{n}) + d, lanes);
        warp.store(row_of(values, n) + d, lanes, value);
        warp.store(row_of(loaded, n) + d, lanes, value);
      }
    }
  }

  /// Rounds the copies into the first targets of the tile; rows without a node become zeros. After load() by
  /// the same warp, or backward() and a barrier.
  template <class Warp>
  WARP2VEC_HD void round_into(Warp& warp, int index, int warps, const DenseTile& tile) const {
    for (std::int32_t n = index; n < capacity; n += warps) {
      Bf16* const row = tile.targets(n);
      if (n < count())
        warp.round_row(row_of(values, n), row, static_cast<std::int32_t>(nodes.stride));
      else
        warp.strided(
            nodes.stride, [&](std::int64_t d) { row[d] = Bf16{0}; }, 0, 1);
    }
  }

  /// Scales a vector (see mma.h) of an update and adds it to node n from column d on.
  WARP2VEC_HD void update(std::int32_t n, std::int32_t d, float scale, const float* vector) const {
    float* const to = row_of(values, n) + d;
    WARP2VEC_UNROLL
    for (int i = 0; i < kVectorSize; ++i) to[vector_column(i)] += scale * vector[i];
  }

  /// Adds the changes since load() to the nodes in global memory.
  template <class Warp>
  WARP2VEC_HD void merge(Warp& warp, int index, int warps) const {
    for (std::int32_t n = index; n < count(); n += warps) {
      const float* const now = row_of(values, n);
      const float* const before = row_of(loaded, n);
      warp.strided(
          nodes.stride / kVectorSize,
          [&](std::int64_t p) {
            // Half of the 16 columns of a fragment.
            const std::int64_t column = p / 2 * kMmaSide + p % 2 * 4;
            float change[kVectorSize];
            bool changed = false;
            WARP2VEC_UNROLL
            for (int i = 0; i < kVectorSize; ++i) {
              change[i] = now[column + vector_column(i)] - before[column + vector_column(i)];
              changed |= change[i] != 0.0F;
            }
            if (changed) Warp::Mma::add(nodes.row(std::int64_t{n}) + column, change);
          },
          0, 1);
    }
  }
};

/// The tiles of paths of one block. Each function does the share of warp `index` of `warps` for tile `q` of
/// the batch; a barrier separates the phases of a tile. A tile is sampled and masked while the one before it
/// is trained.
template <class Warp, class Centres, bool kCbow>
class HsTiles {
 public:
  WARP2VEC_HD static DenseTile take_tile(Scratch& scratch, const Model& model, const HsTileSizes& sizes,
                                         int warps) {
    return DenseTile::take(scratch, sizes.shape(model), Warp::template staging_bytes<float>(warps), kCbow);
  }
  /// What outlives a tile.
  struct Memory {
    TopNodes top_nodes;
    std::uint8_t* depths;     ///< [top nodes]
    HuffmanLevel* levels;     ///< [longest path + 1] a copy of the tree's
    unsigned char* metadata;  ///< of two tiles

    WARP2VEC_HD static Memory take(Scratch& scratch, const Model& model, const HsTileSizes& sizes) {
      Memory memory{};
      memory.top_nodes = TopNodes::take(scratch, model.nodes, sizes.top_nodes);
      memory.depths = scratch.take<std::uint8_t>(sizes.top_nodes);
      memory.levels = scratch.take<HuffmanLevel>(model.longest_path + 1);
      memory.metadata = scratch.take<unsigned char>(2 * metadata_bytes(model, sizes));
      return memory;
    }
  };

  WARP2VEC_HD HsTiles(const Model& model, const HsTileSizes& sizes, const Centres& batch,
                      const DenseTile& tile, const Memory& memory)
      : model_(model), sizes_(sizes), batch_(batch), tile_(tile), memory_(memory) {}

  WARP2VEC_HD TilePlace place(HsTileIndex q) const { return hs_tile_place(model_, batch_, q); }
  WARP2VEC_HD bool exists(HsTileIndex q) const { return place(q).centres > 0; }
  /// Number of passes that the tile takes. After sample() of all warps.
  WARP2VEC_HD std::int32_t passes(HsTileIndex q) const {
    const HsTileMetadata metadata = metadata_of(q);
    const std::int32_t centres = place(q).centres;
    std::int32_t lower = 0;
    for (std::int32_t k = 0; k < centres; ++k) lower += metadata.centres[k].lower_nodes();
    return lower <= sizes_.lower_nodes ? 1 : (lower + sizes_.lower_nodes - 1) / sizes_.lower_nodes;
  }

  /// Once, before the first sample().
  WARP2VEC_HD void copy_tree(Warp& warp, int index, int warps) const {
    std::uint8_t* const depths = in_shared_memory(memory_.depths);
    warp.strided(
        memory_.top_nodes.count(),
        [&](std::int64_t n) { depths[n] = static_cast<std::uint8_t>(model_.tree.depth_of(n)); }, index,
        warps);
    HuffmanLevel* const levels = in_shared_memory(memory_.levels);
    warp.strided(
        model_.longest_path + 1, [&](std::int64_t l) { levels[l] = model_.tree.levels[l]; }, index, warps);
  }
  WARP2VEC_HD void sample(Warp& warp, int index, int warps, HsTileIndex q) const {
    sample_paths(warp, index, warps, model_, batch_, tree(), sizes_, place(q), metadata_of(q));
  }
  WARP2VEC_HD void mask(Warp& warp, int index, int warps, HsTileIndex q, std::int32_t pass) const {
    mask_paths(warp, index, warps, model_, batch_, tree(), sizes_, place(q), metadata_of(q),
               in_shared_memory(memory_.depths), pass);
    if constexpr (kCbow)
      list_windows(warp, index, warps, model_.cbow_rule, place(q), tile_.shape, metadata_of(q).windows,
                   [metadata = metadata_of(q)](std::int32_t h) { return metadata.centres[h].window; });
  }

  /// Copies the top nodes from global memory.
  WARP2VEC_HD void load_top_nodes(Warp& warp, int index, int warps) const {
    memory_.top_nodes.load(warp, index, warps);
  }
  /// Merges the top nodes into global memory.
  WARP2VEC_HD void merge_top_nodes(Warp& warp, int index, int warps) const {
    memory_.top_nodes.merge(warp, index, warps);
  }

  /// Loads the tile's rows, zeros for absent ones, and unites the masks of each fragment.
  WARP2VEC_HD void load(Warp& warp, int index, int warps, HsTileIndex q) const {
    const HsTileMetadata metadata = metadata_of(q);
    const DenseTileShape& shape = tile_.shape;
    // Contexts, then the nodes below the top nodes.
    const auto tile_row = [&](std::int32_t r) { return r < shape.contexts ? r : r + sizes_.top_nodes; };
    const auto from = [&](std::int32_t r) -> const float* {
      const std::int64_t row = metadata.rows[tile_row(r)].row;
      if (row == DenseTile::kNone) return nullptr;
      return (r < shape.contexts ? model_.input.data : model_.nodes.data) + row * model_.input.stride;
    };
    const auto to = [&](std::int32_t r) { return tile_.contexts(tile_row(r)); };
    memory_.top_nodes.round_into(warp, index, warps, tile_);
    warp.template copy_rows<float>(tile_.staging, index, warps, shape.rows() - sizes_.top_nodes, shape.values,
                                   from, to, [&] { mask_fragments(warp, index, warps, shape, metadata); });
  }
  /// Computes the scales of contexts. Between mask() and backward().
  WARP2VEC_HD void damp(Warp& warp, int index, int warps, HsTileIndex q) const {
    damp_contexts(warp, index, warps, model_, batch_, place(q), metadata_of(q));
  }
  /// CBOW: makes the hidden vectors.
  WARP2VEC_HD void forward_windows(Warp& warp, int index, int warps, HsTileIndex q) const {
    warp2vec::forward_windows(warp, index, warps, tile_, metadata_of(q).windows, place(q), model_.window);
  }
  WARP2VEC_HD void forward(Warp& warp, int index, int warps, HsTileIndex q, bool with_loss,
                           typename Warp::Float& loss) const {
    const HsTileMetadata metadata = metadata_of(q);
    forward_tile(warp, index, warps, tile_, HsMask{tile_.shape, metadata, kCbow}, with_loss, loss);
  }
  /// Updates the targets, and the contexts; or under CBOW computes the updates of the hidden vectors.
  WARP2VEC_HD void backward(Warp& warp, int index, int warps, HsTileIndex q) const {
    const HsTileMetadata metadata = metadata_of(q);
    const HsMask mask{tile_.shape, metadata, kCbow};
    const auto adder_of = [&](std::int32_t r) { return adder(metadata, r); };
    if constexpr (kCbow)
      backward_hidden(warp, index, warps, tile_, mask, metadata.windows, adder_of);
    else
      backward_tile(warp, index, warps, tile_, mask, [&](std::int32_t fragment, const auto& piece) {
        piece.write(fragment * kMmaSide, adder_of);
      });
  }
  /// CBOW: updates the contexts.
  WARP2VEC_HD void backward_windows(Warp& warp, int index, int warps, HsTileIndex q) const {
    const HsTileMetadata metadata = metadata_of(q);
    warp2vec::backward_windows(warp, index, warps, tile_, metadata.windows, place(q), model_.window,
                               [&](std::int32_t c) { return adder(metadata, c); });
  }
  /// Predictions.
  WARP2VEC_HD std::int64_t pairs(HsTileIndex q) const {
    const HsTileMetadata metadata = metadata_of(q);
    std::int64_t pairs = 0;
    for (std::int32_t k = 0; k < place(q).centres; ++k)
      pairs += model_.predictions(metadata.centres[k].window.contexts());
    return pairs;
  }

 private:
  WARP2VEC_HD HuffmanView tree() const {
    return {in_shared_memory(memory_.levels), model_.tree.code_lengths, model_.tree.words};
  }
  WARP2VEC_HD static std::int64_t metadata_bytes(const Model& model, const HsTileSizes& sizes) {
    Scratch scratch(nullptr);
    HsTileMetadata::take(scratch, model, sizes.shape(model));
    return scratch.bytes();
  }
  WARP2VEC_HD HsTileMetadata metadata_of(HsTileIndex q) const {
    // All tiles but the last have the same number of sub-tiles.
    const std::int64_t sub_tiles =
        (model_.tile_centres + model_.path_tile_centres - 1) / model_.path_tile_centres;
    Scratch scratch(memory_.metadata + (q.tile * sub_tiles + q.sub_tile) % 2 * metadata_bytes(model_, sizes_),
                    true);
    return HsTileMetadata::take(scratch, model_, tile_.shape);
  }
  /// Scales vectors of row r of the tile and adds them to the row in memory, or to the copy of a top node.
  WARP2VEC_HD auto adder(const HsTileMetadata& metadata, std::int32_t r) const {
    const std::int32_t contexts = tile_.shape.contexts;
    const std::int64_t row = metadata.rows[r].row;
    const float scale = metadata.rows[r].scale;
    return [this, contexts, r, row, scale](std::int32_t d, const float* vector) {
      if (row == DenseTile::kNone) return;
      if (contexts <= r && r < contexts + sizes_.top_nodes) {
        memory_.top_nodes.update(r - contexts, d, scale, vector);
        return;
      }
      float update[kVectorSize];
      WARP2VEC_UNROLL
      for (int i = 0; i < kVectorSize; ++i) update[i] = scale * vector[i];
      float* const matrix = r < contexts ? model_.input.data : model_.nodes.data;
      Warp::Mma::add(matrix + row * model_.input.stride + d, update);
    };
  }

  const Model& model_;
  const HsTileSizes& sizes_;
  const Centres& batch_;
  DenseTile tile_;
  Memory memory_;
};

}  // namespace warp2vec
