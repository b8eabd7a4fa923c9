#pragma once
/// The report of `plan` and of `train --dry-run`.

#include <warp2vec/corpus.h>
#include <warp2vec/cuda.h>

#include "host/cli/flags/train_options.h"
#include "host/planning/gpu_tiles.h"
#include "host/planning/memory_plan.h"
#include "host/training/job_limits.h"

#include <optional>
#include <ostream>

namespace warp2vec::cli {

struct PlanInput {
  CorpusSize size;
  std::int64_t positives = 0;                 ///< contexts of one centre
  std::optional<double> mean_path_length;     ///< of the Huffman tree, if the counts are known
  std::optional<CentresInFlight> harmless{};  ///< harmless_centres_in_flight(), if the counts are known
};

/// The input of the plan for `vocabulary` under these settings. `encoded`: the words are in an encoded
/// corpus.
PlanInput plan_input(const Vocabulary& vocabulary, const Config& config, bool encoded = false);
PlanInput plan_input(const CorpusCounts& counts, const Config& config);

/// What the machine has.
struct PlanMachine {
  AvailableMemory memory;
  std::optional<CudaDevices> gpus;  ///< see find_gpus()
  int multiprocessors = 0;          ///< of a GPU that is not there; 0 = none
};
PlanMachine this_plan_machine();

/// Says of memory, GPUs and disks whether the run fits. `words_per_second`: how fast it trains; 0 = unknown.
void write_plan(std::ostream& out, const PlanInput& input, const TrainOptions& options,
                const PlanMachine& machine, double words_per_second = 0);

}  // namespace warp2vec::cli
