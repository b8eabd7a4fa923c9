#include "host/cpu/ns_tile.h"

#include "host/cpu/simd/simd_kernels.h"

#include <algorithm>
#include <bitset>

namespace warp2vec {

NsTileTrainer::NsTileTrainer(const TrainingData& data, const TrainedMatrices& matrices,
                             Embeddings& embeddings)
    : data_(data), matrices_(matrices), embeddings_(embeddings) {
  const Config& config = data.config;
  const std::int32_t contexts = 2 * config.window + config.centres_per_tile();
  const std::int32_t pairs = 2 * config.window * config.centres_per_tile();
  x_ = ContextCopies(contexts, config.dim);
  x_updates_ = Matrix(contexts, config.dim);
  const std::int32_t negatives = config.negatives_per_tile();
  z_ = Matrix(negatives, config.dim);
  z_updates_ = Matrix(negatives, config.dim);
  scores_ = Matrix(negatives, contexts);
  pairs_ = Matrix(1, pairs);
  ones_.assign(static_cast<std::size_t>(simd::padded(pairs)), 1.0F);
  ordered_.resize(static_cast<std::size_t>(pairs));
}

void NsTileTrainer::prepare(const CpuBatch& batch, std::int64_t begin, std::int64_t end, Tile& tile) {
  const KeptRange contexts = batch.reach(begin, end);
  list_rows(batch, begin, end, contexts, tile);
  list_pairs(batch, begin, end, contexts, tile);
  list_collisions(batch, begin, end, contexts, tile);
  tile.contexts.damp(matrices_.input, batch.lr(begin));
  tile.targets.damp(matrices_.output, batch.lr(begin));
}

// list_pairs() adds the number of pairs of each row.
void NsTileTrainer::list_rows(const CpuBatch& batch, std::int64_t begin, std::int64_t end, KeptRange contexts,
                              Tile& tile) {
  const MatrixView<float> input = embeddings_.input.view();
  const MatrixView<float> output = embeddings_.output.view();
  const auto add = [](ScaledRows& rows, MatrixView<float> matrix, WordId word) {
    rows.add(matrix.row(row_of(word)), row_of(word), 0);
  };
  tile.contexts.clear();
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i) add(tile.contexts, input, batch.word(i));
  tile.targets.clear();
  for (std::int64_t t = begin; t < end; ++t) add(tile.targets, output, batch.word(t));
  tile.centres = tile.targets.rows.size();
  const AliasView alias = data_.negatives.view();
  const std::int64_t number = batch.ordinal(begin) / data_.config.centres_per_tile();
  negatives_ = negative_draws_.draw(batch.draws(), alias, number, 0, static_cast<std::int32_t>(z_.rows()));
  for (const WordId negative : negatives_) add(tile.targets, output, negative);
  for (const ScaledRows* rows : {&tile.contexts, &tile.targets})
    simd::prefetch(rows->rows.data(), rows->size(), input.stride);
}

void NsTileTrainer::list_pairs(const CpuBatch& batch, std::int64_t begin, std::int64_t end,
                               KeptRange contexts, Tile& tile) {
  const auto element = [&](std::int64_t i) { return static_cast<std::size_t>(i - contexts.begin); };
  // How many more windows contain a context than contain the one before it.
  tile.context_ends.assign(static_cast<std::size_t>(contexts.size()) + 1, 0);
  tile.centre_ends.clear();
  std::int64_t pairs = 0;
  for (std::int64_t t = begin; t < end; ++t) {
    const KeptRange window = batch.window(t);
    ++tile.context_ends[element(window.begin)];
    --tile.context_ends[element(window.end)];
    pairs += window.size() - 1;
    tile.centre_ends.push_back(pairs);
    tile.targets.add_pairs(static_cast<std::size_t>(t - begin), static_cast<float>(window.size() - 1));
  }
  tile.context_ends.pop_back();
  const float negative_pairs = tile_negative_weight(static_cast<std::int32_t>(pairs), data_.config.negative,
                                                    static_cast<std::int32_t>(z_.rows()));
  for (std::size_t m = tile.centres; m < tile.targets.rows.size(); ++m)
    tile.targets.add_pairs(m, negative_pairs);

  tile.negative_sizes.assign(static_cast<std::size_t>(simd::padded(contexts.size())), 0.0F);
  std::int64_t windows = 0;
  std::int64_t before = 0;
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i) {
    std::int64_t& place = tile.context_ends[element(i)];
    windows += place;
    const std::int64_t own = begin <= i && i < end ? 1 : 0;
    tile.negative_sizes[element(i)] =
        tile_negative_weight(static_cast<std::int32_t>(windows - own), data_.config.negative,
                             static_cast<std::int32_t>(z_.rows()));
    tile.contexts.add_pairs(element(i), static_cast<float>(windows - own));
    place = before;  // the begin, for now
    before += windows - own;
  }

  // Lists the pairs by centre, and counting-sorts them by context.
  for (auto* const rows : {&tile.pair_contexts, &tile.pair_centres, &tile.order_centres})
    rows->resize(static_cast<std::size_t>(pairs));
  tile.order.resize(static_cast<std::size_t>(pairs));
  std::size_t pair = 0;
  for (std::int64_t t = begin; t < end; ++t) {
    const float* const centre = tile.targets.rows[static_cast<std::size_t>(t - begin)];
    const auto add = [&](std::int64_t from, std::int64_t to) {
      for (std::int64_t i = from; i < to; ++i, ++pair) {
        const auto at = static_cast<std::size_t>(tile.context_ends[element(i)]++);
        tile.pair_contexts[pair] = x_.rows.row(i - contexts.begin);
        tile.pair_centres[pair] = centre;
        tile.order[at] = static_cast<std::int32_t>(pair);
        tile.order_centres[at] = centre;
      }
    };
    add(batch.window(t).begin, t);
    add(t + 1, batch.window(t).end);
  }
}

void NsTileTrainer::list_collisions(const CpuBatch& batch, std::int64_t begin, std::int64_t end,
                                    KeptRange contexts, Tile& tile) {
  constexpr std::size_t kBits = 1024;
  std::bitset<kBits> centres;  // by word modulo kBits: quickly rules out most negatives
  for (std::int64_t t = begin; t < end; ++t)
    centres.set(static_cast<std::size_t>(row_of(batch.word(t))) % kBits);
  tile.collisions.clear();
  for (std::size_t m = 0; m < negatives_.size(); ++m) {
    if (!centres.test(static_cast<std::size_t>(row_of(negatives_[m])) % kBits)) continue;
    for (std::int64_t t = begin; t < end; ++t) {
      if (batch.word(t) != negatives_[m]) continue;
      for (std::int64_t i = batch.window(t).begin; i < batch.window(t).end; ++i)
        if (i != t)
          tile.collisions.push_back(static_cast<std::int64_t>(m) * scores_.stride() + (i - contexts.begin));
    }
  }
}

double NsTileTrainer::train(const Tile& tile) {
  const std::int64_t stride = x_updates_.stride();
  const std::int64_t contexts = tile.contexts.size();
  const std::int64_t columns = simd::padded(contexts);
  const std::int64_t negatives = z_.rows();
  x_.take(tile.contexts.rows);
  simd::gather(tile.targets.rows.data() + tile.centres, negatives, stride, z_.row(0));

  simd::multiply(negatives, columns, data_.config.dim, rows_of(z_), x_.columns.row(0), x_.columns.stride(),
                 scores_.row(0), scores_.stride(), false);
  for (const std::int64_t score : tile.collisions) scores_.row(0)[score] = simd::kMasked;
  double loss = simd::negative_gradients(negatives, columns, tile.negative_sizes.data(), scores_.row(0),
                                         scores_.stride());
  simd::multiply(contexts, stride, negatives, transpose_of(scores_), z_.row(0), stride, x_updates_.row(0),
                 stride, false);
  simd::multiply(negatives, stride, contexts, rows_of(scores_), x_.rows.row(0), stride, z_updates_.row(0),
                 stride, false);

  const auto pairs = static_cast<std::int64_t>(tile.pair_contexts.size());
  float* const gradients = pairs_.row(0);
  simd::dots(pairs, tile.pair_contexts.data(), tile.pair_centres.data(), stride, gradients);
  loss += simd::sign_gradients(pairs, ones_.data(), gradients);
  for (std::size_t i = 0; i < tile.order.size(); ++i) ordered_[i] = gradients[tile.order[i]];

  // Contexts are updated first: that reads the centres' old values; centre updates read copies of contexts.
  std::int64_t first = 0;
  for (std::int64_t c = 0; c < contexts; ++c) {
    const auto at = static_cast<std::size_t>(c);
    const std::int64_t end = tile.context_ends[at];
    simd::add_combination(tile.contexts.rows[at], tile.contexts.scales[at], x_updates_.row(c), end - first,
                          ordered_.data() + first, tile.order_centres.data() + first, stride);
    first = end;
  }
  first = 0;
  for (std::size_t t = 0; t < tile.centres; ++t) {
    const std::int64_t end = tile.centre_ends[t];
    simd::add_combination(tile.targets.rows[t], tile.targets.scales[t], nullptr, end - first,
                          gradients + first, tile.pair_contexts.data() + first, stride);
    first = end;
  }
  for (std::size_t m = tile.centres; m < tile.targets.rows.size(); ++m)
    simd::add_combination(tile.targets.rows[m], tile.targets.scales[m],
                          z_updates_.row(static_cast<std::int64_t>(m - tile.centres)), 0, nullptr, nullptr,
                          stride);
  return loss;
}

}  // namespace warp2vec
