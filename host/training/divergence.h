#pragma once
/// Signs that training went wrong, where its vectors would be worth nothing.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <string>

namespace warp2vec {

/// Throws Error once the loss shows that training diverged: it is not finite, or far above untrained_loss().
class LossWatch {
 public:
  /// Keeps what it remembers in `state`; both outlive it.
  LossWatch(const TrainingData& data, TrainingState& state);

  /// What was trained since the last call, up to somewhere in `epoch`. `end`: it was the last of the run.
  void add(const Trained& trained, std::int32_t epoch, bool end);

 private:
  const Config& config_;
  double untrained_;
  Trained& unjudged_;
  bool& judged_;  // some of the run was
};

/// What a user may change so that steps are smaller: "try --sharing pair or a lower --lr". What made them too
/// large is the learning rate, or how many are computed from the same values.
std::string smaller_steps(const Config& config);

/// Throws Error if a row of any matrix has a value that is not finite, or a length that only diverging steps
/// reach. The loss shows a bad value only when its row is used again.
void require_sound(const Embeddings& embeddings, const TrainingData& data);

}  // namespace warp2vec
