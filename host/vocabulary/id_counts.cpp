#include "host/vocabulary/id_counts.h"

#include "host/distributed/gather.h"
#include "host/distributed/values_of_ranks.h"
#include "host/vocabulary/vocabulary_selection.h"

#include <algorithm>
#include <cstddef>
#include <utility>

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

void IdCounts::add_up(Ranks& ranks) {
  const auto own_ids = static_cast<double>(num_ids_);
  const std::vector<double> all_ids = values_of_ranks(ranks, std::span(&own_ids, 1));
  num_ids_ = static_cast<std::int64_t>(*std::max_element(all_ids.begin(), all_ids.end()));
  counts_.resize(static_cast<std::size_t>(num_ids_));
  constexpr std::size_t kAtATime = std::size_t{1} << 20;
  std::vector<double> sums;
  for (std::size_t begin = 0; begin < counts_.size(); begin += kAtATime) {
    const std::span some = std::span(counts_).subspan(begin, std::min(kAtATime, counts_.size() - begin));
    sums.assign(some.begin(), some.end());
    ranks.sum(std::span(sums));
    std::transform(sums.begin(), sums.end(), some.begin(),
                   [](double sum) { return static_cast<std::int64_t>(sum); });
  }
  // Each rank in turn tells the others which ids occur in its share first.
  std::vector<std::int32_t> own = std::exchange(order_, {});
  std::vector<bool> seen(counts_.size());
  for (int rank = 0; rank < ranks.size(); ++rank) {
    std::erase_if(own, [&](std::int32_t id) { return seen[static_cast<std::size_t>(id)]; });
    const std::size_t before = order_.size();
    gather<std::int32_t>(ranks, rank == ranks.rank() ? own : std::span<const std::int32_t>(), order_);
    for (std::size_t i = before; i < order_.size(); ++i) seen[static_cast<std::size_t>(order_[i])] = true;
  }
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
