#pragma once
/// Detects training that diverged, whose vectors are worthless.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <string>

namespace warp2vec {

/// Throws Error once the loss shows that training diverged: it is not finite, or far above untrained_loss().
class LossWatch {
 public:
  /// Keeps its own state in `state`; both arguments must outlive it.
  LossWatch(const TrainingData& data, TrainingState& state);

  double untrained() const { return untrained_; }

  /// Adds what was trained since the last call, which ended in `epoch`. `end`: this is the end of the run.
  void add(const Trained& trained, std::int32_t epoch, bool end);

 private:
  const Config& config_;
  double untrained_;
  Trained& unjudged_;
  bool& judged_;  // whether any part of the run was judged
};

/// Suggests settings for smaller updates: "try --sharing pair or a lower --lr". Updates are too large because
/// of the learning rate, or because many are computed from the same values.
std::string smaller_updates(const Config& config);

/// Throws Error if a row of any matrix has a value that is not finite, or a length that only divergence
/// produces. The loss shows a bad value only when its row is used again.
void require_sound(const Embeddings& embeddings, const TrainingData& data);

}  // namespace warp2vec
