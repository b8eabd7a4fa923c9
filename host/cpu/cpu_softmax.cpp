#include "host/cpu/cpu_softmax.h"

#include "host/cpu/simd_kernels.h"

#include <algorithm>

namespace warp2vec {
namespace {

constexpr std::int64_t kRows = 64;  // output rows per product

void add_steps(const std::vector<float*>& rows, const Matrix& steps, float lr) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    simd::add_combination(rows[i], lr, steps.row(static_cast<std::int64_t>(i)), 0, nullptr, nullptr,
                          steps.stride());
}

}  // namespace

CpuSoftmax::CpuSoftmax(const TrainingData& data, Embeddings& embeddings) : embeddings_(embeddings) {
  const std::int32_t dim = data.config.dim;
  const std::int32_t contexts = 2 * data.config.window;
  losses_.resize(static_cast<std::size_t>(simd::padded(contexts)));
  x_ = ContextCopies(contexts, dim);
  x_steps_ = Matrix(contexts, dim);
  y_ = Matrix(kRows, dim);
  y_steps_ = Matrix(kRows, dim);
  scores_ = Matrix(data.vocabulary.size(), contexts);
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

// Two passes over the output matrix: scores, then gradients.
double CpuSoftmax::train(const CpuBatch& batch, std::int64_t centre) {
  const KeptRange window = batch.window(centre);
  if (window.size() == 1) return 0;
  const MatrixView<float> input = embeddings_.input.view();
  const std::int64_t words = embeddings_.output.rows();
  const std::int64_t stride = input.stride;
  contexts_.clear();
  for (std::int64_t i = window.begin; i < window.end; ++i)
    if (i != centre) contexts_.push_back(input.row(batch.word(i)));
  const auto contexts = static_cast<std::int64_t>(contexts_.size());
  const std::int64_t columns = simd::padded(contexts);
  x_.take(contexts_);

  for (std::int64_t first = 0; first < words; first += kRows) {
    const std::int64_t rows = take_rows(first);
    simd::multiply(rows, columns, input.cols, rows_of(y_), x_.columns.row(0), x_.columns.stride(),
                   scores_.row(first), scores_.stride(), false);
  }
  simd::softmax_gradients(words, columns, row_of(batch.word(centre)), scores_.row(0), scores_.stride(),
                          losses_.data());
  double loss = 0;
  for (std::int64_t c = 0; c < contexts; ++c) loss += losses_[static_cast<std::size_t>(c)];

  const float lr = batch.lr(centre);
  for (std::int64_t first = 0; first < words; first += kRows) {
    const std::int64_t rows = take_rows(first);
    simd::multiply(rows, stride, contexts, rows_of(scores_, first), x_.rows.row(0), stride, y_steps_.row(0),
                   stride, false);
    simd::multiply(contexts, stride, rows, transpose_of(scores_, first), y_.row(0), stride, x_steps_.row(0),
                   stride, first > 0);
    add_steps(outputs_, y_steps_, lr);
  }
  add_steps(contexts_, x_steps_, lr);
  return loss;
}

}  // namespace warp2vec
