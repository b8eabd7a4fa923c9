#pragma once
/// What a finished run gives reason to doubt.

#include <warp2vec/trainer.h>

#include <string>
#include <vector>

namespace warp2vec::cli {

/// "warning: ..." for each: too few pairs for the vectors to have learned anything, and an epoch with a loss
/// above that of untrained vectors.
std::vector<std::string> training_warnings(const TrainingData& data, const TrainingSummary& summary);

}  // namespace warp2vec::cli
