#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

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

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  if (separator == ' ') return split_at_whitespace(line);
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t end = line.find(separator);
    fields.push_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

// The first separator that splits the line into two words and a number is used: a word may contain the others
// ("10,000 number 5.5", "ice cream<tab>dessert<tab>8").
std::optional<Pair> parse_pair(std::string_view line) {
  for (const char separator : {'\t', ';', ',', ' '}) {
    const std::vector<std::string_view> fields = split(line, separator);
    if (fields.size() != 3 || fields[0].empty() || fields[1].empty()) continue;
    const std::optional<double> score = parse_number(fields[2]);
    if (score) return Pair{std::string(fields[0]), std::string(fields[1]), *score};
  }
  return std::nullopt;
}

// A first line without any number is a header.
bool is_header(std::string_view line) {
  for (const char separator : {'\t', ';', ',', ' '})
    for (const std::string_view field : split(line, separator))
      if (parse_number(field)) return false;
  return true;
}

std::vector<Pair> read_pairs(const std::string& path) {
  std::vector<Pair> pairs;
  TextLines lines(path);
  bool first = true;
  for (std::string_view line; lines.next(line);) {
    if (line.starts_with('#') || split_at_whitespace(line).empty()) continue;
    std::optional<Pair> pair = parse_pair(line);
    if (pair)
      pairs.push_back(std::move(*pair));
    else if (!first || !is_header(line))
      lines.fail("two words and a number, separated by tab, comma, semicolon or spaces");
    first = false;
  }
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
