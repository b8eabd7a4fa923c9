#pragma once
/// Checkpoints: a training run as a file, from which the same program or another goes on.

#include <warp2vec/config.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/token_stream.h>
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

/// By what an encoded text is known again: a word of the vocabulary more or less, another order, and another
/// end of a sentence make another one. Names do not matter.
struct TextFingerprint {
  struct File {
    std::string name;            ///< for messages
    std::int64_t tokens = 0;     ///< all words
    std::int64_t ids = 0;        ///< those of the vocabulary
    std::int64_t sentences = 0;  ///< that have any of these
    std::uint32_t crc = 0;       ///< CRC-32 of the ids and of the sentences' ends
  };
  std::vector<File> files;  ///< at least one
};

/// Computed on up to `threads` threads, a file on one. A stream whose files are unknown counts as one.
WARP2VEC_EXPORT TextFingerprint fingerprint_of(const TokenStream& tokens, int threads);

/// All of a run at one moment, and what it is a run of.
struct Checkpoint {
  Config config;  ///< as TrainingData has it: `sharing` is what was chosen; `threads` is 0
  Vocabulary vocabulary;
  Embeddings embeddings;
  TrainingState state;
  TextFingerprint text;
  std::vector<std::string> notes;  ///< the program's own, as they were given; without NUL bytes
};

/// Writes a checkpoint atomically, as save_model does, in the format of docs/checkpoint-format.md; a file of
/// this name is replaced as a whole. Throws Error naming the file.
WARP2VEC_EXPORT void save_checkpoint(const TrainingData& data, const Embeddings& embeddings,
                                     const TrainingState& state, const TextFingerprint& text,
                                     const std::vector<std::string>& notes, const std::string& path);

/// Reads what save_checkpoint wrote, bit for bit, as strictly as load_model reads models. Throws Error naming
/// the file, the section or offset, and what was expected.
WARP2VEC_EXPORT Checkpoint load_checkpoint(const std::string& path);

/// Whether the file is a checkpoint of a run that has not come to its end. Reads and checks all of it; throws
/// Error as load_checkpoint does.
WARP2VEC_EXPORT bool is_unfinished(const std::string& checkpoint);

/// Throws Error unless a run with the settings of `checkpoint` may go on with `wanted`: number of threads and
/// table type may change, and epochs may become more; Sharing::automatic stands for what was chosen. The
/// message names each other setting that differs, with both values.
WARP2VEC_EXPORT void require_same_settings(const Config& checkpoint, const Config& wanted);

/// Throws Error unless the texts are the same. The message names the first file that differs, and says how.
WARP2VEC_EXPORT void require_same_text(const TextFingerprint& checkpoint, const TextFingerprint& found);

/// Writes checkpoints of a run to one file while training goes on: training stands still only while the
/// parameters are copied. Takes memory for them once more. Each file replaces the one before. A write that
/// fails (a full disk) stops nothing: the file stays what it was, results() tells, and the next checkpoint is
/// tried when it is due.
class WARP2VEC_EXPORT CheckpointWriter final : public CheckpointSink {
 public:
  /// When a checkpoint is due after the last, or after the beginning: once one of these is reached.
  struct Interval {
    std::optional<std::chrono::milliseconds> time = std::chrono::minutes(10);
    std::optional<std::int64_t> tokens;  ///< trained ones, before subsampling
  };
  /// What became of a checkpoint.
  struct Result {
    std::int64_t tokens = 0;  ///< trained before it
    double seconds = 0;       ///< that writing took
    std::string failure;      ///< "" if it is in the file
  };

  /// `data` outlives the writer. Throws Error if there is no memory for a copy of `embeddings`.
  CheckpointWriter(const TrainingData& data, const Embeddings& embeddings, TextFingerprint text,
                   std::vector<std::string> notes, std::string path, const Interval& interval);
  /// Waits for a file that is being written.
  ~CheckpointWriter() override;
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  /// Makes a checkpoint due now.
  void request() { requested_ = true; }
  /// Never while a file is being written.
  bool due(std::int64_t tokens) noexcept override;
  /// Copies, and begins to write; waits for a file that is being written.
  void take(const Embeddings& embeddings, const TrainingState& state) override;
  /// Waits for the file that is being written.
  void finish();
  /// Those since the last call, in order.
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

}  // namespace warp2vec
