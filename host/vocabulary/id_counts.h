#pragma once
/// Counts of ids, in an array.

#include <warp2vec/corpus.h>
#include <warp2vec/ranks.h>

#include "host/io/large_pages.h"

#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

class IdCounts {
 public:
  /// `ids` >= 0. Throws std::bad_alloc if there is no memory for all lower ids.
  void add(std::span<const std::int32_t> ids);
  /// Collective: these become the counts of all ranks, whose ids follow each other in their order. Counts are
  /// below 2^53. Throws like add().
  void add_up(Ranks& ranks);

  /// `num_ids` as of IdInput. Throws Error naming `--min-count` if no id is frequent enough.
  CorpusCounts select(std::int64_t min_count, std::int64_t max_vocab, std::int64_t num_ids, int threads = 1);

 private:
  std::vector<std::int64_t, LargePages<std::int64_t>> counts_;
  std::vector<std::int32_t> order_;  // of first occurrences
  std::int64_t num_ids_ = 0;         // 1 more than the highest
};

}  // namespace warp2vec
