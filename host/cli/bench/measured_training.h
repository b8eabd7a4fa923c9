#pragma once
/// One run of `train` as a process of its own, so that memory and crashes are that run's alone.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/measured_run.h"

#include <functional>
#include <string>

namespace warp2vec::cli::bench {

/// Trains `cell` with the program at `program`, and evaluates its vectors with the files that `options` name.
/// `waiting` is called now and then while it trains; what it throws ends the training. Uses a folder in
/// options.output, which is removed afterwards. Throws Error with what the program said if it failed.
MeasuredRun measure_training(const BenchOptions& options, const Cell& cell, int round,
                             const std::string& program, const std::function<void(double seconds)>& waiting);

/// What a file that `train --metrics` has written tells; cell, round and quality stay as they are. Throws
/// Error naming `path` if there is no summary of a finished run in it.
MeasuredRun read_metrics(const std::string& path);

}  // namespace warp2vec::cli::bench
