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

  /// The referenced objects must outlive this. Checkpoints are taken of the current `state`, which also
  /// accumulates the transfer times. `keeps`: as Distribution::keeps_parameters; if not, nothing is copied
  /// back.
  ParameterSync(const TrainingData& data, Backend& backend, Embeddings& embeddings, TrainingState& state,
                const Checkpoints& checkpoints, bool keeps = true);

  void upload();
  /// Whether the sink, if there is one, wants a checkpoint after `tokens` tokens, counted over all epochs.
  bool sink_due(std::int64_t tokens) const {
    return checkpoints_.sink != nullptr && checkpoints_.sink->due(tokens);
  }
  /// Whether a checkpoint against device failure is due, within an epoch or at its end.
  bool checkpoint_due() const { return keeps_ && Clock::now() - last_ >= checkpoints_.longest; }
  bool checkpoint_due_at_epoch_end() const {
    return keeps_ && Clock::now() - last_ >= checkpoints_.epoch_end;
  }
  /// Copies the parameters. Throws Error if they show that training diverged.
  void checkpoint();
  /// checkpoint(), followed by a copy for the sink.
  void checkpoint_for_sink();
  /// The final checkpoint(), followed by a copy for the sink, if there is one.
  void download();

  /// The state to which the embeddings correspond.
  const TrainingState& held() const { return held_; }

 private:
  void mark_synced();
  void give_to_sink();

  const TrainingData& data_;
  Backend& backend_;
  Embeddings& embeddings_;
  TrainingState& state_;
  const Checkpoints& checkpoints_;
  const bool keeps_;
  Clock::time_point last_ = Clock::now();
  TrainingState held_;
};

}  // namespace warp2vec
