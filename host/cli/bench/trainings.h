#pragma once
/// The trainings: each is one run of `train` in a separate process, so that memory and crashes are confined
/// to that run.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/results.h"
#include "host/cli/report/progress.h"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace warp2vec::cli::bench {

/// (seconds since training began, mean loss per pair in nats).
using LossCurve = std::vector<std::pair<double, double>>;

/// At most `most` points, each the mean of a group of neighbours; `most` >= 1.
LossCurve thinned(const LossCurve& curve, std::size_t most);

/// The entry of a training in results.json, from the file written by `train --metrics`: "seconds" by phase;
/// the size of the "vocabulary", "trained_tokens" (before subsampling, of all epochs), "kept_tokens" of them
/// and "pairs"; "peak_memory_bytes" of the process and "gpu_memory_bytes" (0 = not on a GPU);
/// "centres_in_flight" on a GPU; "bytes_per_kept_word", see memory_ceiling.h; "loss" of the last epoch and
/// "loss_curve". Throws Error naming `path` if it contains no summary of a finished run.
nlohmann::json read_metrics(const std::string& path);

/// All combinations of options.grid, which must be complete. A run also has "together" among its "seconds",
/// from the start of the process to its end, and its "quality": "spearman FILE" (-1 to 1) and "analogies
/// FILE" (0 to 1). `options` and `display` must outlive the result. Throws Error for a file that cannot be
/// read.
Part trainings_part(const BenchOptions& options, ProgressDisplay& display);

}  // namespace warp2vec::cli::bench
