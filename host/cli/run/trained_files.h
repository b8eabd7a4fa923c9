#pragma once
/// The files that a training run writes.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/flags/train_options.h"

#include <string>

namespace warp2vec::cli {

/// Suffix of the files of an unfinished run.
inline constexpr const char* kPartial = ".partial";

struct TrainedFiles {
  std::string vectors;
  std::string model;  ///< "" if not requested
};

/// --output and --save-model with `suffix` appended.
TrainedFiles trained_files(const TrainOptions& options, const std::string& suffix);

/// Writes the vectors, then the model. Throws Error if one of them cannot be written, which says so if the
/// vectors were.
void save_trained(const TrainingData& data, const Embeddings& embeddings, VectorFormat format,
                  const TrainedFiles& files);

/// "in FILE" or "in FILE, the model is in FILE".
std::string place_of(const TrainedFiles& files);

/// After a device failure, saves the vectors of the last checkpoint, if any, as OUTPUT.partial, and likewise
/// the model if requested. Returns a message for the user.
std::string save_last_checkpoint(const TrainingFailed& failure, const TrainingData& data,
                                 const Embeddings& embeddings, const TrainOptions& options);

}  // namespace warp2vec::cli
