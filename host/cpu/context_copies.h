#pragma once
/// Context rows as operands of dense products.

#include <warp2vec/embeddings.h>

#include "host/cpu/simd_kernels.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

inline simd::Operand rows_of(const Matrix& matrix, std::int64_t first = 0) {
  return {matrix.row(first), matrix.stride(), 1};
}
inline simd::Operand transpose_of(const Matrix& matrix, std::int64_t first = 0) {
  return {matrix.row(first), 1, matrix.stride()};
}

/// Copies of up to `capacity` rows, as they are and transposed.
struct ContextCopies {
  Matrix rows;     ///< capacity x dim
  Matrix columns;  ///< dim x capacity

  ContextCopies() = default;
  ContextCopies(std::int64_t capacity, std::int32_t dim)
      : rows(simd::padded(capacity), dim),
        columns(Matrix::padded(dim), static_cast<std::int32_t>(simd::padded(capacity))) {}

  void take(const std::vector<float*>& from) {
    const auto count = static_cast<std::int64_t>(from.size());
    simd::gather(from.data(), count, rows.stride(), rows.row(0));
    simd::transpose(rows.row(0), rows.stride(), (count + 3) / 4 * 4, rows.stride(), columns.row(0),
                    columns.stride());
  }
};

}  // namespace warp2vec
