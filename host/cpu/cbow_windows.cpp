#include "host/cpu/cbow_windows.h"

#include "host/cpu/simd/simd_kernels.h"

#include <algorithm>

namespace warp2vec {

void CbowWindows::list(const CpuBatch& batch, const Config& config, std::int64_t begin, std::int64_t end,
                       Embeddings& embeddings, Matrix& updates) {
  const CbowRule rule = config.cbow_rule();
  const KeptRange reach = batch.reach(begin, end);
  contexts_.clear();
  for (std::int64_t i = reach.begin; i < reach.end; ++i)
    contexts_.add(embeddings.input.row(row_of(batch.word(i))), row_of(batch.word(i)), 0);
  counts_.assign(static_cast<std::size_t>(reach.size()), 0);
  room_ = static_cast<std::size_t>(std::min<std::int64_t>(2 * std::int64_t{config.window}, end - begin));
  if (const std::size_t room = counts_.size() * room_; update_rows_.size() < room) {
    update_rows_.resize(room);
    update_weights_.resize(room);
  }
  centres_.clear();
  windows_.clear();
  for (std::int64_t centre = begin; centre < end; ++centre) {
    const KeptRange window = batch.window(centre);
    const std::int32_t contexts = window.size() - 1;
    if (contexts == 0) continue;
    const float* const update = updates.row(size());
    const float weight = rule.gradient_weight(contexts);
    const float pairs = rule.pairs(contexts);
    const auto add = [&](std::int64_t first, std::int64_t last) {
      for (auto c = static_cast<std::size_t>(first - reach.begin);
           c < static_cast<std::size_t>(last - reach.begin); ++c) {
        const std::size_t at = c * room_ + counts_[c]++;
        update_rows_[at] = update;
        update_weights_[at] = weight;
        contexts_.add_pairs(c, pairs);
      }
    };
    add(window.begin, centre);
    add(centre + 1, window.end);
    windows_.push_back(
        {window.begin - reach.begin, window.size(), centre - window.begin, rule.weight(contexts)});
    centres_.push_back(centre);
  }
}

void CbowWindows::prefetch(std::int64_t stride) const {
  simd::prefetch(contexts_.rows.data(), contexts_.size(), stride);
}

void CbowWindows::hidden(Matrix& h) const {
  for (std::size_t w = 0; w < windows_.size(); ++w) {
    const Window& window = windows_[w];
    simd::sum_rows_but_one(window.size, contexts_.rows.data() + window.begin, window.centre, window.weight,
                           h.stride(), h.row(static_cast<std::int64_t>(w)));
  }
}

void CbowWindows::update_contexts(std::int64_t stride) const {
  for (std::size_t c = 0; c < counts_.size(); ++c)
    if (counts_[c] > 0)
      simd::add_combination(contexts_.rows[c], contexts_.scales[c], nullptr, counts_[c],
                            update_weights_.data() + c * room_, update_rows_.data() + c * room_, stride);
}

}  // namespace warp2vec
