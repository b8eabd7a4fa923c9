#include "host/distributed/require_same.h"

#include <warp2vec/error.h>

#include "host/distributed/values_of_ranks.h"

#include <cstddef>
#include <vector>

namespace warp2vec {

void require_same(Ranks& ranks, std::span<const Common> common) {
  constexpr int kHalf = 32;  // bits, which a double holds exactly
  std::vector<double> own;
  for (const Common& one : common) {
    own.push_back(static_cast<double>(one.hash >> kHalf));
    own.push_back(static_cast<double>(one.hash & 0xFFFFFFFF));
  }
  const std::size_t each = own.size();
  const std::vector<double> halves = values_of_ranks(ranks, own);
  for (std::size_t i = each; i < halves.size(); ++i)
    if (halves[i] != halves[i % each])
      throw Error("rank " + std::to_string(i / each) + " has another " + common[i % each / 2].name +
                  " than rank 0: all ranks need the same");
}

}  // namespace warp2vec
