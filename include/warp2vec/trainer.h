#pragma once
/// Training: the epochs and batches of a run, and the Backend interface to the CPU or GPU that executes them.

#include <warp2vec/config.h>
#include <warp2vec/detail/kept_tokens.h>
#include <warp2vec/detail/numerics.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/ranks.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {

/// The expected number of tokens that subsampling keeps in all epochs, if the text is what `vocabulary` was
/// counted on.
WARP2VEC_EXPORT double expected_kept_tokens(const Vocabulary& vocabulary, const Config& config);

/// Everything that is constant during a run. The referenced objects must outlive the backend.
struct WARP2VEC_EXPORT TrainingData {
  /// Sharing::automatic is resolved by choose_sharing() for a CPU; for a GPU, the caller resolves it first.
  const Config config;
  const Vocabulary& vocabulary;
  const TokenSource& tokens;
  std::vector<std::uint32_t> keep_thresholds;  ///< one per word, see kept()
  AliasTable negatives;                        ///< if config.loss.negative_sampling
  HuffmanTree tree;                            ///< if config.loss.hierarchical_softmax

  /// Throws Error for a vocabulary of fewer than two words, for settings out of range, and for no tokens.
  /// Tokens are checked while they are trained.
  TrainingData(const Config& config, const Vocabulary& vocabulary, const TokenSource& tokens);

  /// Which tokens of an epoch subsampling keeps, counted on thread_count(config) threads. Refers to *this.
  KeptTokens kept_tokens(std::uint32_t epoch) const;

  LearningRateSchedule schedule() const;
  /// Learning rate of the token at `position` of an epoch.
  float lr_at(std::uint32_t epoch, std::int64_t position) const { return schedule().at(epoch, position); }
};

/// Consecutive kept tokens [first, last) of one epoch, to be trained as centres: whole tiles, except at the
/// end of the epoch, and where the full softmax trains centre by centre.
struct Batch {
  const KeptTokens* epoch = nullptr;
  std::int64_t first = 0;
  std::int64_t last = 0;
  /// For Backend::train() to call now and then if it takes longer than some 0.05 s, on the caller's thread:
  /// once it returns true, a batch of which nothing is trained yet is left out. Throws nothing; may be null,
  /// and is gone when train() returns.
  const std::function<bool()>* stop = nullptr;
};

/// Thrown by Backend::train() for a batch that it has left out.
struct LeftOut {};

/// What a backend has trained since the last drain().
struct Trained {
  double loss = 0;         ///< sum over pairs of -log of what each objective maximises, nats
  std::int64_t pairs = 0;  ///< (context, centre) pairs; under CBOW predictions: centres that have a context
};

/// Mean loss per pair (under CBOW per prediction), in nats, when all scores are 0, as before any training: (1
/// + K) log 2 for negative sampling, log 2 for each node of a path for hierarchical softmax, log V for
/// softmax.
WARP2VEC_EXPORT double untrained_loss(const TrainingData& data);

/// Merges the parameters that a backend trains with those of the other ranks of the run, by agreement
/// (detail/agreement.h).
class WARP2VEC_EXPORT Merging {
 public:
  virtual ~Merging() = default;
  /// Collective, when no batch is in flight. Merges the first `rows` rows of each matrix, or all that it has,
  /// which are then equal on all ranks; or only those that have changed. Returns how many bytes this rank
  /// gives to be added up. May throw DeviceError, and Error as of Ranks.
  virtual std::int64_t merge(std::int64_t rows) = 0;
};

/// Trains batches on a device. All calls must come from one thread. Any call may throw DeviceError; after
/// that only the destructor may be called, and batches in flight are abandoned. The backends of this library
/// throw Error for embeddings, data or batches that are not those of the run, before they touch them; and
/// whatever the token source throws, on whichever thread, is thrown by the next call that waits.
class WARP2VEC_EXPORT Backend {
 public:
  virtual ~Backend() = default;
  /// Centres per batch that suit the device: whole tiles, unless the full softmax trains centre by centre.
  virtual std::int64_t batch_size() const = 0;
  /// Copies the parameters to the device until download(); a CPU backend trains `embeddings` in place.
  virtual void upload(Embeddings& embeddings) = 0;
  /// data.kept_tokens(epoch), after upload(); a device may count faster than the host. `data` is the
  /// backend's own.
  virtual KeptTokens kept_tokens(const TrainingData& data, std::uint32_t epoch) {
    return data.kept_tokens(epoch);
  }
  /// Trains the batch; may return before it is done. `batch.epoch` must stay alive until the next drain(), or
  /// until a call throws.
  virtual void train(const Batch& batch) = 0;
  /// Waits for all batches and returns what was trained since the last drain() or collect().
  virtual Trained drain() = 0;
  /// The same of the batches that are done, without waiting for others if the device can tell.
  virtual Trained collect() { return drain(); }
  /// Collective, after upload(embeddings) of values that are the same on all ranks. By default merges
  /// `embeddings`, for backends that train them in place. All of these objects must outlive the result.
  virtual std::unique_ptr<Merging> merging(Ranks& ranks, Embeddings& embeddings);
  /// Waits for all batches and copies the parameters to `embeddings`; training may continue. On DeviceError
  /// `embeddings` are unchanged.
  virtual void checkpoint(Embeddings& embeddings) = 0;
  /// Waits for all batches and moves the parameters to `embeddings`. On DeviceError `embeddings` are
  /// unchanged.
  virtual void download(Embeddings& embeddings) = 0;
};

/// Plain loops on one thread, in corpus order: the executable definition of every objective.
WARP2VEC_EXPORT std::unique_ptr<Backend> make_reference_backend(const TrainingData& data);
/// Vectorised, on config.threads threads.
WARP2VEC_EXPORT std::unique_ptr<Backend> make_cpu_backend(const TrainingData& data);

/// The state of a run, as reported to its observer.
struct Progress {
  std::int32_t epoch = 0;         ///< 0-based
  std::int64_t tokens_done = 0;   ///< of all epochs; those of batches in flight are included
  std::int64_t tokens_total = 0;  ///< of all epochs
  std::int64_t pairs_done = 0;
  double loss = 0;  ///< mean per pair (Trained::pairs) of those that were trained last, nats
  double lr = 0;
  double seconds = 0;                     ///< of training, including the runs before a resume
  double words_per_second = 0;            ///< tokens (before subsampling) in these
  bool epoch_end = false;                 ///< last report of its epoch
  std::vector<double> wait_seconds = {};  ///< as of TrainingSummary
  double merge_seconds = 0;               ///< the same
  std::int64_t merge_bytes = 0;           ///< the same
};

/// Called on the thread that called train(), between batches, about ten times a second, before each
/// checkpoint and at the end of each epoch. Returning false stops the run after the batches in flight, which
/// take less than 0.1 s, unless a single tile takes longer (full softmax of a large vocabulary). Whatever it
/// throws ends the run and is passed on unchanged.
using Observer = std::function<bool(const Progress&)>;

struct TrainingSummary {
  std::vector<double> epoch_loss;  ///< mean per pair, one per finished epoch
  std::int64_t tokens = 0;         ///< trained tokens of all epochs, before subsampling
  std::int64_t kept_tokens = 0;    ///< those that subsampling kept: the number of centres
  std::int64_t pairs = 0;
  double seconds = 0;  ///< of the whole run, including uploads and downloads
  // Of these seconds, since train() was called:
  double upload_seconds = 0;      ///< parameters to the device; about 0 on a CPU
  double download_seconds = 0;    ///< parameters from the device, including checkpoints; about 0 on a CPU
  double checkpoint_seconds = 0;  ///< that training paused for checkpoints that a sink took
  // Of a run that is divided among ranks:
  std::vector<double> wait_seconds;  ///< of each rank, for others to finish their share; else empty
  double merge_seconds = 0;          ///< of this rank, for merging parameters
  std::int64_t merge_bytes = 0;      ///< of parameters, that this rank gave to be merged
  bool interrupted = false;          ///< the observer stopped it
};

/// The position of a run between two batches. With the embeddings it is all that is needed to resume: the
/// next examples, their draws and learning rates follow from the position.
struct TrainingState {
  std::int32_t epoch = 0;      ///< 0-based; config.epochs once all is trained
  std::int64_t kept_done = 0;  ///< kept tokens of this epoch that are trained; whole tiles
  TrainingSummary summary;     ///< of the whole run so far
  Trained epoch_trained;       ///< of this epoch
  Trained unjudged;            ///< the most recent, too few yet to judge whether training diverges
  bool judged = false;         ///< whether any of the run was judged
};

/// The device failed. The embeddings are those of state(), and may be saved; what was trained after that is
/// lost.
class WARP2VEC_EXPORT TrainingFailed : public Error {
 public:
  TrainingFailed(const std::string& what, TrainingSummary summary, TrainingState state)
      : Error(what), summary_(std::move(summary)), state_(std::move(state)) {}

  /// The state that the embeddings are of: the last checkpoint, or the start of the run.
  const TrainingState& state() const { return state_; }
  /// The run at its last report, including the part that is lost.
  const TrainingSummary& summary() const { return summary_; }

 private:
  TrainingSummary summary_;
  TrainingState state_;
};

/// Receives the checkpoints of a run; CheckpointWriter (checkpoint.h) writes them to a file. Called on the
/// thread that called train().
class WARP2VEC_EXPORT CheckpointSink {
 public:
  virtual ~CheckpointSink() = default;
  /// Whether a checkpoint is due; called between batches. `tokens`: trained tokens of all epochs.
  virtual bool due(std::int64_t tokens) noexcept = 0;
  /// Takes a checkpoint, already checked for divergence. Training pauses until it returns; afterwards
  /// `embeddings` changes.
  virtual void take(const Embeddings& embeddings, const TrainingState& state) = 0;
};

/// How often checkpoints are taken, who gets them, and where a run resumes. At each checkpoint the parameters
/// are copied from the device to the host.
struct Checkpoints {
  // How long after the upload or the last checkpoint the next one is taken, whatever `sink` wants: a
  // trade-off between what a device failure can cost and the time to copy and check all vectors. Those of 3
  // million words with 300 dimensions are 7 GB, which would take longer than a short epoch.
  std::chrono::milliseconds epoch_end = std::chrono::seconds(30);  ///< at the end of an epoch but the last
  std::chrono::milliseconds longest = std::chrono::minutes(5);     ///< within an epoch

  /// Gets a checkpoint whenever one is due(), and the final state of a run that ends or is stopped. Must
  /// outlive the run; may be null.
  CheckpointSink* sink = nullptr;
  /// Where the run resumes; `embeddings` are those of this state.
  TrainingState start = {};
};

/// Trains `embeddings` in place. Throws TrainingFailed if the device fails. Throws Error, after which the
/// embeddings must not be saved, if training diverged (the loss is not finite or more than three times that
/// of untrained vectors, or a row of any matrix is not finite or longer than 1000), and if there was no pair
/// to train: no sentence has two words, or none after subsampling. The message says what to change. If
/// checkpoints.start is not the beginning, the summary covers the whole run from its beginning; throws Error
/// if it is not between two tiles of this text. Throws Error for embeddings, tokens or a backend that do not
/// fit the data. Exceptions of the observer, the sink and the token source are passed on unchanged; then,
/// too, the embeddings must not be saved, and no thread uses any of the arguments any more.
///
/// After a run that is divided among ranks the embeddings (see Distribution::keeps_parameters) and, but for
/// seconds, the summary are the same on all ranks; a rank whose observer returns false stops all of them;
/// checkpoints are given to the sinks of those ranks that have one.
WARP2VEC_EXPORT TrainingSummary train(const TrainingData& data, Backend& backend, Embeddings& embeddings,
                                      const Observer& observer = {}, const Checkpoints& checkpoints = {},
                                      const Distribution& distribution = {});

}  // namespace warp2vec
