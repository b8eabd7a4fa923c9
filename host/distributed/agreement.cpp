#include "host/distributed/agreement.h"

#include <warp2vec/detail/agreement.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace warp2vec {
namespace {

Matrix copy_of(const Matrix& matrix) {
  Matrix copy(matrix.rows(), matrix.cols());
  std::copy_n(matrix.row(0), matrix.rows() * matrix.stride(), copy.row(0));
  return copy;
}

}  // namespace

Agreement::Agreement(Ranks& ranks, Embeddings& embeddings) : ranks_(ranks) {
  for (Matrix* matrix : {&embeddings.input, &embeddings.output, &embeddings.nodes})
    if (matrix->rows() > 0) parts_.push_back({*matrix, copy_of(*matrix)});
}

void Agreement::merge(std::int64_t rows) {
  for (Part& part : parts_)
    merge_in_parts(std::min(rows, part.now.rows()), part.now.cols(),
                   [&](std::int64_t begin, std::int64_t end) { merge(part, begin, end); });
}

void Agreement::merge(Part& part, std::int64_t begin, std::int64_t end) {
  const std::int32_t cols = part.now.cols();
  steps_.resize(static_cast<std::size_t>((end - begin) * (cols + 1)));
  float* step = steps_.data();
  for (std::int64_t r = begin; r < end; ++r, step += cols + 1) {
    const float* const now = part.now.row(r);
    const float* const before = part.before.row(r);
    float square = 0;
    for (std::int32_t c = 0; c < cols; ++c) {
      step[c] = now[c] - before[c];
      square += step[c] * step[c];
    }
    step[cols] = square;
  }
  ranks_.sum(std::span(steps_));
  step = steps_.data();
  for (std::int64_t r = begin; r < end; ++r, step += cols + 1) {
    float* const now = part.now.row(r);
    float* const before = part.before.row(r);
    float square = 0;  // of the sum
    for (std::int32_t c = 0; c < cols; ++c) square += step[c] * step[c];
    const float share = agreement(step[cols], square);
    for (std::int32_t c = 0; c < cols; ++c) now[c] = before[c] += share * step[c];
  }
}

}  // namespace warp2vec
