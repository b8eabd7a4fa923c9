#pragma once
/// Rounds: every cell once, then every cell again, so that a busy time of the machine meets them all.
/// The kinds of measurements of a benchmark.

#include "host/cli/bench/results_file.h"
#include "host/cli/run/progress.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

struct NamedCell {
  nlohmann::json key;  ///< the "cell" of its runs
  std::string name;    ///< for people
};

struct Measuring {
  /// Measures one cell. What it throws as an Error is that run's failure. Throws Interrupted to stop.
  std::function<nlohmann::json(const NamedCell& cell, int round)> measure;
  /// A run's figures in a line.
  std::function<std::string(const nlohmann::json& run)> describe;
};

/// Measures what `results` does not have yet, and adds it. A cell that failed has no further rounds this
/// time. Says after each run what it came to and how long the rest may take. Returns the number of failures.
/// Throws Interrupted after Ctrl-C.
int run_rounds(const std::vector<NamedCell>& cells, int rounds, const Measuring& measuring,
               ResultsFile& results, ProgressDisplay& display);

/// One kind: under which settings it measures which cells, and how.
struct Part {
  std::string name;         ///< in results.json
  nlohmann::json settings;  ///< by name
  std::vector<NamedCell> cells;
  Measuring measuring;
};

}  // namespace warp2vec::cli::bench
