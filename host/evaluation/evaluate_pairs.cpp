#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "host/evaluation/fields.h"
#include "host/evaluation/spearman.h"
#include "host/evaluation/word_matcher.h"
#include "host/io/lines.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace warp2vec {
namespace {

struct Pair {
  std::string a, b;
  double score;
};

// Counted from 0.
constexpr std::size_t kScoreColumn = 2;

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Two words, in the first two columns, and the number in the third column or, in files with a column of the
// words' part of speech, in the fourth. Further columns are the scores of single judges and the like.
std::optional<Pair> parse_pair(std::string_view line, std::size_t column) {
  for (const char separator : kSeparators) {
    const std::vector<std::string> fields = split_fields(line, separator);
    if (fields.size() <= column || fields[0].empty() || fields[1].empty()) continue;
    // Between spaces, "ice cream dessert 8" may be two words or three.
    if (separator == ' ' && column != kScoreColumn) continue;
    const std::optional<double> score = parse_number(fields[column]);
    if (score) return Pair{fields[0], fields[1], *score};
  }
  return std::nullopt;
}

// Whether none of the first fields is a number. Later ones may be, as the names of judges' columns.
bool is_header(std::string_view line) {
  for (const char separator : kSeparators) {
    const std::vector<std::string> fields = split_fields(line, separator);
    for (std::size_t i = 0; i < fields.size() && i <= kScoreColumn; ++i)
      if (parse_number(fields[i])) return false;
  }
  return true;
}

std::vector<Pair> read_pairs(const std::string& path) {
  std::vector<Pair> pairs;
  TextLines lines(path);
  bool first = true;
  std::optional<std::size_t> column;  // of the score
  std::string header;                 // the first line if that is no pair
  const auto parse = [&column](std::string_view line) {
    std::optional<Pair> pair = parse_pair(line, column.value_or(kScoreColumn));
    if (!pair && !column && (pair = parse_pair(line, kScoreColumn + 1))) column = kScoreColumn + 1;
    return pair;
  };
  for (std::string_view line; lines.next(line);) {
    if (line.starts_with('#') || split_at_whitespace(line).empty()) continue;
    std::optional<Pair> pair = parse(line);
    if (first && (!pair || column) && is_header(line)) {
      header = line;
      column.reset();
    } else if (pair) {
      if (!column) column = kScoreColumn;
      pairs.push_back(std::move(*pair));
    } else {
      lines.fail(
          "two words and a number, separated by tab, comma, semicolon or spaces, possibly with the part of "
          "speech before the number");
    }
    first = false;
  }
  // What seemed to be a header may be the first pair of a file with parts of speech.
  if (column != kScoreColumn)
    if (std::optional<Pair> pair = parse(header)) pairs.insert(pairs.begin(), std::move(*pair));
  if (pairs.empty()) throw Error(path + ": expected lines of two words and a number, found none");
  return pairs;
}

}  // namespace

PairsResult evaluate_pairs(const KeyedVectors& space, const std::string& path,
                           const EvaluateOptions& options) {
  const std::vector<Pair> pairs = read_pairs(path);
  const WordMatcher matcher(space, space.size(), options.case_sensitive);
  std::vector<double> judged;
  std::vector<double> computed;
  for (const Pair& pair : pairs) {
    const std::optional<std::int64_t> a = matcher.find(pair.a);
    const std::optional<std::int64_t> b = matcher.find(pair.b);
    if (!a || !b) continue;
    judged.push_back(pair.score);
    computed.push_back(space.similarity(*a, *b));
  }
  return {path, spearman(judged, computed), static_cast<std::int64_t>(judged.size()),
          static_cast<std::int64_t>(pairs.size())};
}

}  // namespace warp2vec
