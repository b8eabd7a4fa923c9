#pragma once
/// What a run tells before it trains, where the user may not expect it.

#include <warp2vec/trainer.h>
#include <warp2vec/warm_start.h>

#include "host/cli/flags/train_options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// How many sentences are expected to be split, having more than --max-sentence words after subsampling;
/// "" if none.
std::string split_note(const TrainingData& data);

/// What a run with --init starts with.
std::vector<std::string> start_notes(const WarmStart& start, const TrainOptions& options);

/// Why --sharing auto, for which `config` has what was chosen, trains pair by pair.
std::string pair_note(std::int64_t words, Config config, bool on_gpu);

}  // namespace warp2vec::cli
