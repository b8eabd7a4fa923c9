#include "host/cpu/cpu_batch.h"

#include "host/sampling/simd_draws.h"

#include <algorithm>

namespace warp2vec {
namespace {

// The draws of windows, for mostly increasing positions: fetched for kRun positions at a time.
class WindowDraws {
 public:
  explicit WindowDraws(const Draws& draws) : draws_(draws) {}

  std::uint32_t at(std::int64_t position) {
    if (position < begin_ || position >= begin_ + kRun) {
      begin_ = position / 4 * 4;
      simd::draw_indices(draws_, Stream::window, static_cast<std::uint64_t>(begin_) / 4, kRun / 4, u32_);
    }
    return u32_[position - begin_];
  }

 private:
  static constexpr std::int64_t kRun = 256;

  Draws draws_;
  std::int64_t begin_ = -kRun;
  std::uint32_t u32_[simd::room_for_blocks(kRun / 4)];
};

}  // namespace

void CpuBatch::read(const Batch& batch) {
  const Config& config = data_.config;
  draws_ = batch.epoch->draws();
  batch.epoch->read(batch.first - config.window, batch.last + config.window, span_);
  begin_ = batch.first - span_.first;
  end_ = batch.last - span_.first;
  pairs_ = 0;
  windows_.clear();
  WindowDraws window_draws(draws_);
  for (std::int64_t i = begin_; i < end_; ++i) {
    const std::int32_t width =
        config.shrink_window ? shrunk_window(window_draws.at(position(i)), config.window) : config.window;
    windows_.push_back(span_.around(i, width));
    const std::int32_t contexts = windows_.back().size() - 1;
    pairs_ += config.model == Architecture::cbow ? std::min(contexts, 1) : contexts;
  }
}

// A later centre's wider window may begin earlier.
KeptRange CpuBatch::reach(std::int64_t begin, std::int64_t end) const {
  KeptRange reach = window(begin);
  for (std::int64_t t = begin; t < end; ++t) {
    reach.begin = std::min(reach.begin, window(t).begin);
    reach.end = std::max(reach.end, window(t).end);
  }
  return reach;
}

}  // namespace warp2vec
