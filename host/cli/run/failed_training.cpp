#include "host/cli/run/failed_training.h"

#include <warp2vec/error.h>

#include "host/cli/run/trained_files.h"
#include "host/cli/terminal/text.h"

namespace warp2vec::cli {

std::string save_last_checkpoint(const TrainingFailed& failure, const TrainingData& data,
                                 const Embeddings& embeddings, const TrainOptions& options) {
  const std::string message = std::string("the GPU failed: ") + failure.what();
  if (failure.tokens() == 0) return message + "; nothing was saved, since it failed before a checkpoint";
  const TrainedFiles files = trained_files(options, kPartial);
  const std::string what = "the vectors after " + with_commas(failure.tokens()) + " words";
  try {
    save_trained(data, embeddings, options.format, files);
  } catch (const Error& error) {
    return message + "; and saving " + what + " failed: " + error.what();
  }
  return message + "; " + what + " are " + place_of(files);
}

}  // namespace warp2vec::cli
