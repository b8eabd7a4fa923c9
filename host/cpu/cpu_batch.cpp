#include "host/cpu/cpu_batch.h"

#include "host/sampling/simd_draws.h"

#include <algorithm>

namespace warp2vec {
namespace {

// The words that windows are drawn from, for positions that mostly rise: a run of positions at a time.
class WindowWords {
 public:
  explicit WindowWords(const Draws& draws) : draws_(draws) {}

  std::uint32_t at(std::int64_t position) {
    if (position < begin_ || position >= begin_ + kRun) {
      begin_ = position / 4 * 4;
      simd::draw_indices(draws_, Stream::window, static_cast<std::uint64_t>(begin_) / 4, kRun / 4, words_);
    }
    return words_[position - begin_];
  }

 private:
  static constexpr std::int64_t kRun = 256;

  Draws draws_;
  std::int64_t begin_ = -kRun;
  std::uint32_t words_[simd::room_for_blocks(kRun / 4)];
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
  WindowWords words(draws_);
  for (std::int64_t i = begin_; i < end_; ++i) {
    const std::int32_t width =
        config.shrink_window ? shrunk_window(words.at(position(i)), config.window) : config.window;
    windows_.push_back(span_.around(i, width));
    pairs_ += windows_.back().size() - 1;
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
