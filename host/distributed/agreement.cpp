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

Agreement::Agreement(Ranks& ranks, Embeddings& embeddings, ChangedParameters* changed) : ranks_(ranks) {
  add_part(embeddings.input, changed != nullptr ? &changed->input : nullptr);
  add_part(embeddings.output, changed != nullptr ? &changed->output : nullptr);
  add_part(embeddings.nodes, changed != nullptr ? &changed->nodes : nullptr);
}

void Agreement::add_part(Matrix& now, std::optional<ChangedRows>* changed) {
  if (now.rows() == 0) return;
  parts_.push_back({now, copy_of(now), changed != nullptr && *changed ? &**changed : nullptr});
}

std::int64_t Agreement::merge(std::int64_t rows) {
  std::int64_t bytes = 0;
  for (Part& part : parts_) bytes += merge(part, std::min(rows, part.now.rows()));
  return bytes;
}

std::int64_t Agreement::merge(Part& part, std::int64_t rows) {
  std::vector<std::uint8_t> bits;
  if (part.changed != nullptr) {
    bits = part.changed->take(rows);
    ranks_.unite(bits);
  }
  const auto at_a_time = static_cast<std::size_t>(rows_merged_at_a_time(part.now.cols()));
  auto bytes = static_cast<std::int64_t>(bits.size());
  rows_.clear();
  const auto merge_listed = [&] {
    merge(part, rows_);
    bytes += static_cast<std::int64_t>(steps_.size() * sizeof(float));
    rows_.clear();
  };
  for (std::int64_t r = 0; r < rows; ++r) {
    const bool changed =
        part.changed == nullptr || (bits[static_cast<std::size_t>(r / 8)] >> (r % 8) & 1U) != 0;
    if (!changed) continue;
    rows_.push_back(r);
    if (rows_.size() == at_a_time) merge_listed();
  }
  if (!rows_.empty()) merge_listed();
  return bytes;
}

void Agreement::merge(Part& part, std::span<const std::int64_t> rows) {
  const std::int32_t cols = part.now.cols();
  steps_.resize(rows.size() * (static_cast<std::size_t>(cols) + 1));
  float* step = steps_.data();
  for (const std::int64_t r : rows) {
    const float* const now = part.now.row(r);
    const float* const before = part.before.row(r);
    float square = 0;
    for (std::int32_t c = 0; c < cols; ++c) {
      step[c] = now[c] - before[c];
      square += step[c] * step[c];
    }
    step[cols] = square;
    step += cols + 1;
  }
  ranks_.sum(std::span(steps_));
  step = steps_.data();
  for (const std::int64_t r : rows) {
    float* const now = part.now.row(r);
    float* const before = part.before.row(r);
    float square = 0;  // of the sum
    for (std::int32_t c = 0; c < cols; ++c) square += step[c] * step[c];
    const float share = agreement(step[cols], square);
    for (std::int32_t c = 0; c < cols; ++c) now[c] = before[c] += share * step[c];
    step += cols + 1;
  }
}

}  // namespace warp2vec
