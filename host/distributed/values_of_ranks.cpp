#include "host/distributed/values_of_ranks.h"

#include <algorithm>
#include <cstddef>

namespace warp2vec {

std::vector<double> values_of_ranks(Ranks& ranks, std::span<const double> own) {
  std::vector<double> all(own.size() * static_cast<std::size_t>(ranks.size()));
  std::copy(own.begin(), own.end(), all.begin() + std::ssize(own) * ranks.rank());
  ranks.sum(std::span(all));
  return all;
}

}  // namespace warp2vec
