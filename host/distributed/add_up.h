#pragma once
/// Integers of each rank, summed.

#include <warp2vec/ranks.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace warp2vec {

/// Collective. Replaces each value by its sum over all ranks, below 2^53.
inline void add_up(Ranks& ranks, std::initializer_list<std::int64_t*> values) {
  std::vector<double> sums;
  for (const std::int64_t* value : values) sums.push_back(static_cast<double>(*value));
  ranks.sum(std::span(sums));
  auto sum = sums.begin();
  for (std::int64_t* value : values) *value = static_cast<std::int64_t>(*sum++);
}

}  // namespace warp2vec
