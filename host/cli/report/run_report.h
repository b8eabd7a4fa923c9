#pragma once
/// Reports on a training run: JSON for --metrics, the text at its end, and warnings.

#include <warp2vec/trainer.h>

#include "host/cli/flags/train_options.h"
#include "host/cli/terminal/gpu.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec::cli {

struct PhaseSeconds {
  double vocabulary = 0;  ///< counting or reading it
  double encode = 0;      ///< text to word ids
  double prepare = 0;     ///< samplers and initial vectors
  double train = 0;
  double save = 0;

  double total() const { return vocabulary + encode + prepare + train + save; }
};

/// Filled in as the run proceeds.
struct RunReport {
  std::int64_t input_bytes = 0;  ///< on disk
  std::int64_t text_tokens = 0;  ///< in the text, in the vocabulary or not; 0 if the vocabulary was read
  std::int64_t text_types = 0;   ///< different words in the text; 0 if the vocabulary was read
  std::int64_t vocabulary = 0;
  std::int64_t epoch_tokens = 0;  ///< tokens of the text that are in the vocabulary
  static constexpr std::int64_t kIdsNamed = 10;
  std::int64_t num_ids = 0;             ///< rows of the vectors of a run on ids; else 0
  std::int64_t ids_without_vector = 0;  ///< of them, those that are zero; the first are:
  std::vector<std::int64_t> first_without_vector;
  std::int64_t scratch_bytes = 0;        ///< of the tokens, if they are on a disk; 0 = in memory
  Sharing sharing = Sharing::automatic;  ///< the resolved rule
  DeviceKind device = DeviceKind::cpu;
  std::optional<GpuRun> gpu;     ///< once the run is on a GPU, or several: on the first of them
  std::vector<int> gpu_indices;  ///< of all GPUs
  /// (n, mean number of nodes on a kept word's path, excluding the tree's first n); empty without
  /// hierarchical softmax.
  std::vector<std::pair<std::int64_t, double>> path_nodes_outside_top;
  std::int64_t resumed_tokens = 0;  ///< trained before the checkpoint from which the run was resumed
  TrainingSummary training;         ///< including that part
  PhaseSeconds seconds;
  std::string example_word;  ///< for the suggested commands
};

/// {"type":"progress",...}
nlohmann::json progress_json(const Progress& progress);

/// The settings of a run, by the names of their flags with "_" instead of "-".
nlohmann::json settings_json(const TrainOptions& options);

/// {"type":"summary",...}. `state`: "finished", "interrupted" or "failed"; `message` says why it failed.
nlohmann::json summary_json(const TrainOptions& options, const RunReport& report, const std::string& state,
                            const std::string& message);

/// The time and memory of a run, in three lines: the phases of the run; the parts
/// of its training (GPU time and transfers, or the number of CPU threads); peak memory. All times are in
/// seconds.
std::vector<std::string> phase_breakdown(const TrainOptions& options, const RunReport& report);

/// The lines for the user of a run that wrote all of its files, including those of phase_breakdown().
std::vector<std::string> text_summary(const TrainOptions& options, const RunReport& report);

/// "warning: ..." for each reason to doubt a finished run: too few pairs to learn anything, or an epoch with
/// a loss above that of untrained vectors.
std::vector<std::string> training_warnings(const TrainingData& data, const TrainingSummary& summary);

}  // namespace warp2vec::cli
