#pragma once
/// One run of `train`, from text to saved vectors.

#include <warp2vec/corpus.h>

#include "host/cli/flags/device_choice.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/run/metrics_file.h"
#include "host/cli/run/progress.h"
#include "host/cli/run/run_report.h"

#include <memory>
#include <string>

namespace warp2vec::cli {

class TrainingRun {
 public:
  /// Checks the outputs: throws Error if one cannot be written. `options`, `device` and `display` must
  /// outlive the run. With --device auto, the CPU replaces a GPU that cannot train this configuration.
  TrainingRun(const TrainOptions& options, const DeviceChoice& device, ProgressDisplay& display);

  /// Returns the exit status: 0, or 128 + signal if a signal stopped it. Throws Error if it failed. The
  /// metrics file gets its summary in all cases.
  int run();

 private:
  int train_and_save();
  Vocabulary find_vocabulary(const Corpus& corpus);
  TokenStream encode_text(const Corpus& corpus, const Vocabulary& vocabulary);
  std::unique_ptr<Backend> make_backend(const TrainingData& data);
  std::unique_ptr<Backend> make_on_gpu(const TrainingData& data);
  bool observe(const Progress& progress);
  int finish(const TrainingData& data, const Embeddings& embeddings);
  void summarize(const std::string& state, const std::string& message);

  const TrainOptions& options_;
  const DeviceChoice& device_;
  ProgressDisplay& display_;
  MetricsFile metrics_;
  RunReport report_;
  const CudaBackend* gpu_ = nullptr;  ///< the backend, if the run is on a GPU
};

}  // namespace warp2vec::cli
