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
simd::Operand transpose_of(const Matrix& matrix) { return {matrix.row(0), 1, matrix.stride()}; }

std::int64_t length(const std::vector<std::int64_t>& rows) { return static_cast<std::int64_t>(rows.size()); }

}  // namespace

CpuSteps::CpuSteps(const TrainingData& data, const HotMatrices& hot, Embeddings& embeddings)
    : data_(data), hot_(hot), embeddings_(embeddings) {
  const Config& config = data.config;
  const bool tiles = config.loss.negative_sampling && config.sharing == Sharing::tile;
  const std::int64_t contexts = 2 * config.window + (tiles ? config.tile_centres : 1);
  std::int64_t targets = 1;  // rows of y_
  if (tiles) targets = simd::padded(config.tile_centres);
  if (config.loss.negative_sampling && !tiles) targets = 1 + config.negative;
  if (config.loss.hierarchical_softmax) targets = std::max<std::int64_t>(targets, kMaxCodeLength);
  if (config.loss.softmax) targets = kSoftmaxRows;
  const std::int64_t negatives = tiles ? config.tile_negatives : 0;
  const std::int64_t scores = config.loss.softmax
                                  ? (data.vocabulary.size() + kSoftmaxRows - 1) / kSoftmaxRows * kSoftmaxRows
                                  : std::max(targets, negatives);
  x_ = Matrix(contexts, config.dim);
  x_steps_ = Matrix(contexts, config.dim);
  y_ = Matrix(targets, config.dim);
  y_steps_ = Matrix(targets, config.dim);
  z_ = Matrix(negatives, config.dim);
  z_steps_ = Matrix(negatives, config.dim);
  y_columns_ = Matrix(config.dim, static_cast<std::int32_t>(targets));
  z_columns_ = Matrix(config.dim, static_cast<std::int32_t>(negatives));
  scores_ = Matrix(contexts, static_cast<std::int32_t>(scores));
  if (!config.loss.softmax) weights_ = Matrix(contexts, static_cast<std::int32_t>(scores));
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

// The elements that the windows of centres [begin, end) cover. A later centre's wider window may begin earlier.
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

void CpuSteps::train_tile(const Tile& tile) {
  const MatrixView<float> output = embeddings_.output.view();
  simd::gather(embeddings_.input.view(), tile.contexts.data(), length(tile.contexts), x_.row(0), nullptr, 0);
  simd::gather(output, tile.centres.data(), length(tile.centres), y_.row(0), y_columns_.row(0),
               y_columns_.stride());
  simd::gather(output, tile.negatives.data(), length(tile.negatives), z_.row(0), z_columns_.row(0),
               z_columns_.stride());
  meet_negatives(tile);
  meet_centres(tile);
  add_steps(embeddings_.input.view(), tile.contexts, x_steps_, tile.lr, hot_.input);
  add_steps(output, tile.centres, y_steps_, tile.lr, hot_.output);
  add_steps(output, tile.negatives, z_steps_, tile.lr, hot_.output);
}

// All contexts with all negatives: three dense products.
void CpuSteps::meet_negatives(const Tile& tile) {
  const Config& config = data_.config;
  const std::int64_t contexts = length(tile.contexts);
  const std::int64_t negatives = length(tile.negatives);
  const std::int64_t columns = simd::padded(negatives);
  const auto context_of = [&](std::int64_t i) { return i - tile.span.begin; };

  pairs_.assign(static_cast<std::size_t>(contexts), 0);
  for (std::int64_t t = tile.begin; t < tile.end; ++t)
    for (std::int64_t i = window(t).begin; i < window(t).end; ++i)
      if (i != t) ++pairs_[static_cast<std::size_t>(context_of(i))];
  const std::int64_t stride = weights_.stride();
  for (std::int64_t c = 0; c < contexts; ++c) {
    const float weight =
        -tile_negative_weight(pairs_[static_cast<std::size_t>(c)], config.negative, config.tile_negatives);
    std::fill_n(weights_.row(c), negatives, weight);
    std::fill(weights_.row(c) + negatives, weights_.row(c) + columns, 0.0F);
  }
  for (std::int64_t m = 0; m < negatives; ++m) {
    const std::int64_t negative = tile.negatives[static_cast<std::size_t>(m)];
    for (std::int64_t t = tile.begin; t < tile.end; ++t) {
      if (tile.centres[static_cast<std::size_t>(t - tile.begin)] != negative) continue;
      for (std::int64_t i = window(t).begin; i < window(t).end; ++i)
        if (i != t) weights_.row(context_of(i))[m] = 0;
    }
  }

  simd::multiply(contexts, columns, config.dim, rows_of(x_), z_columns_.row(0), z_columns_.stride(),
                 scores_.row(0), stride, false);
  for (std::int64_t c = 0; c < contexts; ++c)
    trained_.loss += simd::score_gradients(columns, scores_.row(c), weights_.row(c), scores_.row(c));
  simd::multiply(contexts, x_.stride(), negatives, rows_of(scores_), z_.row(0), z_.stride(), x_steps_.row(0),
                 x_steps_.stride(), false);
  simd::multiply(negatives, x_.stride(), contexts, transpose_of(scores_), x_.row(0), x_.stride(),
                 z_steps_.row(0), z_steps_.stride(), false);
}

// Each centre with its own contexts: the band of the contexts x centres matrix, in blocks of kLanes centres.
void CpuSteps::meet_centres(const Tile& tile) {
  for (std::int64_t first = tile.begin; first < tile.end; first += simd::kLanes) {
    const std::int64_t last = std::min(tile.end, first + simd::kLanes);
    const KeptSpan::Range span = contexts_of(first, last);
    const std::int64_t contexts = span.end - span.begin;
    for (std::int64_t c = 0; c < contexts; ++c) std::fill_n(weights_.row(c), simd::kLanes, 0.0F);
    for (std::int64_t t = first; t < last; ++t)
      for (std::int64_t i = window(t).begin; i < window(t).end; ++i)
        if (i != t) weights_.row(i - span.begin)[t - first] = 1;

    const std::int64_t x_first = span.begin - tile.span.begin;
    const std::int64_t y_first = first - tile.begin;
    simd::multiply(contexts, simd::kLanes, data_.config.dim, rows_of(x_, x_first),
                   y_columns_.row(0) + y_first, y_columns_.stride(), scores_.row(0), scores_.stride(), false);
    for (std::int64_t c = 0; c < contexts; ++c)
      trained_.loss += simd::score_gradients(simd::kLanes, scores_.row(c), weights_.row(c), scores_.row(c));
    simd::multiply(contexts, x_.stride(), last - first, rows_of(scores_), y_.row(y_first), y_.stride(),
                   x_steps_.row(x_first), x_steps_.stride(), true);
    simd::multiply(last - first, x_.stride(), contexts, transpose_of(scores_), x_.row(x_first), x_.stride(),
                   y_steps_.row(y_first), y_steps_.stride(), false);
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

// Contexts [begin, end) without the centre, each with all of targets_ at target_weights_.
void CpuSteps::train_targets(std::int64_t centre, KeptSpan::Range contexts, MatrixView<float> output,
                             float lr, const HotRows& hot_contexts, const HotRows& hot_targets) {
  contexts_.clear();
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i)
    if (i != centre) contexts_.push_back(row_at(i));
  const std::int64_t rows = length(contexts_);
  const std::int64_t targets = length(targets_);
  const std::int64_t columns = simd::padded(targets);
  target_weights_.resize(static_cast<std::size_t>(columns), 0.0F);
  simd::gather(embeddings_.input.view(), contexts_.data(), rows, x_.row(0), nullptr, 0);
  simd::gather(output, targets_.data(), targets, y_.row(0), y_columns_.row(0), y_columns_.stride());
  simd::multiply(rows, columns, data_.config.dim, rows_of(x_), y_columns_.row(0), y_columns_.stride(),
                 scores_.row(0), scores_.stride(), false);
  for (std::int64_t c = 0; c < rows; ++c) {
    std::copy(target_weights_.begin(), target_weights_.end(), weights_.row(c));
    trained_.loss += simd::score_gradients(columns, scores_.row(c), weights_.row(c), scores_.row(c));
  }
  simd::multiply(rows, x_.stride(), targets, rows_of(scores_), y_.row(0), y_.stride(), x_steps_.row(0),
                 x_steps_.stride(), false);
  simd::multiply(targets, x_.stride(), rows, transpose_of(scores_), x_.row(0), x_.stride(), y_steps_.row(0),
                 y_steps_.stride(), false);
  add_steps(embeddings_.input.view(), contexts_, x_steps_, lr, hot_contexts);
  add_steps(output, targets_, y_steps_, lr, hot_targets);
}

// Two passes over the output matrix: scores, then gradients.
void CpuSteps::train_softmax(std::int64_t centre, KeptSpan::Range contexts) {
  const MatrixView<float> output = embeddings_.output.view();
  const float lr = lr_at(centre);
  contexts_.clear();
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i)
    if (i != centre) contexts_.push_back(row_at(i));
  const std::int64_t rows = length(contexts_);
  const auto take_targets = [&](std::int64_t first) {
    targets_.clear();
    for (std::int64_t w = first; w < std::min(output.rows, first + kSoftmaxRows); ++w) targets_.push_back(w);
    simd::gather(output, targets_.data(), length(targets_), y_.row(0), y_columns_.row(0),
                 y_columns_.stride());
  };
  simd::gather(embeddings_.input.view(), contexts_.data(), rows, x_.row(0), nullptr, 0);
  for (std::int64_t first = 0; first < output.rows; first += kSoftmaxRows) {
    take_targets(first);
    simd::multiply(rows, kSoftmaxRows, data_.config.dim, rows_of(x_), y_columns_.row(0), y_columns_.stride(),
                   scores_.row(0) + first, scores_.stride(), false);
  }
  for (std::int64_t c = 0; c < rows; ++c)
    trained_.loss += simd::softmax_gradients(scores_.stride(), output.rows, row_at(centre), scores_.row(c));
  for (std::int64_t first = 0; first < output.rows; first += kSoftmaxRows) {
    take_targets(first);
    const simd::Operand gradients{scores_.row(0) + first, scores_.stride(), 1};
    const simd::Operand transposed{scores_.row(0) + first, 1, scores_.stride()};
    simd::multiply(rows, x_.stride(), length(targets_), gradients, y_.row(0), y_.stride(), x_steps_.row(0),
                   x_steps_.stride(), first > 0);
    simd::multiply(length(targets_), x_.stride(), rows, transposed, x_.row(0), x_.stride(), y_steps_.row(0),
                   y_steps_.stride(), false);
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
