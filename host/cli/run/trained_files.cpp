#include "host/cli/run/trained_files.h"

#include <warp2vec/error.h>
#include <warp2vec/model.h>

#include "host/cli/terminal/text.h"

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

std::string save_last_checkpoint(const TrainingFailed& failure, const TrainingData& data,
                                 const Embeddings& embeddings, const TrainOptions& options) {
  const std::string message = std::string("the GPU failed: ") + failure.what();
  const std::int64_t tokens = failure.state().summary.tokens;
  if (tokens == 0) return message + "; nothing was saved, since it failed before a checkpoint";
  const TrainedFiles files = trained_files(options, kPartial);
  const std::string what = "the vectors after " + with_commas(tokens) + " words";
  try {
    save_trained(data, embeddings, options.format, files);
  } catch (const Error& error) {
    return message + "; and saving " + what + " failed: " + error.what();
  }
  return message + "; " + what + " are " + place_of(files);
}

}  // namespace warp2vec::cli
