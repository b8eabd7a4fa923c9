#pragma once
/// Word counts like those of natural language.

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Decreasing counts, inversely proportional to the rank; the rarest word has the count 5.
inline std::vector<std::int64_t> zipf_counts(std::int64_t words) {
  std::vector<std::int64_t> counts;
  counts.reserve(static_cast<std::size_t>(words));
  for (std::int64_t rank = 1; rank <= words; ++rank) counts.push_back(5 * words / rank);
  return counts;
}

}  // namespace warp2vec
