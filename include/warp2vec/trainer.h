#pragma once
/// Training: the epochs and batches of a run, and the seam behind which a CPU or a GPU does the work.

#include <warp2vec/config.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/kept_tokens.h>
#include <warp2vec/numerics.h>
#include <warp2vec/samplers.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace warp2vec {

/// Everything that stays constant during a run. The references outlive the backend.
struct TrainingData {
  const Config& config;
  const Vocabulary& vocabulary;
  const TokenStream& tokens;
  std::vector<std::uint32_t> keep_thresholds;  ///< one per word, see kept()
  AliasTable negatives;                        ///< if config.loss.negative_sampling
  HuffmanTree tree;                            ///< if config.loss.hierarchical_softmax

  /// Throws Error for a vocabulary of fewer than two words and for settings out of range.
  TrainingData(const Config& config, const Vocabulary& vocabulary, const TokenStream& tokens);

  LearningRateSchedule schedule() const;
  /// Learning rate of the token at `position` of an epoch.
  float lr_at(std::uint32_t epoch, std::int64_t position) const { return schedule().at(epoch, position); }
};

/// Consecutive kept tokens [first, last) of one epoch, to be trained as centres; whole tiles except at the
/// epoch's end.
struct Batch {
  const KeptTokens* epoch = nullptr;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// What a backend has trained since it was last asked.
struct Trained {
  double loss = 0;         ///< summed over pairs: -log of what each objective maximises, nats
  std::int64_t pairs = 0;  ///< (context, centre) pairs
};

/// Executes batches on some device. Calls come from one thread.
class Backend {
 public:
  virtual ~Backend() = default;
  /// Centres per batch that suit the device; a multiple of config.tile_centres.
  virtual std::int64_t batch_size() const = 0;
  /// Takes the parameters over until download(); a CPU backend trains them in place.
  virtual void upload(Embeddings& embeddings) = 0;
  /// Trains the batch; may return before it is done. `batch.epoch` stays alive until the next drain().
  virtual void train(const Batch& batch) = 0;
  /// Waits for all batches and returns what they came to.
  virtual Trained drain() = 0;
  /// Waits for all batches and puts the parameters back.
  virtual void download(Embeddings& embeddings) = 0;
};

/// Plain loops on one thread, in the order of the corpus: the executable definition of every objective.
std::unique_ptr<Backend> make_reference_backend(const TrainingData& data);
/// Vectorised, on config.threads threads.
std::unique_ptr<Backend> make_cpu_backend(const TrainingData& data);

/// The state of a run, as told to its observer.
struct Progress {
  std::int32_t epoch = 0;         ///< 0-based
  std::int64_t tokens_done = 0;   ///< of all epochs
  std::int64_t tokens_total = 0;  ///< of all epochs
  std::int64_t pairs_done = 0;
  double loss = 0;  ///< mean per pair since the last report, nats
  double lr = 0;
  double seconds = 0;           ///< since training began
  double words_per_second = 0;  ///< tokens (before subsampling) since training began
  bool epoch_end = false;       ///< the last report of its epoch
};

/// Called between batches, at most about five times a second and at each epoch's end; false stops the run
/// after the batches in flight.
using Observer = std::function<bool(const Progress&)>;

struct TrainingSummary {
  std::vector<double> epoch_loss;  ///< mean per pair, one per finished epoch
  std::int64_t tokens = 0;         ///< trained tokens of all epochs, before subsampling
  std::int64_t kept_tokens = 0;    ///< of them kept by subsampling: the number of centres
  std::int64_t pairs = 0;
  double seconds = 0;
  bool interrupted = false;  ///< the observer stopped it
};

/// Trains `embeddings` in place. Throws Error if the loss is not finite (training diverged); the embeddings
/// are then not to be saved.
TrainingSummary train(const TrainingData& data, Backend& backend, Embeddings& embeddings,
                      const Observer& observer = {});

}  // namespace warp2vec
