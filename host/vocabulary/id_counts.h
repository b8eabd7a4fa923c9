#pragma once
/// Counts of ids, in an array.

#include <warp2vec/corpus.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {

class IdCounts {
 public:
  /// `id` >= 0. Throws std::bad_alloc if there is no memory for all lower ids.
  void add(std::int32_t id) {
    const auto i = static_cast<std::size_t>(id);
    if (i >= counts_.size()) counts_.resize(std::max(i + 1, counts_.size() * 2));
    if (counts_[i]++ == 0) {
      order_.push_back(id);
      highest_ = std::max(highest_, id);
    }
  }

  /// `num_ids` as of IdInput. Throws Error naming `--min-count` if no id is frequent enough.
  CorpusCounts select(std::int64_t min_count, std::int64_t max_vocab, std::int64_t num_ids);

 private:
  std::vector<std::int64_t> counts_;
  std::vector<std::int32_t> order_;  // of first occurrences
  std::int32_t highest_ = -1;
};

}  // namespace warp2vec
