#include "host/cpu/cpu_softmax.h"

#include "host/cpu/simd/simd_kernels.h"
#include "host/training/softmax_tile.h"

#include <algorithm>
#include <cmath>

namespace warp2vec {
namespace {

// Output rows per product: a multiple of those that a product holds in registers; with their scores they fit
// into the L2 cache.
constexpr std::int64_t kRows = 96;

void add_updates(const std::vector<float*>& rows, const Matrix& updates, float lr) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    simd::add_combination(rows[i], lr, updates.row(static_cast<std::int64_t>(i)), 0, nullptr, nullptr,
                          updates.stride());
}

}  // namespace

CpuSoftmax::CpuSoftmax(const TrainingData& data, Embeddings& embeddings)
    : config_(data.config), embeddings_(embeddings) {
  const std::int32_t dim = data.config.dim;
  const std::int32_t contexts = max_softmax_rows(data.config);
  if (cbow()) h_ = Matrix(contexts, dim);
  if (cbow()) window_sums_ = CbowWindows::running_sums(data.config, contexts);
  pairs_.resize(static_cast<std::size_t>(simd::padded(contexts)));
  sums_.resize(pairs_.size());
  highest_ = Matrix(1, contexts);
  scales_ = Matrix(1, contexts);
  x_ = ContextCopies(contexts, dim);
  x_updates_ = Matrix(contexts, dim);
  y_ = Matrix(kRows, dim);
  y_updates_ = Matrix(kRows, dim);
  scores_ = Matrix(data.vocabulary.size(), contexts);
}

// Lists the contexts in the windows, the number of pairs of each, and the centres.
void CpuSoftmax::list(const CpuBatch& batch, std::int64_t begin, std::int64_t end) {
  const MatrixView<float> input = embeddings_.input.view();
  const KeptRange reach = batch.reach(begin, end);
  contexts_.clear();
  for (std::int64_t i = reach.begin; i < reach.end; ++i) contexts_.push_back(input.row(batch.word(i)));
  targets_.clear();
  std::fill(pairs_.begin(), pairs_.end(), 0);
  for (std::int64_t centre = begin; centre < end; ++centre) {
    const KeptRange window = batch.window(centre);
    targets_.push_back({row_of(batch.word(centre)),
                        centre - reach.begin,
                        {window.begin - reach.begin, window.end - reach.begin}});
    for (std::int64_t i = window.begin; i < window.end; ++i)
      if (i != centre) ++pairs_[static_cast<std::size_t>(i - reach.begin)];
  }
}

// The same under CBOW, with H for the contexts.
void CpuSoftmax::list_hidden(const CpuBatch& batch, std::int64_t begin, std::int64_t end) {
  windows_.list(batch, config_, begin, end, embeddings_);
  windows_.damp({}, batch.lr(begin));
  windows_.hidden(window_sums_, h_);
  contexts_.clear();
  targets_.clear();
  for (std::int64_t h = 0; h < windows_.size(); ++h) {
    contexts_.push_back(h_.row(h));
    targets_.push_back({row_of(batch.word(windows_.centres()[static_cast<std::size_t>(h)])), -1, {h, h + 1}});
  }
  std::fill(pairs_.begin(), pairs_.end(), 0);
  std::fill_n(pairs_.begin(), windows_.size(), 1);
}

// Copies output rows from `first` on to y_ and returns how many.
std::int64_t CpuSoftmax::take_rows(std::int64_t first) {
  const MatrixView<float> output = embeddings_.output.view();
  outputs_.clear();
  for (std::int64_t w = first; w < std::min(output.rows, first + kRows); ++w)
    outputs_.push_back(output.row(w));
  const auto rows = static_cast<std::int64_t>(outputs_.size());
  simd::gather(outputs_.data(), rows, output.stride, y_.row(0));
  return rows;
}

// Computes the scores of all words, and the factors that turn their exponentials into -pairs * P. Returns the
// sum over pairs of the log of P's denominator.
double CpuSoftmax::score_all(std::int64_t columns) {
  const Matrix& output = embeddings_.output;
  float* const highest = highest_.row(0);
  std::fill_n(highest, columns, simd::kNoScore);
  std::fill(sums_.begin(), sums_.end(), 0);
  for (std::int64_t first = 0; first < output.rows(); first += kRows) {
    const std::int64_t rows = take_rows(first);
    simd::multiply(rows, columns, output.cols(), rows_of(y_), x_.columns.row(0), x_.columns.stride(),
                   scores_.row(first), scores_.stride(), false);
    simd::softmax_sums(rows, columns, scores_.row(first), scores_.stride(), highest, sums_.data());
  }
  double log_sums = 0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
    log_sums += pairs_[c] * (static_cast<double>(highest[c]) + std::log(sums_[c]));
    scales_.row(0)[c] = static_cast<float>(-pairs_[c] / sums_[c]);
  }
  return log_sums;
}

// Replaces the scores of `rows` words by gradients; returns the sum of the scores of pairs.
double CpuSoftmax::replace_by_gradients(std::int64_t first, std::int64_t rows, std::int64_t columns) {
  const auto begin = next_target_;
  while (next_target_ != targets_.end() && next_target_->word < first + rows) ++next_target_;
  const auto for_each_pair = [&](auto visit) {
    for (auto target = begin; target != next_target_; ++target)
      for (std::int64_t c = target->window.begin; c < target->window.end; ++c)
        if (c != target->context) visit(scores_.row(target->word)[c]);
  };
  double sum = 0;
  for_each_pair([&sum](float score) { sum += static_cast<double>(score); });
  simd::softmax_gradients(rows, columns, highest_.row(0), scales_.row(0), scores_.row(first),
                          scores_.stride());
  for_each_pair([](float& gradient) { gradient += 1; });
  return sum;
}

// Two passes over the output matrix: scores, then gradients.
double CpuSoftmax::train(const CpuBatch& batch, std::int64_t begin, std::int64_t end) {
  if (cbow())
    list_hidden(batch, begin, end);
  else
    list(batch, begin, end);
  if (contexts_.empty()) return 0;
  std::sort(targets_.begin(), targets_.end(),
            [](const Target& a, const Target& b) { return a.word < b.word; });
  x_.take(contexts_);
  const auto contexts = static_cast<std::int64_t>(contexts_.size());
  const std::int64_t columns = simd::padded(contexts);
  double loss = score_all(columns);
  next_target_ = targets_.begin();
  const float lr = batch.lr(begin);
  const std::int64_t words = embeddings_.output.rows();
  const std::int64_t stride = embeddings_.output.stride();
  for (std::int64_t first = 0; first < words; first += kRows) {
    const std::int64_t rows = take_rows(first);
    loss -= replace_by_gradients(first, rows, columns);
    simd::multiply(rows, stride, contexts, rows_of(scores_, first), x_.rows.row(0), stride, y_updates_.row(0),
                   stride, false);
    simd::multiply(contexts, stride, rows, transpose_of(scores_, first), y_.row(0), stride, x_updates_.row(0),
                   stride, first > 0);
    add_updates(outputs_, y_updates_, lr);
  }
  if (cbow())
    windows_.update_contexts(x_updates_, window_sums_);
  else
    add_updates(contexts_, x_updates_, lr);
  return loss;
}

double train_softmax_tile(CpuSoftmax& softmax, const Config& config, const CpuBatch& batch,
                          std::int64_t begin, int threads) {
  const std::int64_t end = std::min(batch.end(), begin + config.centres_per_tile());
  double loss = 0;
  while (begin < end) {
    const std::int64_t centres = softmax_centres(batch.words(begin, end), config, threads);
    loss += softmax.train(batch, begin, begin + centres);
    begin += centres;
  }
  return loss;
}

}  // namespace warp2vec
