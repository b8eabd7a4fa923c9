#pragma once
/// The report of `plan` and of `train --dry-run`.

#include "host/cli/flags/train_options.h"
#include "host/training/memory_plan.h"

#include <optional>
#include <ostream>

namespace warp2vec::cli {

struct PlanInput {
  CorpusSize size;
  std::int64_t positives = 0;              ///< contexts of one centre
  std::optional<double> mean_path_length;  ///< of the Huffman tree, if the counts are known
};

/// The input of the plan for `vocabulary` under these settings.
PlanInput plan_input(const Vocabulary& vocabulary, const Config& config);

void write_plan(std::ostream& out, const PlanInput& input, const TrainOptions& options);

}  // namespace warp2vec::cli
