#pragma once
/// The parameters of a run on their way to the backend and back.

#include <warp2vec/trainer.h>

#include <chrono>
#include <cstdint>

namespace warp2vec {

/// Times each transfer, and knows what the embeddings would hold if the device were lost.
class ParameterSync {
 public:
  using Clock = std::chrono::steady_clock;

  /// The references outlive this; transfers are timed into `summary`.
  ParameterSync(const TrainingData& data, Backend& backend, Embeddings& embeddings, TrainingSummary& summary,
                const CheckpointIntervals& intervals);

  void upload();
  /// It is time for a checkpoint: within an epoch, or at its end.
  bool checkpoint_due() const { return Clock::now() - last_ >= intervals_.longest; }
  bool checkpoint_due_at_epoch_end() const { return Clock::now() - last_ >= intervals_.epoch_end; }
  /// Copies the parameters as they are after summary.tokens. Throws Error if they show that
  /// training diverged.
  void checkpoint();
  /// As checkpoint(), for the last time.
  void download();

  /// Trained tokens that the embeddings hold.
  std::int64_t tokens() const { return tokens_; }

 private:
  void take_over();

  const TrainingData& data_;
  Backend& backend_;
  Embeddings& embeddings_;
  TrainingSummary& summary_;
  CheckpointIntervals intervals_;
  Clock::time_point last_ = Clock::now();
  std::int64_t tokens_ = 0;
};

}  // namespace warp2vec
