#include "cpu_steps.h"

#include "simd_kernels.h"

#include <algorithm>
#include <utility>

namespace warp2vec {
namespace {

constexpr std::int64_t kSoftmaxRows = 64;  // output rows per product of the full softmax

simd::Operand rows_of(const Matrix& matrix, std::int64_t first = 0) {
  return {matrix.row(first), matrix.stride(), 1};
}
simd::Operand transpose_of(const Matrix& matrix, std::int64_t first = 0) {
  return {matrix.row(first), 1, matrix.stride()};
}

std::int64_t length(const std::vector<std::int64_t>& rows) { return static_cast<std::int64_t>(rows.size()); }

}  // namespace

CpuSteps::CpuSteps(const TrainingData& data, const HotMatrices& hot, Embeddings& embeddings)
    : data_(data), hot_(hot), embeddings_(embeddings) {
  const Config& config = data.config;
  const bool tiles = config.loss.negative_sampling && config.sharing == Sharing::tile;
  const std::int64_t contexts = simd::padded(2 * config.window + (tiles ? config.tile_centres : 1));
  std::int64_t targets = 1;  // rows of y_
  if (tiles) targets = config.tile_centres;
  if (config.loss.negative_sampling && !tiles) targets = 1 + config.negative;
  if (config.loss.hierarchical_softmax) targets = std::max<std::int64_t>(targets, kMaxCodeLength);
  if (config.loss.softmax) targets = kSoftmaxRows;
  const std::int64_t negatives = tiles ? config.tile_negatives : 0;
  x_ = Matrix(contexts, config.dim);
  x_steps_ = Matrix(contexts, config.dim);
  x_columns_ = Matrix(Matrix::padded(config.dim), static_cast<std::int32_t>(contexts));
  y_ = Matrix(targets, config.dim);
  y_steps_ = Matrix(targets, config.dim);
  z_ = Matrix(negatives, config.dim);
  z_steps_ = Matrix(negatives, config.dim);
  scores_ = Matrix(config.loss.softmax ? data.vocabulary.size() : std::max(targets, negatives),
                   static_cast<std::int32_t>(contexts));
  weights_ = Matrix(std::max(2, config.tile_centres), static_cast<std::int32_t>(contexts));
  losses_.resize(static_cast<std::size_t>(contexts));
}

Trained CpuSteps::train(const Batch& batch) {
  const Config& config = data_.config;
  draws_ = batch.epoch->draws();
  trained_ = {};
  batch.epoch->read(batch.first - config.window, batch.last + config.window, span_);
  const std::int64_t begin = batch.first - span_.first;
  const std::int64_t end = batch.last - span_.first;
  windows_.resize(static_cast<std::size_t>(end));
  for (std::int64_t i = begin; i < end; ++i) {
    window(i) = span_.around(i, window_width(draws_, span_.positions[static_cast<std::size_t>(i)],
                                             config.window, config.shrink_window));
    trained_.pairs += window(i).end - window(i).begin - 1;
  }
  const bool tiles = config.loss.negative_sampling && config.sharing == Sharing::tile;
  const bool centres = config.loss.hierarchical_softmax || config.loss.softmax || !tiles;
  const auto tile_end = [&](std::int64_t tile) { return std::min(end, tile + config.tile_centres); };
  if (tiles) prepare_tile(begin, tile_end(begin), next_tile_);
  for (std::int64_t i = begin; i < end; i = tile_end(i)) {
    if (tiles) {
      std::swap(tile_, next_tile_);
      if (tile_end(i) < end) prepare_tile(tile_end(i), tile_end(tile_end(i)), next_tile_);
      train_tile(tile_);
    }
    if (centres)
      for (std::int64_t centre = i; centre < tile_end(i); ++centre) train_centre(centre);
  }
  return trained_;
}

// The elements that the windows of centres [begin, end) cover. A later centre's wider window may begin
// earlier.
KeptSpan::Range CpuSteps::contexts_of(std::int64_t begin, std::int64_t end) const {
  KeptSpan::Range all = windows_[static_cast<std::size_t>(begin)];
  for (std::int64_t i = begin; i < end; ++i) {
    all.begin = std::min(all.begin, windows_[static_cast<std::size_t>(i)].begin);
    all.end = std::max(all.end, windows_[static_cast<std::size_t>(i)].end);
  }
  return all;
}

// Looks up the rows of a tile and asks for them ahead of time: at 60 MB of matrices and more most are in no
// cache.
void CpuSteps::prepare_tile(std::int64_t begin, std::int64_t end, Tile& tile) const {
  const Config& config = data_.config;
  tile.begin = begin;
  tile.end = end;
  tile.lr = lr_at(begin);
  tile.span = contexts_of(begin, end);
  tile.contexts.clear();
  tile.centres.clear();
  tile.negatives.clear();
  for (std::int64_t i = tile.span.begin; i < tile.span.end; ++i) tile.contexts.push_back(row_at(i));
  for (std::int64_t i = begin; i < end; ++i) tile.centres.push_back(row_at(i));
  const AliasView alias = data_.negatives.view();
  const std::int64_t number = (span_.first + begin) / config.tile_centres;
  for (std::int32_t m = 0; m < config.tile_negatives; ++m)
    tile.negatives.push_back(row_of(tile_negative(draws_, alias, number, m)));
  simd::prefetch(embeddings_.input.view(), tile.contexts.data(), length(tile.contexts));
  simd::prefetch(embeddings_.output.view(), tile.centres.data(), length(tile.centres));
  simd::prefetch(embeddings_.output.view(), tile.negatives.data(), length(tile.negatives));
}

// Copies context rows to x_ and, transposed, to x_columns_.
void CpuSteps::take_contexts(const std::vector<std::int64_t>& rows) {
  simd::gather(embeddings_.input.view(), rows.data(), length(rows), x_.row(0));
  simd::transpose(x_.row(0), x_.stride(), (length(rows) + 3) / 4 * 4, x_.stride(), x_columns_.row(0),
                  x_columns_.stride());
}

void CpuSteps::train_tile(const Tile& tile) {
  const MatrixView<float> output = embeddings_.output.view();
  take_contexts(tile.contexts);
  simd::gather(output, tile.centres.data(), length(tile.centres), y_.row(0));
  simd::gather(output, tile.negatives.data(), length(tile.negatives), z_.row(0));
  meet_negatives(tile);
  meet_centres(tile);
  add_steps(embeddings_.input.view(), tile.contexts, x_steps_, tile.lr, hot_.input);
  add_steps(output, tile.centres, y_steps_, tile.lr, hot_.output);
  add_steps(output, tile.negatives, z_steps_, tile.lr, hot_.output);
}

// All negatives with all contexts: three dense products.
void CpuSteps::meet_negatives(const Tile& tile) {
  const Config& config = data_.config;
  const std::int64_t contexts = length(tile.contexts);
  const std::int64_t negatives = length(tile.negatives);
  const std::int64_t columns = simd::padded(contexts);
  simd::multiply(negatives, columns, config.dim, rows_of(z_), x_columns_.row(0), x_columns_.stride(),
                 scores_.row(0), scores_.stride(), false);

  // One row of weights serves every negative that is no centre of the tile; the others get a copy with gaps.
  float* const shared_weights = weights_.row(0);
  float* const own_weights = weights_.row(1);
  std::fill_n(shared_weights, columns, 0.0F);
  for (std::int64_t t = tile.begin; t < tile.end; ++t)
    for (std::int64_t i = window(t).begin; i < window(t).end; ++i)
      if (i != t) ++shared_weights[i - tile.span.begin];
  for (std::int64_t c = 0; c < contexts; ++c)
    shared_weights[c] = -tile_negative_weight(static_cast<std::int32_t>(shared_weights[c]), config.negative,
                                              config.tile_negatives);
  for (std::int64_t m = 0; m < negatives; ++m) {
    const float* weights = shared_weights;
    const std::int64_t negative = tile.negatives[static_cast<std::size_t>(m)];
    for (std::int64_t t = tile.begin; t < tile.end; ++t) {
      if (tile.centres[static_cast<std::size_t>(t - tile.begin)] != negative) continue;
      if (weights == shared_weights) std::copy_n(shared_weights, columns, own_weights);
      weights = own_weights;
      for (std::int64_t i = window(t).begin; i < window(t).end; ++i)
        if (i != t) own_weights[i - tile.span.begin] = 0;
    }
    trained_.loss += simd::score_gradients(columns, scores_.row(m), weights, scores_.row(m));
  }

  simd::multiply(negatives, x_.stride(), contexts, rows_of(scores_), x_.row(0), x_.stride(), z_steps_.row(0),
                 z_steps_.stride(), false);
  simd::multiply(contexts, x_.stride(), negatives, transpose_of(scores_), z_.row(0), z_.stride(),
                 x_steps_.row(0), x_steps_.stride(), false);
}

// Each centre with its own contexts: the band of the centres x contexts matrix, in blocks of kLanes contexts.
void CpuSteps::meet_centres(const Tile& tile) {
  const std::int64_t contexts = length(tile.contexts);
  for (std::int64_t y = 0; y < length(tile.centres); ++y)
    std::fill_n(y_steps_.row(y), y_steps_.stride(), 0.0F);
  for (std::int64_t x = 0; x < contexts; x += simd::kLanes) {
    const std::int64_t columns = std::min(contexts - x, simd::kLanes);
    const std::int64_t first_context = tile.span.begin + x;
    const std::int64_t last_context = first_context + columns;
    const std::int64_t first = std::max(tile.begin, first_context - data_.config.window);
    const std::int64_t last = std::min(tile.end, last_context + data_.config.window);
    const std::int64_t centres = last - first;
    for (std::int64_t t = first; t < last; ++t) {
      float* const weights = weights_.row(t - first);
      std::fill_n(weights, simd::kLanes, 0.0F);
      for (std::int64_t i = std::max(window(t).begin, first_context);
           i < std::min(window(t).end, last_context); ++i)
        if (i != t) weights[i - first_context] = 1;
    }

    const std::int64_t y = first - tile.begin;
    simd::multiply(centres, simd::kLanes, data_.config.dim, rows_of(y_, y), x_columns_.row(0) + x,
                   x_columns_.stride(), scores_.row(0), scores_.stride(), false);
    for (std::int64_t c = 0; c < centres; ++c)
      trained_.loss += simd::score_gradients(simd::kLanes, scores_.row(c), weights_.row(c), scores_.row(c));
    simd::multiply(centres, x_.stride(), columns, rows_of(scores_), x_.row(x), x_.stride(), y_steps_.row(y),
                   y_steps_.stride(), true);
    simd::multiply(columns, x_.stride(), centres, transpose_of(scores_), y_.row(y), y_.stride(),
                   x_steps_.row(x), x_steps_.stride(), true);
  }
}

// Everything that is computed centre by centre.
void CpuSteps::train_centre(std::int64_t centre) {
  const Config& config = data_.config;
  const KeptSpan::Range contexts = window(centre);
  if (contexts.end - contexts.begin == 1) return;
  if (config.loss.softmax) train_softmax(centre, contexts);
  if (config.sharing == Sharing::pair) {
    for (std::int64_t i = contexts.begin; i < contexts.end; ++i) {
      if (i == centre) continue;
      if (config.loss.negative_sampling) train_negatives(centre, {i, i + 1});
      if (config.loss.hierarchical_softmax) train_path(centre, {i, i + 1});
    }
    return;
  }
  if (config.loss.negative_sampling && config.sharing == Sharing::window) train_negatives(centre, contexts);
  if (config.loss.hierarchical_softmax) train_path(centre, contexts);
}

void CpuSteps::train_negatives(std::int64_t centre, KeptSpan::Range contexts) {
  const Config& config = data_.config;
  const AliasView alias = data_.negatives.view();
  const std::int64_t position = span_.positions[static_cast<std::size_t>(centre)];
  const auto offset = static_cast<std::int32_t>(contexts.begin - centre);
  targets_.assign(1, row_at(centre));
  target_weights_.assign(1, 1.0F);
  for (std::int32_t k = 0; k < config.negative; ++k) {
    const WordId negative =
        config.sharing == Sharing::pair
            ? pair_negative(draws_, alias, position, config.window, offset, config.negative, k)
            : window_negative(draws_, alias, position, k);
    if (row_of(negative) == row_at(centre)) continue;
    targets_.push_back(row_of(negative));
    target_weights_.push_back(-1.0F);
  }
  train_targets(centre, contexts, embeddings_.output.view(), lr_at(centre), hot_.input, hot_.output);
}

void CpuSteps::train_path(std::int64_t centre, KeptSpan::Range contexts) {
  const HuffmanView tree = data_.tree.view();
  const WordId word = span_.words[static_cast<std::size_t>(centre)];
  targets_.clear();
  target_weights_.clear();
  for (int depth = 0; depth < tree.length(word); ++depth) {
    const PathStep step = tree.step(word, depth);
    targets_.push_back(step.node);
    target_weights_.push_back(step.right ? -1.0F : 1.0F);
  }
  train_targets(centre, contexts, embeddings_.nodes.view(), lr_at(centre), hot_.input_under_tree, hot_.nodes);
}

void CpuSteps::list_contexts(std::int64_t centre, KeptSpan::Range contexts) {
  contexts_.clear();
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i)
    if (i != centre) contexts_.push_back(row_at(i));
}

// Contexts [begin, end) without the centre, each with all of targets_ at target_weights_.
void CpuSteps::train_targets(std::int64_t centre, KeptSpan::Range contexts, MatrixView<float> output,
                             float lr, const HotRows& hot_contexts, const HotRows& hot_targets) {
  list_contexts(centre, contexts);
  const std::int64_t rows = length(contexts_);
  const std::int64_t columns = simd::padded(rows);
  const std::int64_t targets = length(targets_);
  take_contexts(contexts_);
  simd::gather(output, targets_.data(), targets, y_.row(0));
  simd::multiply(targets, columns, data_.config.dim, rows_of(y_), x_columns_.row(0), x_columns_.stride(),
                 scores_.row(0), scores_.stride(), false);
  float* const weights = weights_.row(0);
  std::fill_n(weights, columns, 0.0F);
  for (std::int64_t t = 0; t < targets; ++t) {
    std::fill_n(weights, rows, target_weights_[static_cast<std::size_t>(t)]);
    trained_.loss += simd::score_gradients(columns, scores_.row(t), weights, scores_.row(t));
  }
  simd::multiply(targets, x_.stride(), rows, rows_of(scores_), x_.row(0), x_.stride(), y_steps_.row(0),
                 y_steps_.stride(), false);
  simd::multiply(rows, x_.stride(), targets, transpose_of(scores_), y_.row(0), y_.stride(), x_steps_.row(0),
                 x_steps_.stride(), false);
  add_steps(embeddings_.input.view(), contexts_, x_steps_, lr, hot_contexts);
  add_steps(output, targets_, y_steps_, lr, hot_targets);
}

// Two passes over the output matrix: scores, then gradients.
void CpuSteps::train_softmax(std::int64_t centre, KeptSpan::Range contexts) {
  const MatrixView<float> output = embeddings_.output.view();
  const float lr = lr_at(centre);
  list_contexts(centre, contexts);
  take_contexts(contexts_);
  const std::int64_t rows = length(contexts_);
  const std::int64_t columns = simd::padded(rows);
  const auto take_targets = [&](std::int64_t first) {
    targets_.clear();
    for (std::int64_t w = first; w < std::min(output.rows, first + kSoftmaxRows); ++w) targets_.push_back(w);
    simd::gather(output, targets_.data(), length(targets_), y_.row(0));
  };
  for (std::int64_t first = 0; first < output.rows; first += kSoftmaxRows) {
    take_targets(first);
    simd::multiply(length(targets_), columns, data_.config.dim, rows_of(y_), x_columns_.row(0),
                   x_columns_.stride(), scores_.row(first), scores_.stride(), false);
  }
  simd::softmax_gradients(output.rows, columns, row_at(centre), scores_.row(0), scores_.stride(),
                          losses_.data());
  for (std::int64_t c = 0; c < rows; ++c) trained_.loss += losses_[static_cast<std::size_t>(c)];
  for (std::int64_t first = 0; first < output.rows; first += kSoftmaxRows) {
    take_targets(first);
    simd::multiply(length(targets_), x_.stride(), rows, rows_of(scores_, first), x_.row(0), x_.stride(),
                   y_steps_.row(0), y_steps_.stride(), false);
    simd::multiply(rows, x_.stride(), length(targets_), transpose_of(scores_, first), y_.row(0), y_.stride(),
                   x_steps_.row(0), x_steps_.stride(), first > 0);
    add_steps(output, targets_, y_steps_, lr, HotRows());
  }
  add_steps(embeddings_.input.view(), contexts_, x_steps_, lr, HotRows());
}

void CpuSteps::add_steps(MatrixView<float> matrix, const std::vector<std::int64_t>& rows, const Matrix& steps,
                         float lr, const HotRows& hot) {
  scales_.clear();
  for (const std::int64_t row : rows) scales_.push_back(lr * hot.factor(row, lr));
  simd::scatter_add(matrix, rows.data(), scales_.data(), length(rows), steps.row(0));
}

}  // namespace warp2vec
