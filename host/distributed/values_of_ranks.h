#pragma once
/// A few numbers that each rank has, known to all.

#include <warp2vec/ranks.h>

#include <span>
#include <vector>

namespace warp2vec {

/// Collective. Those of all ranks, in their order; each gives as many. Integers are exact below 2^53.
std::vector<double> values_of_ranks(Ranks& ranks, std::span<const double> own);

}  // namespace warp2vec
