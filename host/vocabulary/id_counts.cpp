#include "host/vocabulary/id_counts.h"

#include "host/vocabulary/vocabulary_selection.h"

#include <algorithm>
#include <cstddef>

namespace warp2vec {

void IdCounts::add(std::span<const std::int32_t> ids) {
  if (ids.empty()) return;
  num_ids_ = std::max(num_ids_, *std::max_element(ids.begin(), ids.end()) + std::int64_t{1});
  // By an eighth at least: the first ids of a long text are nearly as high as any.
  if (num_ids_ > std::ssize(counts_))
    counts_.resize(std::max(static_cast<std::size_t>(num_ids_), counts_.size() + counts_.size() / 8));
  // Without a branch on whether an id is new, which the processor would have to guess while it waits for the
  // count.
  std::size_t seen = order_.size();
  order_.resize(seen + ids.size());
  for (const std::int32_t id : ids) {
    order_[seen] = id;
    seen += counts_[static_cast<std::size_t>(id)]++ == 0 ? 1 : 0;
  }
  order_.resize(seen);
}

CorpusCounts IdCounts::select(std::int64_t min_count, std::int64_t max_vocab, std::int64_t num_ids,
                              int threads) {
  counts_.resize(static_cast<std::size_t>(num_ids_));
  CorpusCounts counts;
  counts.types = std::ssize(order_);
  counts.num_ids = num_ids > 0 ? num_ids : num_ids_;
  counts.vocabulary = Vocabulary::of_ids(counts_, order_, min_count, max_vocab, threads);
  if (counts.vocabulary.size() == 0)
    refuse_rare(min_count, counts.types, *std::max_element(counts_.begin(), counts_.end()));
  return counts;
}

}  // namespace warp2vec
