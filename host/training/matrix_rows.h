#pragma once
/// The rows of a matrix as files have them: without the padding between them.

#include <warp2vec/embeddings.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace warp2vec {

/// The cols() values of row `r`, which is in [0, rows()).
inline std::span<const float> row_values(const Matrix& matrix, std::int64_t r) {
  return {matrix.row(r), static_cast<std::size_t>(matrix.cols())};
}

inline std::string_view bytes_of(std::span<const float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// Neither an infinity nor a NaN among them. Without branches, so that it keeps up with memory.
inline bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7F800000;
  bool finite = true;
  for (const float value : values) finite &= (std::bit_cast<std::uint32_t>(value) & kExponent) != kExponent;
  return finite;
}

}  // namespace warp2vec
