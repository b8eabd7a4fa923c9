#pragma once
/// One run of `train`, from text to saved vectors.

#include <warp2vec/corpus.h>

#include "metrics_file.h"
#include "progress.h"
#include "run_report.h"
#include "train_options.h"

#include <string>

namespace warp2vec::cli {

class TrainingRun {
 public:
  /// Opens what will be written: throws Error if an output cannot be. `options` and `display` outlive the
  /// run.
  TrainingRun(const TrainOptions& options, ProgressDisplay& display);

  /// Returns the exit status: 0, or 128 + signal if a signal stopped it. Throws Error if it failed. The
  /// metrics file gets its summary in every case.
  int run();

 private:
  int train_and_save();
  Vocabulary find_vocabulary(const Corpus& corpus);
  TokenStream encode_text(const Corpus& corpus, const Vocabulary& vocabulary);
  bool observe(const Progress& progress);
  int finish(const Vocabulary& vocabulary, const Embeddings& embeddings);
  void summarize(const std::string& state, const std::string& message);

  const TrainOptions& options_;
  ProgressDisplay& display_;
  MetricsFile metrics_;
  RunReport report_;
};

}  // namespace warp2vec::cli
