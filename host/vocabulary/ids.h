#pragma once
/// Ids: which integers are some, in text and in numbers.

#include <warp2vec/types.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace warp2vec {

/// Throws Error if it is out of range.
void require_num_ids(std::int64_t num_ids);

/// Which integers are ids.
struct IdRange {
  /// Those below `num_ids`, or if that is 0, among `tokens` tokens, so many that an array with an element for
  /// each stays small, or takes little beside the tokens.
  IdRange(std::int64_t num_ids, std::int64_t tokens)
      : limit(num_ids > 0 ? num_ids : std::clamp(tokens, kSmall, kMaxVocabulary / kSparse) * kSparse),
        given(num_ids > 0) {}

  /// "expected an id, 0 to 99", of a value that is none.
  std::string expected() const;
  /// The same with advice, of an id that is too high.
  std::string expected_lower() const;

  static constexpr std::int64_t kSparse = 8;
  static constexpr std::int64_t kSmall = (std::int64_t{1} << 24) / kSparse;

  std::int64_t limit;  ///< ids are below it; at most kMaxVocabulary
  bool given;          ///< by the user
};

/// Digits of the highest ids.
inline constexpr int kMaxIdDigits = 10;

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The id that `word` is in decimal; nothing if it has a sign, a zero in front, or is kMaxVocabulary or more.
inline std::optional<std::int32_t> parse_id(std::string_view word) {
  if (word.empty() || std::ssize(word) > kMaxIdDigits || (word.front() == '0' && word.size() > 1)) return {};
  std::int64_t id = 0;
  for (const char c : word) {
    if (!is_digit(c)) return {};
    id = id * 10 + (c - '0');
  }
  if (id >= kMaxVocabulary) return {};
  return static_cast<std::int32_t>(id);
}

}  // namespace warp2vec
