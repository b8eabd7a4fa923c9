#include "host/cli/bench/spread.h"

#include <algorithm>

namespace warp2vec::cli::bench {

std::optional<Spread> spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return Spread{values.front(), median, values.back()};
}

}  // namespace warp2vec::cli::bench
