#pragma once
/// Checkpoints: files that hold a training run, so that it can be resumed, by the same program or another.

#include <warp2vec/config.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/text_fingerprint.h>
#include <warp2vec/trainer.h>
#include <warp2vec/vocabulary.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace warp2vec {

/// The complete state of a run, and what it trains.
struct Checkpoint {
  Config config;  ///< as in TrainingData: `sharing` is never automatic; `threads` is 0
  Vocabulary vocabulary;
  Embeddings embeddings;
  TrainingState state;
  TextFingerprint text;
  std::vector<std::string> notes;  ///< free text of the program that saved it, without NUL bytes
};

/// Writes a checkpoint in the format of docs/checkpoint-format.md, atomically: a file of this name is
/// replaced as a whole. Throws Error naming the file.
WARP2VEC_EXPORT void save_checkpoint(const TrainingData& data, const Embeddings& embeddings,
                                     const TrainingState& state, const TextFingerprint& text,
                                     const std::vector<std::string>& notes, const std::string& path);

/// Reads what save_checkpoint() wrote, bit for bit, and as strictly as load_model(). Throws Error naming the
/// file, the section or offset, and what was expected.
WARP2VEC_EXPORT Checkpoint load_checkpoint(const std::string& path);

/// Whether the file is the checkpoint of an unfinished run. Reads and checks all of it; throws Error like
/// load_checkpoint().
WARP2VEC_EXPORT bool is_unfinished(const std::string& checkpoint);

/// Throws Error unless a run with the settings of `checkpoint` can be resumed with `wanted`: threads and
/// table type may differ, there may be more epochs, and Sharing::automatic means what was chosen. The message
/// names every other setting that differs, with both values.
WARP2VEC_EXPORT void require_same_settings(const Config& checkpoint, const Config& wanted);

/// Throws Error unless the texts are the same. The message names the first file that differs, and says how.
WARP2VEC_EXPORT void require_same_text(const TextFingerprint& checkpoint, const TextFingerprint& found);

/// Writes the checkpoints of a run to a file in the background: training pauses only while the parameters are
/// copied, for which their memory is needed once more. Each checkpoint replaces the previous one. A failed
/// write (a full disk) does not stop training: the file stays as it was, results() reports the failure, and
/// the next checkpoint is written when it is due.
class WARP2VEC_EXPORT CheckpointWriter final : public CheckpointSink {
 public:
  /// When a checkpoint is due after the previous one, or after the start: once either is reached.
  struct Interval {
    std::optional<std::chrono::milliseconds> time = std::chrono::minutes(10);
    std::optional<std::int64_t> tokens;  ///< trained tokens, before subsampling
  };
  /// The outcome of one checkpoint.
  struct Result {
    std::int64_t tokens = 0;  ///< trained tokens that it includes
    double seconds = 0;       ///< to write it
    std::string failure;      ///< empty if it was written
  };

  /// `data` must outlive the writer. Throws Error if there is no memory for a copy of `embeddings`, or they
  /// do not fit the data; take() does, too.
  CheckpointWriter(const TrainingData& data, const Embeddings& embeddings, TextFingerprint text,
                   std::vector<std::string> notes, std::string path, const Interval& interval);
  /// Waits for a file that is being written.
  ~CheckpointWriter() override;
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  /// Makes a checkpoint due immediately.
  void request() { requested_ = true; }
  /// Never while a file is being written.
  bool due(std::int64_t tokens) noexcept override;
  /// Copies the parameters and starts to write; first waits for a file that is being written.
  void take(const Embeddings& embeddings, const TrainingState& state) override;
  /// Waits for the file that is being written.
  void finish();
  /// The results since the last call, in order.
  std::vector<Result> results();

 private:
  void write();

  const TrainingData& data_;
  const TextFingerprint text_;
  const std::vector<std::string> notes_;
  const std::string path_;
  const Interval interval_;
  bool requested_ = false;
  std::chrono::steady_clock::time_point last_time_ = std::chrono::steady_clock::now();
  std::optional<std::int64_t> last_tokens_;  // none before the first due()
  // What is written:
  Embeddings embeddings_;
  TrainingState state_;
  std::jthread thread_;
  std::mutex mutex_;  // of what follows
  bool writing_ = false;
  std::vector<Result> results_;
};

/// What --checkpoint-every asks for: "90s", "10m" or "2h", a year at most, or a number of words. Throws Error
/// for anything else.
WARP2VEC_EXPORT CheckpointWriter::Interval parse_interval(const std::string& text);

}  // namespace warp2vec
