#include "host/cpu/cbow_windows.h"

namespace warp2vec {

void CbowWindows::list(const CpuBatch& batch, const Config& config, std::int64_t begin, std::int64_t end,
                       Embeddings& embeddings) {
  const CbowRule rule = config.cbow_rule();
  const KeptRange reach = batch.reach(begin, end);
  const auto element = [&](std::int64_t i) { return static_cast<std::size_t>(i - reach.begin); };
  more_pairs_.assign(element(reach.end) + 1, 0.0F);
  own_pairs_.assign(element(reach.end), 0.0F);
  centres_.clear();
  windows_.clear();
  for (std::int64_t centre = begin; centre < end; ++centre) {
    const KeptRange window = batch.window(centre);
    const std::int32_t contexts = window.size() - 1;
    if (contexts == 0) continue;
    windows_.push_back({window.begin - reach.begin, window.end - reach.begin, centre - reach.begin,
                        rule.weight(contexts), rule.gradient_weight(contexts)});
    centres_.push_back(centre);
    const float pairs = rule.pairs(contexts);
    more_pairs_[element(window.begin)] += pairs;
    more_pairs_[element(window.end)] -= pairs;
    own_pairs_[element(centre)] = pairs;
  }
  const MatrixView<float> input = embeddings.input.view();
  contexts_.clear();
  float pairs = 0;
  for (std::int64_t i = reach.begin; i < reach.end; ++i) {
    pairs += more_pairs_[element(i)];
    const std::int64_t row = row_of(batch.word(i));
    contexts_.add(input.row(row), row, pairs - own_pairs_[element(i)]);
  }
}

void CbowWindows::prefetch(std::int64_t stride) const {
  simd::prefetch(contexts_.rows.data(), contexts_.size(), stride);
}

void CbowWindows::hidden(Matrix& sums, Matrix& h) const {
  simd::sum_windows(windows(), contexts_.rows.data(), h.stride(), sums.row(0), h.row(0));
}

void CbowWindows::update_contexts(const Matrix& h_updates, Matrix& sums) const {
  simd::add_windows(windows(), contexts_.rows.data(), contexts_.scales.data(), h_updates.stride(),
                    sums.row(0), h_updates.row(0));
}

}  // namespace warp2vec
