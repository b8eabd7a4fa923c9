#pragma once
/// One run of `train`, from text to saved vectors.

#include <warp2vec/checkpoint.h>
#include <warp2vec/corpus.h>
#include <warp2vec/encoded_corpus.h>
#include <warp2vec/ranks.h>
#include <warp2vec/warm_start.h>

#include "host/cli/flags/device_choice.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/report/metrics_file.h"
#include "host/cli/report/progress.h"
#include "host/cli/report/run_report.h"
#include "host/cli/report/tensorboard_file.h"
#include "host/cli/run/graph_input.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// What a run goes on from: at most one of these.
struct EarlierRun {
  std::optional<Checkpoint> resumed;  ///< of --resume
  std::optional<InitialValues> init;  ///< of --init
};

class TrainingRun {
 public:
  /// Checks the outputs: throws Error if one cannot be written. `device` and `display` must outlive
  /// the run. Several GPUs of `device` are ranks, too. With --device auto, the CPU replaces a GPU that cannot
  /// train this configuration. If `earlier` has a checkpoint, `options` are its resumed_options(). `ranks`:
  /// among which the run is divided; null for none. Only the first of them writes outputs.
  TrainingRun(const TrainOptions& options, const DeviceChoice& device, ProgressDisplay& display,
              EarlierRun earlier = {}, Ranks* ranks = nullptr);

  /// Returns the exit status: 0, or 128 + signal if a signal stopped it. Throws Error if it failed. The
  /// metrics file gets its summary in all cases.
  int run();

 private:
  int train_and_save();
  void open_input();
  Vocabulary find_vocabulary();
  void require_resources(const Vocabulary& vocabulary);
  Embeddings first_embeddings(const Vocabulary& vocabulary);
  void require_resumed_text(const TextFingerprint& text);
  void require_same_words(const Vocabulary& vocabulary) const;
  const TokenSource& find_tokens(const Vocabulary& vocabulary);
  void encode_input(const Vocabulary& vocabulary);
  TextFingerprint fingerprint(const TokenSource& tokens) const;
  std::vector<std::unique_ptr<Backend>> make_backends(const TrainingData& data);
  std::vector<std::unique_ptr<Backend>> make_on_gpus(const TrainingData& data);
  TrainingSummary train_on(const std::vector<std::unique_ptr<Backend>>& backends, const TrainingData& data,
                           Embeddings& embeddings);
  bool observe(const Progress& progress);
  bool tell_checkpoints();
  std::string save_after(const TrainingFailed& failure, const TrainingData& data,
                         const Embeddings& embeddings);
  void require_same_settings_on_ranks();
  void require_same_data(const TrainingData& data, const Embeddings& embeddings);
  bool writes() const { return ranks_ == nullptr || ranks_->rank() == 0; }
  int finish(const TrainingData& data, const Embeddings& embeddings);
  int finish_interrupted(const TrainingData& data, const Embeddings& embeddings);
  void summarize(const std::string& state, const std::string& message);

  Ranks* ranks_;
  std::vector<NamedPath> outputs_;
  TrainOptions options_;  ///< with --num-ids once it is known; without outputs unless writes()
  const DeviceChoice& device_;
  ProgressDisplay& display_;
  MetricsFile metrics_;
  TensorboardFile tensorboard_;
  std::optional<Checkpoint> resumed_;
  std::optional<InitialValues> init_;
  // The text: one of these. Tokens are in scratch_ if that exists, or, unless the corpus is encoded, in
  // stream_.
  std::optional<Corpus> corpus_;
  std::optional<GraphInput> graph_;
  std::unique_ptr<EncodedCorpus> encoded_;
  std::unique_ptr<ScratchTokens> scratch_;
  TokenStream stream_;
  std::int64_t max_sentences_ = 0;  ///< of the text; 0 = unknown
  RunReport report_;
  const CudaBackend* gpu_ = nullptr;         ///< the backend, or the first, if the run is on GPUs
  CheckpointWriter* checkpoints_ = nullptr;  ///< during training, with --checkpoint
  std::int64_t saved_tokens_ = 0;            ///< trained tokens that the checkpoint file includes
  bool stopping_ = false;                    ///< and the user knows
};

}  // namespace warp2vec::cli
