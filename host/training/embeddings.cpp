#include <warp2vec/detail/random.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>

#include "host/io/large_pages.h"
#include "host/io/parallel.h"
#include "host/sampling/simd_draws.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace warp2vec {

namespace {

// Rows [begin, end): element i of the matrix without its padding is made from draws.u32(initial_weights, i).
void draw_rows(const Draws& draws, std::int64_t begin, std::int64_t end, Matrix& matrix) {
  const std::int64_t dim = matrix.cols();
  std::vector<std::uint32_t> u32(static_cast<std::size_t>(simd::room_for_blocks(dim / 4 + 2)));
  for (std::int64_t r = begin; r < end; ++r) {
    const std::int64_t first_block = r * dim / 4;
    const std::int64_t end_block = ((r + 1) * dim + 3) / 4;
    simd::draw_indices(draws, Stream::initial_weights, static_cast<std::uint64_t>(first_block),
                       end_block - first_block, u32.data());
    const std::uint32_t* const of_row = u32.data() + (r * dim - 4 * first_block);
    float* const row = matrix.row(r);
    for (std::int64_t d = 0; d < dim; ++d) row[d] = (to_unit(of_row[d]) - 0.5F) / static_cast<float>(dim);
  }
}

}  // namespace

void Matrix::Free::operator()(float* p) const { std::free(p); }

std::int64_t Matrix::bytes(std::int64_t rows, std::int32_t cols) {
  const std::int64_t of_row = padded(cols) * static_cast<std::int64_t>(sizeof(float));
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(rows, of_row, &bytes))
    throw Error("a matrix of " + std::to_string(rows) + " x " + std::to_string(cols) +
                " values takes 2^63 bytes or more");
  return bytes;
}

Matrix::Matrix(std::int64_t rows, std::int32_t cols) : rows_(rows), cols_(cols), stride_(padded(cols)) {
  const std::string shape = std::to_string(rows) + " x " + std::to_string(cols) + " values";
  if (rows < 0 || cols < 0) throw Error("a matrix of " + shape + " cannot exist");
  if (rows == 0 || cols == 0) return;  // no memory needed
  if (rows > std::numeric_limits<std::int64_t>::max() / bytes(1, cols))
    throw Error("not enough memory for a matrix of " + shape + " (2^63 bytes or more)");
  const auto size = static_cast<std::size_t>(bytes(rows, cols));
  values_.reset(static_cast<float*>(allocate_large_pages(size)));
  if (values_ == nullptr)
    throw Error("not enough memory for a matrix of " + shape + " (" + std::to_string(size) + " bytes)");
  std::memset(values_.get(), 0, size);
}

Embeddings initial_embeddings(std::int64_t vocabulary, const Config& config) {
  config.validate();
  if (vocabulary < 1)
    throw Error("the vectors of " + std::to_string(vocabulary) + " words: expected at least one");
  Embeddings e;
  e.input = Matrix(vocabulary, config.dim);
  const Draws draws{config.seed, 0};
  constexpr std::int64_t kRowsPerTask = 1024;
  parallel_for((vocabulary + kRowsPerTask - 1) / kRowsPerTask, thread_count(config), [&](std::int64_t task) {
    draw_rows(draws, task * kRowsPerTask, std::min(vocabulary, (task + 1) * kRowsPerTask), e.input);
  });
  if (config.loss.negative_sampling || config.loss.softmax) e.output = Matrix(vocabulary, config.dim);
  if (config.loss.hierarchical_softmax) e.nodes = Matrix(vocabulary - 1, config.dim);
  return e;
}

}  // namespace warp2vec
