#pragma once
/// Matrices of random values.

#include <warp2vec/detail/random.h>
#include <warp2vec/embeddings.h>

#include <cstdint>

namespace warp2vec {

/// Uniform values of [-largest, largest), those of `seed`; zero-padded.
inline Matrix random_matrix(std::int64_t rows, std::int32_t cols, std::uint64_t seed, float largest = 1) {
  Matrix matrix(rows, cols);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int32_t d = 0; d < cols; ++d)
      matrix.row(r)[d] =
          largest * (2 * to_unit(Draws{seed, 0}.u32(Stream::initial_weights,
                                                    static_cast<std::uint64_t>(r * cols + d))) -
                     1);
  return matrix;
}

}  // namespace warp2vec
