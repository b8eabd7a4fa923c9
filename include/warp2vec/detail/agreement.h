#pragma once
/// Merging by agreement, shared by CPUs and GPUs: each row moves by the sum of the ranks' steps since the
/// last merge, as far as they agree that it is one.
///
///     row = before + f (d_1 + ... + d_N),   f = min(1, (|d_1|^2 + ... + |d_N|^2) / |d_1 + ... + d_N|^2)
///
/// Orthogonal steps, as those of a rare row, of which each rank saw other examples, are added whole (f = 1);
/// equal ones, as those of a frequent row that all ranks moved to the same place, are averaged (f = 1/N).
/// Averaging always, as published systems do, ruins rare rows; adding always diverges.
///
/// What ranks add up has, for each row, its step and then the square of the step's length: cols + 1 values.

#include <warp2vec/types.h>

#include <algorithm>
#include <cstdint>

namespace warp2vec {

/// f. `squares`: the sum of the steps' squared lengths; `square_of_sum`: the squared length of their sum.
WARP2VEC_HD constexpr float agreement(float squares, float square_of_sum) {
  return square_of_sum > squares ? squares / square_of_sum : 1.0F;
}

/// How many rows of `cols` values are merged at a time: so many that ranks add up 4 MB.
constexpr std::int64_t rows_merged_at_a_time(std::int32_t cols) {
  constexpr std::int64_t kValues = std::int64_t{1} << 20;
  return std::max<std::int64_t>(1, kValues / (cols + 1));
}

/// What they add up at a time for a matrix of `rows` rows, at most.
constexpr std::int64_t values_merged_at_a_time(std::int64_t rows, std::int32_t cols) {
  return std::min(rows, rows_merged_at_a_time(cols)) * (cols + 1);
}

/// Calls merge(begin, end) for the rows [0, rows) in such parts.
template <class Merge>
void merge_in_parts(std::int64_t rows, std::int32_t cols, Merge merge) {
  const std::int64_t at_a_time = rows_merged_at_a_time(cols);
  for (std::int64_t begin = 0; begin < rows; begin += at_a_time)
    merge(begin, std::min(rows, begin + at_a_time));
}

}  // namespace warp2vec
