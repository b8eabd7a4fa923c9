#pragma once
/// The words of a text that several ranks have counted, each in its share.

#include <warp2vec/ranks.h>

#include "host/vocabulary/spilled_counts.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace warp2vec {

/// All calls are collective.
class WordsOfRanks {
 public:
  /// The shares of the ranks follow each other in the text. The upper half of a word's first occurrence is
  /// the number of its chunk, of `chunks` in this rank's share. `ranks` must outlive this.
  WordsOfRanks(Ranks& ranks, std::int64_t chunks);

  using Visit = std::function<void(const WordCount&)>;

  /// Moves the words of `counted` to the ranks that their hashes say, and adds those of this rank, from all
  /// ranks, to `own`. First occurrences are then those in the whole text.
  void collect(SpilledCounts& counted, SpilledCounts& own);
  /// Calls visit() on every rank with all words that for_each() yields on any.
  void gather(const std::function<void(const Visit&)>& for_each, const Visit& visit);
  /// Replaces each by its sum over ranks, below 2^53.
  void add_up(std::initializer_list<std::int64_t*> values);
  /// The largest value of all ranks, below 2^53.
  std::int64_t most(std::int64_t value);

 private:
  bool exchange(const std::vector<std::string_view>& letters, bool is_last, const Visit& receive);
  std::vector<double> of_each(std::int64_t value);

  Ranks& ranks_;
  std::uint64_t chunks_before_ = 0;
};

}  // namespace warp2vec
