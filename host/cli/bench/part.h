#pragma once
/// The kinds of measurements of a benchmark.

#include "host/cli/bench/rounds.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// One kind: under which settings it measures which cells, and how.
struct Part {
  std::string name;         ///< in results.json
  nlohmann::json settings;  ///< by name
  std::vector<NamedCell> cells;
  Measuring measuring;
};

}  // namespace warp2vec::cli::bench
