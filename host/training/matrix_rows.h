#pragma once
/// Rows of a matrix without their padding, as in files, and their inner products.

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

template <class Value>
std::string_view bytes_of(std::span<const Value> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// Whether no value is infinite or NaN. Branch-free, to run at memory speed.
inline bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7F800000;
  bool finite = true;
  for (const float value : values) finite &= (std::bit_cast<std::uint32_t>(value) & kExponent) != kExponent;
  return finite;
}

/// sum over i of a[i] * b[i], for vectors of equal length. In double, with independent partial sums that a
/// compiler can vectorise; equal values give equal bits.
inline double dot(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t kSums = 8;
  double sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= a.size(); i += kSums)
    for (std::size_t s = 0; s < kSums; ++s) sums[s] += double{a[i + s]} * double{b[i + s]};
  double sum = 0;
  for (; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  for (const double partial : sums) sum += partial;
  return sum;
}

}  // namespace warp2vec
