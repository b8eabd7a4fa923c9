#pragma once
/// Finds the vectors of the words of an evaluation file.

#include <warp2vec/keyed_vectors.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace warp2vec {

/// Matches words with the first `limit` words of a space. Unless case-sensitive, words that are
/// equal in upper case are the same, represented by the first and most frequent of them, as in gensim.
class WordMatcher {
 public:
  WordMatcher(const KeyedVectors& space, std::int64_t limit, bool case_sensitive);

  /// Row of the representative of `word`.
  std::optional<std::int64_t> find(std::string_view word) const;
  /// Row of the representative of the word of `row`, which is below the limit.
  std::int64_t representative(std::int64_t row) const {
    return representatives_[static_cast<std::size_t>(row)];
  }

 private:
  std::string form(std::string_view word) const;

  bool case_sensitive_;
  std::unordered_map<std::string, std::int64_t> rows_;  // by form
  std::vector<std::int64_t> representatives_;           // by row
};

}  // namespace warp2vec
