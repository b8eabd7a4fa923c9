#pragma once
/// Builds the Model of a run.

#include <warp2vec/trainer.h>

#include "kernels/training/model.h"

namespace warp2vec {

/// The sizes and settings of the run; the views have no memory yet. `tile_centres`: see Model; 0 = all that
/// share negatives.
Model model_of(const TrainingData& data, std::int32_t tile_centres = 0);

}  // namespace warp2vec
