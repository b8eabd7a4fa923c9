#include "host/cli/run/trained_files.h"

#include <warp2vec/error.h>
#include <warp2vec/model.h>

namespace warp2vec::cli {

TrainedFiles trained_files(const TrainOptions& options, const std::string& suffix) {
  return {options.output + suffix, options.save_model.empty() ? "" : options.save_model + suffix};
}

void save_trained(const TrainingData& data, const Embeddings& embeddings, VectorFormat format,
                  const TrainedFiles& files) {
  save_vectors(data.vocabulary, embeddings.input, files.vectors, format);
  if (files.model.empty()) return;
  try {
    save_model(data, embeddings, files.model);
  } catch (const Error& error) {
    throw Error(std::string(error.what()) + "; the vectors are in " + files.vectors);
  }
}

std::string place_of(const TrainedFiles& files) {
  return "in " + files.vectors + (files.model.empty() ? "" : ", the model is in " + files.model);
}

}  // namespace warp2vec::cli
