#pragma once
/// Inner products of vectors of float, for what is asked of them rather than for training.

#include <cstddef>
#include <span>

namespace warp2vec {

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
