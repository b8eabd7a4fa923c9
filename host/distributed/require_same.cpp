#include "host/distributed/require_same.h"

#include <warp2vec/error.h>

#include <cstddef>
#include <vector>

namespace warp2vec {

void require_same(Ranks& ranks, std::span<const Common> common) {
  constexpr int kHalf = 32;  // bits, which a double holds exactly
  const std::size_t each = 2 * common.size();
  std::vector<double> halves(each * static_cast<std::size_t>(ranks.size()));
  double* own = halves.data() + each * static_cast<std::size_t>(ranks.rank());
  for (const Common& one : common) {
    *own++ = static_cast<double>(one.hash >> kHalf);
    *own++ = static_cast<double>(one.hash & 0xFFFFFFFF);
  }
  ranks.sum(std::span(halves));
  for (std::size_t i = each; i < halves.size(); ++i)
    if (halves[i] != halves[i % each])
      throw Error("rank " + std::to_string(i / each) + " has another " + common[i % each / 2].name +
                  " than rank 0: all ranks need the same");
}

}  // namespace warp2vec
