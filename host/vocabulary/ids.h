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

/// Decimal digits.
struct Digits {
  std::int64_t number;  ///< how many; at most kMaxIdDigits
  std::int64_t value;
};

/// Those with which a text begins.
inline Digits digits_of(std::string_view text) {
  Digits found{0, 0};
  for (const char c : text.substr(0, kMaxIdDigits)) {
    if (!is_digit(c)) break;
    found.value = found.value * 10 + (c - '0');
    ++found.number;
  }
  return found;
}

/// The id that `word` is in decimal; nothing if it has a sign, a zero in front, or is kMaxVocabulary or more.
inline std::optional<std::int32_t> parse_id(std::string_view word) {
  const Digits digits = digits_of(word);
  if (word.empty() || digits.number != std::ssize(word) || (word.front() == '0' && word.size() > 1))
    return {};
  if (digits.value >= kMaxVocabulary) return {};
  return static_cast<std::int32_t>(digits.value);
}

}  // namespace warp2vec
