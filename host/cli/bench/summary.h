#pragma once
/// All runs of each cell, taken together.

#include "host/cli/bench/measured_run.h"
#include "host/cli/bench/spread.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

struct Row {
  Cell cell;
  std::vector<MeasuredRun> runs;   ///< that ended well, by round; the rest is empty if there are none
  std::string failure;             ///< of the last run that failed; "" if none did
  std::optional<Spread> training;  ///< words a second of training alone, see MeasuredRun::training_speed()
  std::optional<Spread> together;  ///< words a second from start to end
  std::map<std::string, Spread> seconds;  ///< by phase
  std::optional<Spread> peak_memory;      ///< bytes
  std::optional<Spread> gpu_memory;       ///< bytes; nothing on a CPU
  std::optional<Spread> loss;             ///< nats a pair
  std::map<std::string, Spread> quality;
  /// How many times as fast as the CPU under the same settings, round by round; nothing for the CPU itself,
  /// and where there is no round that both have.
  std::optional<Spread> lead_in_training;
  std::optional<Spread> lead_together;
};

/// A row for each cell of `runs`, by the size of its vocabulary and by dimension, then in the order of
/// `runs`.
std::vector<Row> summarise(const std::vector<MeasuredRun>& runs);

}  // namespace warp2vec::cli::bench
