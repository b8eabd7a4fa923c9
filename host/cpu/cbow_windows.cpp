#include "host/cpu/cbow_windows.h"

#include "host/cpu/simd/simd_kernels.h"

namespace warp2vec {

void CbowWindows::list(const CpuBatch& batch, const Config& config, std::int64_t begin, std::int64_t end,
                       Embeddings& embeddings, Matrix& updates) {
  const KeptRange reach = batch.reach(begin, end);
  contexts_.clear();
  for (std::int64_t i = reach.begin; i < reach.end; ++i)
    contexts_.add(embeddings.input.row(row_of(batch.word(i))), row_of(batch.word(i)), 0);
  centres_.clear();
  window_rows_.clear();
  window_ends_.clear();
  weights_.clear();
  for (std::int64_t centre = begin; centre < end; ++centre) {
    const KeptRange window = batch.window(centre);
    if (window.size() == 1) continue;
    const auto first = contexts_.rows.begin() - reach.begin;
    window_rows_.insert(window_rows_.end(), first + window.begin, first + centre);
    window_rows_.insert(window_rows_.end(), first + centre + 1, first + window.end);
    window_ends_.push_back(static_cast<std::int64_t>(window_rows_.size()));
    weights_.push_back(config.cbow_weight(window.size() - 1));
    centres_.push_back(centre);
  }
  list_by_context(batch, config, reach, updates);
}

// Counting-sorts the windows by context.
void CbowWindows::list_by_context(const CpuBatch& batch, const Config& config, KeptRange reach,
                                  Matrix& updates) {
  const auto for_each_context = [&](std::int64_t centre, auto visit) {
    const KeptRange window = batch.window(centre);
    for (std::int64_t i = window.begin; i < window.end; ++i)
      if (i != centre) visit(static_cast<std::size_t>(i - reach.begin));
  };
  context_ends_.assign(static_cast<std::size_t>(reach.size()), 0);
  for (const std::int64_t centre : centres_) {
    const float pairs = config.cbow_pairs(batch.window(centre).size() - 1);
    for_each_context(centre, [&](std::size_t context) {
      ++context_ends_[context];
      contexts_.add_pairs(context, pairs);
    });
  }
  std::int64_t before = 0;
  for (std::int64_t& end : context_ends_) {
    const std::int64_t count = end;
    end = before;  // the begin, for now
    before += count;
  }
  update_rows_.resize(window_rows_.size());
  update_weights_.resize(window_rows_.size());
  for (std::size_t h = 0; h < centres_.size(); ++h) {
    const float* const row = updates.row(static_cast<std::int64_t>(h));
    const float weight = config.cbow_gradient_weight(batch.window(centres_[h]).size() - 1);
    for_each_context(centres_[h], [&](std::size_t context) {
      const auto at = static_cast<std::size_t>(context_ends_[context]++);
      update_rows_[at] = row;
      update_weights_[at] = weight;
    });
  }
}

void CbowWindows::prefetch(std::int64_t stride) const {
  simd::prefetch(contexts_.rows.data(), contexts_.size(), stride);
}

void CbowWindows::hidden(Matrix& h) const {
  std::int64_t first = 0;
  for (std::size_t w = 0; w < centres_.size(); ++w) {
    const std::int64_t end = window_ends_[w];
    simd::sum_rows(end - first, window_rows_.data() + first, weights_[w], h.stride(),
                   h.row(static_cast<std::int64_t>(w)));
    first = end;
  }
}

void CbowWindows::update_contexts(std::int64_t stride) const {
  std::int64_t first = 0;
  for (std::size_t c = 0; c < context_ends_.size(); ++c) {
    const std::int64_t end = context_ends_[c];
    if (end > first)
      simd::add_combination(contexts_.rows[c], contexts_.scales[c], nullptr, end - first,
                            update_weights_.data() + first, update_rows_.data() + first, stride);
    first = end;
  }
}

}  // namespace warp2vec
