#pragma once
/// What a run on a device that failed leaves behind.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>
#include <warp2vec/vocabulary.h>

#include "train_options.h"

#include <string>

namespace warp2vec::cli {

/// Saves the vectors of the last checkpoint, if there was one, as OUTPUT.partial. Returns what happened, for
/// the user.
std::string save_last_checkpoint(const TrainingFailed& failure, const Vocabulary& vocabulary,
                                 const Matrix& vectors, const TrainOptions& options);

}  // namespace warp2vec::cli
