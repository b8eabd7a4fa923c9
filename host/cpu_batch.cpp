#include "cpu_batch.h"

namespace warp2vec {

void CpuBatch::read(const Batch& batch) {
  const Config& config = data_.config;
  draws_ = batch.epoch->draws();
  batch.epoch->read(batch.first - config.window, batch.last + config.window, span_);
  begin_ = batch.first - span_.first;
  end_ = batch.last - span_.first;
  pairs_ = 0;
  windows_.clear();
  for (std::int64_t i = begin_; i < end_; ++i) {
    windows_.push_back(
        span_.around(i, window_width(draws_, position(i), config.window, config.shrink_window)));
    pairs_ += windows_.back().size() - 1;
  }
}

}  // namespace warp2vec
