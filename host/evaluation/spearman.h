#pragma once
/// Rank correlation.

#include <span>

namespace warp2vec {

/// Spearman's rho of two lists of equal length: Pearson's correlation of their ranks, with mean ranks for
/// ties. In
/// [-1, 1]; NaN for fewer than two values and for a list of equal values.
double spearman(std::span<const double> x, std::span<const double> y);

}  // namespace warp2vec
