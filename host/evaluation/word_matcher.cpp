#include "host/evaluation/word_matcher.h"

#include "host/bytes/utf8.h"

namespace warp2vec {

WordMatcher::WordMatcher(const KeyedVectors& space, std::int64_t limit, bool case_sensitive)
    : case_sensitive_(case_sensitive) {
  rows_.reserve(static_cast<std::size_t>(limit));
  representatives_.reserve(static_cast<std::size_t>(limit));
  for (std::int64_t row = 0; row < limit; ++row)
    representatives_.push_back(rows_.emplace(form(space.word(row)), row).first->second);
}

std::optional<std::int64_t> WordMatcher::find(std::string_view word) const {
  const auto found = rows_.find(form(word));
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

std::string WordMatcher::form(std::string_view word) const {
  return case_sensitive_ ? std::string(word) : upper_case(word);
}

}  // namespace warp2vec
