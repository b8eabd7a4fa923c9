#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/random.h>

#include <cstdlib>
#include <cstring>
#include <limits>

namespace warp2vec {

void Matrix::Free::operator()(float* p) const { std::free(p); }

std::int64_t Matrix::bytes(std::int64_t rows, std::int32_t cols) {
  return rows * padded(cols) * static_cast<std::int64_t>(sizeof(float));
}

Matrix::Matrix(std::int64_t rows, std::int32_t cols) : rows_(rows), cols_(cols), stride_(padded(cols)) {
  const bool fits = stride_ == 0 || rows <= std::numeric_limits<std::int64_t>::max() / (stride_ * 4);
  const std::size_t size = fits ? static_cast<std::size_t>(bytes(rows, cols)) : 0;
  // aligned_alloc(64, 0) may return null; an empty matrix needs no memory.
  if (fits && size == 0) return;
  auto* p = fits ? static_cast<float*>(std::aligned_alloc(64, size)) : nullptr;
  if (p == nullptr)
    throw Error("not enough memory for a matrix of " + std::to_string(rows) + " x " + std::to_string(cols) +
                " values (" + std::to_string(size) + " bytes)");
  std::memset(p, 0, size);
  values_.reset(p);
}

Embeddings initial_embeddings(std::int64_t vocabulary, const Config& config) {
  Embeddings e;
  e.input = Matrix(vocabulary, config.dim);
  const Draws draws{config.seed, 0};
  for (std::int64_t r = 0; r < vocabulary; ++r) {
    float* row = e.input.row(r);
    for (std::int32_t d = 0; d < config.dim; ++d) {
      const auto element = static_cast<std::uint64_t>(r) * static_cast<std::uint64_t>(config.dim) +
                           static_cast<std::uint64_t>(d);
      row[d] =
          (to_unit(draws.word(Stream::initial_weights, element)) - 0.5F) / static_cast<float>(config.dim);
    }
  }
  if (config.loss.negative_sampling || config.loss.softmax) e.output = Matrix(vocabulary, config.dim);
  if (config.loss.hierarchical_softmax) e.nodes = Matrix(vocabulary - 1, config.dim);
  return e;
}

}  // namespace warp2vec
