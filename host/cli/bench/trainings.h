#pragma once
/// The trainings: each one run of `train` as a process of its own, so that memory and crashes are that run's
/// alone.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/rounds.h"
#include "host/cli/run/progress.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

struct LossPoint {
  double seconds = 0;  ///< since training began
  double loss = 0;     ///< mean per pair, nats
};

/// Seconds by phase, in the order of a run; "together" is from the start of the program to its end, what is
/// not in the others (loading, ending) included. On a GPU parts of "train" are known: its own seconds, and
/// transfers.
inline constexpr const char* kPhases[] = {"vocabulary", "encode", "prepare", "train", "save"};
inline constexpr const char* kTogether = "together";
inline constexpr const char* kKernels = "kernels";
inline constexpr const char* kSubsampling = "subsampling";
inline constexpr const char* kGpuPhases[] = {kKernels, kSubsampling, "upload", "download"};

/// What one training of one cell took and what it came to.
struct MeasuredRun {
  Cell cell;
  int round = 1;
  std::string failure;                    ///< why there are no figures; "" if it ended well
  std::map<std::string, double> seconds;  ///< by phase
  std::int64_t vocabulary = 0;            ///< words
  std::int64_t trained_tokens = 0;        ///< before subsampling, of all epochs
  std::int64_t kept_tokens = 0;           ///< of these, after subsampling
  std::int64_t pairs = 0;
  std::int64_t peak_memory = 0;        ///< bytes, of the process
  std::int64_t gpu_memory = 0;         ///< bytes; 0 = not on a GPU
  std::int64_t centres_in_flight = 0;  ///< on a GPU
  double bytes_per_kept_word = 0;      ///< see memory_ceiling.h; 0 = not known
  double loss = 0;                     ///< mean per pair of the last epoch, nats
  std::vector<LossPoint> loss_curve;
  std::map<std::string, double> quality;  ///< "spearman FILE" (-1 to 1), "analogies FILE" (0 to 1)

  /// Words a second of training alone: on a GPU by the seconds of its kernels, those of subsampling included,
  /// on a CPU by those of training, of which subsampling is a part; 0 = unknown.
  double training_speed() const;
  /// Words a second from the start of the program to its end; 0 = unknown.
  double speed_together() const;
  /// The least that training had to read and write a second, bytes; on a GPU by its training kernels; 0 =
  /// unknown.
  double bytes_per_second() const;
};

/// At most `most` points, each the mean of as many neighbours; `most` >= 1.
std::vector<LossPoint> thinned(const std::vector<LossPoint>& curve, std::size_t most);

void to_json(nlohmann::json& json, const MeasuredRun& run);
/// Throws nlohmann::json::exception if something is missing or of another type.
void from_json(const nlohmann::json& json, MeasuredRun& run);

/// What a file that `train --metrics` has written tells; cell, round and quality stay as they are. Throws
/// Error naming `path` if there is no summary of a finished run in it.
MeasuredRun read_metrics(const std::string& path);

/// Every combination of options.grid, which is complete. `options` and `display` outlive the part. Throws
/// Error for a file that cannot be read.
Part trainings_part(const BenchOptions& options, ProgressDisplay& display);

}  // namespace warp2vec::cli::bench
