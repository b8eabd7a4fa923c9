#pragma once
/// What repeated measurements come to.

#include <optional>
#include <vector>

namespace warp2vec::cli::bench {

struct Spread {
  double min = 0;
  double median = 0;  ///< of an even number of values: the mean of the two in the middle
  double max = 0;
};

/// Of finite values, in any order; nothing if there are none.
std::optional<Spread> spread_of(std::vector<double> values);

}  // namespace warp2vec::cli::bench
