#include "failed_training.h"

#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "text.h"

namespace warp2vec::cli {

std::string save_last_checkpoint(const TrainingFailed& failure, const Vocabulary& vocabulary,
                                 const Matrix& vectors, const TrainOptions& options) {
  const std::string message = std::string("the GPU failed: ") + failure.what();
  if (failure.tokens() == 0) return message + "; nothing was saved, since it failed before a checkpoint";
  const std::string path = options.output + ".partial";
  const std::string what = "the vectors after " + with_commas(failure.tokens()) + " words";
  try {
    save_vectors(vocabulary, vectors, path, options.format);
  } catch (const Error& error) {
    return message + "; and " + what + " could not be saved: " + error.what();
  }
  return message + "; " + what + " are in " + path;
}

}  // namespace warp2vec::cli
