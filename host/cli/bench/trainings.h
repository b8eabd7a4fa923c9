#pragma once
/// The trainings: each one run of `train` as a process of its own, so that memory and crashes are that run's
/// alone.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/results.h"
#include "host/cli/run/progress.h"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace warp2vec::cli::bench {

/// Seconds since training began, and the mean loss of a pair in nats.
using LossCurve = std::vector<std::pair<double, double>>;

/// At most `most` points, each the mean of as many neighbours; `most` >= 1.
LossCurve thinned(const LossCurve& curve, std::size_t most);

/// What results.json has of a training, from the file that `train --metrics` has written: "seconds" by phase;
/// the words of the "vocabulary", "trained_tokens" (before subsampling, of all epochs), "kept_tokens" of them
/// and "pairs"; "peak_memory_bytes" of the process and "gpu_memory_bytes" (0 = not on a GPU);
/// "centres_in_flight" on a GPU; "bytes_per_kept_word", see memory_ceiling.h; "loss" of the last epoch and
/// "loss_curve". Throws Error naming `path` if there is no summary of a finished run in it.
nlohmann::json read_metrics(const std::string& path);

/// Every combination of options.grid, which is complete. A run has also "together" among its "seconds", from
/// the start of the process to its end, and its "quality": "spearman FILE" (-1 to 1) and "analogies FILE" (0
/// to 1). `options` and `display` outlive the part. Throws Error for a file that cannot be read.
Part trainings_part(const BenchOptions& options, ProgressDisplay& display);

}  // namespace warp2vec::cli::bench
