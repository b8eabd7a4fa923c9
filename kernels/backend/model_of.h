#pragma once
/// Builds the Model of a run.

#include <warp2vec/trainer.h>

#include "kernels/training/model.h"

namespace warp2vec {

/// The sizes and settings of the run; the views have no memory yet.
Model model_of(const TrainingData& data);

}  // namespace warp2vec
