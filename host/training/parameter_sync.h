#pragma once
/// Moves the parameters of a run to the backend and back.

#include <warp2vec/trainer.h>

#include <chrono>
#include <cstdint>

namespace warp2vec {

/// Times the transfers, and knows which tokens the host's embeddings include if the device fails.
class ParameterSync {
 public:
  using Clock = std::chrono::steady_clock;

  /// The referenced objects must outlive this; times are added to `summary`.
  ParameterSync(const TrainingData& data, Backend& backend, Embeddings& embeddings, TrainingSummary& summary,
                const CheckpointIntervals& intervals);

  void upload();
  /// Whether a checkpoint is due, within an epoch or at its end.
  bool checkpoint_due() const { return Clock::now() - last_ >= intervals_.longest; }
  bool checkpoint_due_at_epoch_end() const { return Clock::now() - last_ >= intervals_.epoch_end; }
  /// Copies the parameters, which include summary.tokens tokens. Throws Error if they show that training
  /// diverged.
  void checkpoint();
  /// The final checkpoint().
  void download();

  /// Trained tokens that the host's embeddings include.
  std::int64_t tokens() const { return tokens_; }

 private:
  void mark_synced();

  const TrainingData& data_;
  Backend& backend_;
  Embeddings& embeddings_;
  TrainingSummary& summary_;
  CheckpointIntervals intervals_;
  Clock::time_point last_ = Clock::now();
  std::int64_t tokens_ = 0;
};

}  // namespace warp2vec
