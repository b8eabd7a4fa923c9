#include "host/training/parameter_sync.h"

#include "host/training/divergence.h"

namespace warp2vec {
namespace {

// Runs `transfer` and adds its time to `seconds`.
template <class Transfer>
void timed(double& seconds, Transfer transfer) {
  const ParameterSync::Clock::time_point begin = ParameterSync::Clock::now();
  transfer();
  seconds += std::chrono::duration<double>(ParameterSync::Clock::now() - begin).count();
}

}  // namespace

ParameterSync::ParameterSync(const TrainingData& data, Backend& backend, Embeddings& embeddings,
                             TrainingSummary& summary, const CheckpointIntervals& intervals)
    : data_(data), backend_(backend), embeddings_(embeddings), summary_(summary), intervals_(intervals) {}

void ParameterSync::upload() {
  timed(summary_.upload_seconds, [&] { backend_.upload(embeddings_); });
  last_ = Clock::now();
}

void ParameterSync::checkpoint() {
  timed(summary_.download_seconds, [&] { backend_.checkpoint(embeddings_); });
  mark_synced();
}

void ParameterSync::download() {
  timed(summary_.download_seconds, [&] { backend_.download(embeddings_); });
  mark_synced();
}

void ParameterSync::mark_synced() {
  require_sound(embeddings_, data_);
  tokens_ = summary_.tokens;
  last_ = Clock::now();
}

}  // namespace warp2vec
