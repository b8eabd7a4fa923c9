#pragma once
/// Rounds: every cell once, then every cell again, so that a busy time of the machine meets them all.

#include "host/cli/bench/results_file.h"
#include "host/cli/run/progress.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

struct NamedCell {
  nlohmann::json key;  ///< the "cell" of its runs
  std::string name;    ///< for people
};

/// Thrown by a measurement that was stopped because it took too long.
class OutOfTime : public std::exception {};

/// One kind of measurement: under which settings it measures which cells, and how.
struct Part {
  std::string name;         ///< in results.json
  nlohmann::json settings;  ///< by name
  std::vector<NamedCell> cells;
  /// Measures one cell in at most `limit` seconds. What it throws as an Error is that run's failure. Throws
  /// OutOfTime, and Interrupted to stop.
  std::function<nlohmann::json(const NamedCell& cell, int round, double limit)> measure;
  /// A run's figures in a line.
  std::function<std::string(const nlohmann::json& run)> describe;
};

struct Outcome {
  int failures = 0;
  std::vector<std::string> missed;  ///< names of the runs that there was no time for
  bool interrupted = false;         ///< by Ctrl-C
};

/// Measures what `results` does not have yet, and adds it and the names of what was not measured by `end`. A
/// cell that failed has no further rounds this time; one that takes longer than what is left is not begun.
/// Says after each run what it came to and how long the rest may take.
Outcome run_rounds(const Part& part, int rounds, std::chrono::steady_clock::time_point end,
                   ResultsFile& results, ProgressDisplay& display);

}  // namespace warp2vec::cli::bench
