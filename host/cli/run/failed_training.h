#pragma once
/// What a run on a device that failed leaves behind.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cli/flags/train_options.h"

#include <string>

namespace warp2vec::cli {

/// Saves the vectors of the last checkpoint, if there was one, as OUTPUT.partial, and so the model, if one is
/// wanted. Returns what happened, for the user.
std::string save_last_checkpoint(const TrainingFailed& failure, const TrainingData& data,
                                 const Embeddings& embeddings, const TrainOptions& options);

}  // namespace warp2vec::cli
