#include "host/cpu/hs_tile.h"

#include "host/cpu/simd/simd_kernels.h"

#include <algorithm>

namespace warp2vec {

HsTileTrainer::HsTileTrainer(const TrainingData& data, const TrainedMatrices& matrices,
                             Embeddings& embeddings, PrivateRows& nodes)
    : data_(data),
      matrices_(matrices),
      embeddings_(embeddings),
      nodes_(nodes),
      x_(data.config.path_tile_centres() + 2 * data.config.window, data.config.dim),
      x_updates_(x_.rows(), x_.cols()) {}

void HsTileTrainer::prepare(const CpuBatch& batch, std::int64_t begin, std::int64_t end, Tile& tile) {
  const KeptRange reach = batch.reach(begin, end);
  const float lr = batch.lr(begin);
  tile.contexts.clear();
  for (std::int64_t i = reach.begin; i < reach.end; ++i)
    tile.contexts.add(embeddings_.input.row(row_of(batch.word(i))), row_of(batch.word(i)), 0);
  tile.nodes.clear();
  tile.paths.clear();
  tile.pair_contexts.clear();
  tile.pair_nodes.clear();
  tile.pair_signs.clear();
  tile.context_updates.clear();
  for (std::int64_t centre = begin; centre < end; ++centre) add_path(batch, centre, reach.begin, tile);
  tile.contexts.damp(matrices_.input_under_tree, lr);
  tile.nodes.damp(matrices_.nodes, lr);
  tile.pair_signs.resize(
      static_cast<std::size_t>(simd::padded(static_cast<std::int64_t>(tile.pair_signs.size()))));
  for (const ScaledRows* rows : {&tile.contexts, &tile.nodes})
    simd::prefetch(rows->rows.data(), rows->size(), x_.stride());
}

void HsTileTrainer::add_path(const CpuBatch& batch, std::int64_t centre, std::int64_t first_context,
                             Tile& tile) {
  const KeptRange window = batch.window(centre);
  const std::int64_t contexts = window.size() - 1;
  if (contexts == 0) return;
  const HuffmanView tree = data_.tree.view();
  const WordId word = batch.word(centre);
  tile.paths.push_back({tile.pair_nodes.size(), tile.nodes.rows.size(), tree.length(word), contexts});
  for (std::int64_t i = window.begin; i < window.end; ++i) {
    if (i == centre) continue;
    tile.pair_contexts.push_back(x_.row(i - first_context));
    tile.context_updates.push_back(x_updates_.row(i - first_context));
    tile.contexts.add_pairs(static_cast<std::size_t>(i - first_context), 1);
  }
  for (int depth = 0; depth < tree.length(word); ++depth) {
    const PathStep step = tree.step(word, depth);
    tile.nodes.add(nodes_.visit(step.node), step.node, static_cast<float>(contexts));
    const auto count = static_cast<std::size_t>(contexts);
    if (depth > 0) {
      const std::size_t first = tile.paths.back().first_pair;
      tile.pair_contexts.resize(tile.pair_contexts.size() + count);
      std::copy_n(tile.pair_contexts.data() + first, count, tile.pair_contexts.end() - contexts);
    }
    tile.pair_nodes.insert(tile.pair_nodes.end(), count, tile.nodes.rows.back());
    tile.pair_signs.insert(tile.pair_signs.end(), count, step.right ? -1.0F : 1.0F);
  }
}

double HsTileTrainer::train(const Tile& tile) {
  const std::int64_t stride = x_.stride();
  const auto pairs = static_cast<std::int64_t>(tile.pair_nodes.size());
  simd::gather(tile.contexts.rows.data(), tile.contexts.size(), stride, x_.row(0));
  if (gradients_.cols() < pairs) gradients_ = Matrix(1, static_cast<std::int32_t>(pairs));
  float* const gradients = gradients_.row(0);
  simd::dots(pairs, tile.pair_contexts.data(), tile.pair_nodes.data(), stride, gradients);
  const double loss = simd::sign_gradients(pairs, tile.pair_signs.data(), gradients);

  // One path at a time, so that its nodes are in the L1 cache: those of a tile take 50 kB.
  std::fill_n(x_updates_.row(0), tile.contexts.size() * stride, 0.0F);
  float* const* context_update = tile.context_updates.data();
  for (const Tile::Path& path : tile.paths) {
    const float* const own = gradients + path.first_pair;
    ordered_.clear();
    for (std::int64_t c = 0; c < path.contexts; ++c)
      for (std::int64_t n = 0; n < path.nodes; ++n) ordered_.push_back(own[n * path.contexts + c]);
    for (std::int64_t c = 0; c < path.contexts; ++c)
      simd::add_combination(*context_update++, 1, nullptr, path.nodes, ordered_.data() + c * path.nodes,
                            tile.nodes.rows.data() + path.first_node, stride);
  }
  for (std::size_t c = 0; c < tile.contexts.rows.size(); ++c)
    simd::add_combination(tile.contexts.rows[c], tile.contexts.scales[c],
                          x_updates_.row(static_cast<std::int64_t>(c)), 0, nullptr, nullptr, stride);
  for (const Tile::Path& path : tile.paths) {
    for (std::int64_t n = 0; n < path.nodes; ++n) {
      const std::size_t node = path.first_node + static_cast<std::size_t>(n);
      const std::size_t first = path.first_pair + static_cast<std::size_t>(n * path.contexts);
      simd::add_combination(tile.nodes.rows[node], tile.nodes.scales[node], nullptr, path.contexts,
                            gradients + first, tile.pair_contexts.data() + first, stride);
    }
  }
  return loss;
}

}  // namespace warp2vec
