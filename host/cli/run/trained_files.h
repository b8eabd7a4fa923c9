#pragma once
/// The files that a training leaves.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/flags/train_options.h"

#include <string>

namespace warp2vec::cli {

/// Ends the names of what a training that did not come to its end has learned.
inline constexpr const char* kPartial = ".partial";

struct TrainedFiles {
  std::string vectors;
  std::string model;  ///< "" if none is wanted
};

/// --output and --save-model, with `suffix` after their names.
TrainedFiles trained_files(const TrainOptions& options, const std::string& suffix);

/// The vectors first. Throws Error if one of the files cannot be written; it says so if the vectors are
/// there.
void save_trained(const TrainingData& data, const Embeddings& embeddings, VectorFormat format,
                  const TrainedFiles& files);

/// "in FILE" or "in FILE, the model is in FILE".
std::string place_of(const TrainedFiles& files);

/// Saves the vectors of the last checkpoint before a device failed, if there was one, as OUTPUT.partial, and
/// so the model, if one is wanted. Returns what happened, for the user.
std::string save_last_checkpoint(const TrainingFailed& failure, const TrainingData& data,
                                 const Embeddings& embeddings, const TrainOptions& options);

}  // namespace warp2vec::cli
