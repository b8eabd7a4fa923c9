#include "host/training/parameter_sync.h"

#include "host/training/divergence.h"

namespace warp2vec {
namespace {

// Runs `work` and adds its time to `seconds`.
template <class Work>
void timed(double& seconds, Work work) {
  const ParameterSync::Clock::time_point begin = ParameterSync::Clock::now();
  work();
  seconds += std::chrono::duration<double>(ParameterSync::Clock::now() - begin).count();
}

}  // namespace

ParameterSync::ParameterSync(const TrainingData& data, Backend& backend, Embeddings& embeddings,
                             TrainingState& state, const Checkpoints& checkpoints, bool keeps)
    : data_(data),
      backend_(backend),
      embeddings_(embeddings),
      state_(state),
      checkpoints_(checkpoints),
      keeps_(keeps),
      held_(state) {}

void ParameterSync::upload() {
  timed(state_.summary.upload_seconds, [&] { backend_.upload(embeddings_); });
  last_ = Clock::now();
}

void ParameterSync::checkpoint() {
  timed(state_.summary.download_seconds, [&] { backend_.checkpoint(embeddings_); });
  mark_synced();
}

void ParameterSync::checkpoint_for_sink() {
  timed(state_.summary.checkpoint_seconds, [&] {
    checkpoint();
    give_to_sink();
  });
}

void ParameterSync::download() {
  if (!keeps_) return;
  timed(state_.summary.download_seconds, [&] { backend_.download(embeddings_); });
  mark_synced();
  if (checkpoints_.sink != nullptr) give_to_sink();
}

void ParameterSync::mark_synced() {
  require_sound(embeddings_, data_);
  held_ = state_;
  last_ = Clock::now();
}

void ParameterSync::give_to_sink() { checkpoints_.sink->take(embeddings_, state_); }

}  // namespace warp2vec
