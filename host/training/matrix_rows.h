#pragma once
/// Rows of a matrix as files have them, without the padding between them, and their inner products.

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

/// sum over i of a[i] * b[i], for vectors of one length. In double, with independent partial sums that a
/// compiler can keep in vector registers; the same bits for the same values.
inline double dot(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t kLanes = 8;
  double sums[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += double{a[i + lane]} * double{b[i + lane]};
  double sum = 0;
  for (; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace warp2vec
