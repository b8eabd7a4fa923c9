#include "host/vocabulary/id_counts.h"

#include "host/vocabulary/vocabulary_selection.h"

namespace warp2vec {

CorpusCounts IdCounts::select(std::int64_t min_count, std::int64_t max_vocab, std::int64_t num_ids) {
  counts_.resize(static_cast<std::size_t>(highest_) + 1);
  CorpusCounts counts;
  counts.types = std::ssize(order_);
  counts.num_ids = num_ids > 0 ? num_ids : highest_ + std::int64_t{1};
  counts.vocabulary = Vocabulary::of_ids(counts_, order_, min_count, max_vocab);
  if (counts.vocabulary.size() == 0)
    refuse_rare(min_count, counts.types, *std::max_element(counts_.begin(), counts_.end()));
  return counts;
}

}  // namespace warp2vec
