#include "host/io/file_kind.h"

#include "host/bytes/npy_header.h"
#include "host/bytes/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <system_error>

namespace warp2vec {
namespace {

// The first line of word2vec files; zeros if it is another.
struct Counts {
  std::int64_t rows = 0;
  std::int64_t dim = 0;
  std::size_t size = 0;  // of the line
};

Counts read_counts(std::string_view text) {
  Counts counts;
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {};
  const char* const stop = text.data() + end;
  const auto [space, error] = std::from_chars(text.data(), stop, counts.rows);
  if (error != std::errc() || space == stop || *space != ' ') return {};
  const auto [last, dim_error] = std::from_chars(space + 1, stop, counts.dim);
  if (dim_error != std::errc() || (last != stop && *last != '\r' && *last != ' ')) return {};
  if (counts.rows < 1 || counts.dim < 1 || counts.dim > std::numeric_limits<std::int32_t>::max()) return {};
  counts.size = end + 1;
  return counts;
}

bool is_number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return !text.empty() && stop == end && error == std::errc() && std::isfinite(value);
}

// Whether these are the lines of a table of real numbers, as many in each (`dim` unless that is 0), after a
// word or not. Most of them must have a point or an exponent: lines of whole numbers may be text.
bool is_table(std::string_view text, char separator, bool with_words, std::int64_t dim) {
  std::int64_t numbers = 0;
  std::int64_t reals = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const bool is_whole = end != std::string_view::npos;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(is_whole ? end + 1 : text.size());
    // The beginning may end inside a number.
    line = is_whole ? line.substr(0, line.find_last_not_of(" \r") + 1)
                    : line.substr(0, std::min(line.rfind(separator), line.size()));
    if (with_words) {
      const std::size_t word = line.find(separator);
      if (word == 0 || (word == std::string_view::npos && is_whole)) return false;
      line.remove_prefix(std::min(word, line.size() - 1) + 1);
    }
    std::int64_t in_line = 0;
    while (!line.empty()) {
      const std::string_view field = line.substr(0, line.find(separator));
      if (!is_number(field)) return false;
      ++in_line;
      if (field.find_first_of(".eE") != std::string_view::npos) ++reals;
      line.remove_prefix(std::min(field.size() + 1, line.size()));
    }
    numbers += in_line;
    if (is_whole && dim == 0) dim = in_line;
    if (is_whole && in_line != dim) return false;
  }
  return numbers > 0 && 2 * reals >= numbers;
}

bool has_only_text(std::string_view bytes) {
  const auto is_control = [](char c) {
    return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r';
  };
  if (std::any_of(bytes.begin(), bytes.end(), is_control)) return false;
  // The last character may be cut.
  for (std::size_t cut = 0; cut < 4 && cut <= bytes.size(); ++cut)
    if (is_valid_utf8(bytes.substr(0, bytes.size() - cut))) return true;
  return false;
}

// Letters, taken for floats, are large numbers.
bool are_values(std::string_view bytes) {
  constexpr float kMost = 1e6F;
  for (std::size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    if (!(std::abs(value) <= kMost)) return false;
  }
  return true;
}

// Rows of a word, a space and `dim` floats.
bool are_binary_rows(std::string_view rows, std::int64_t dim) {
  if (has_only_text(rows)) return false;
  const std::size_t value_bytes = static_cast<std::size_t>(dim) * sizeof(float);
  while (!rows.empty()) {
    if (rows.starts_with('\n')) rows.remove_prefix(1);
    const std::size_t space = rows.find(' ');
    const std::string_view word = rows.substr(0, space);
    if (word.find('\n') != std::string_view::npos || (word.empty() && !rows.empty())) return false;
    if (space == std::string_view::npos) return true;
    rows.remove_prefix(space + 1);
    const std::string_view values = rows.substr(0, value_bytes);
    if (!are_values(values)) return false;
    rows.remove_prefix(values.size());
  }
  return true;
}

bool is_vectors(std::string_view bytes) {
  if (is_npy(bytes)) return true;
  const Counts counts = read_counts(bytes);
  if (counts.dim > 0) {
    const std::string_view rows = bytes.substr(counts.size);
    return is_table(rows, ' ', true, counts.dim) || (!rows.empty() && are_binary_rows(rows, counts.dim));
  }
  return is_table(bytes, ' ', true, 0) || is_table(bytes, '\t', false, 0);
}

bool is_metrics(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  const auto has = [line](std::string_view text) { return line.find(text) != std::string_view::npos; };
  return line.starts_with("{\"") && ((has("\"type\":\"progress\"") && has("\"tokens_done\":")) ||
                                     (has("\"type\":\"resumed\"") && has("\"tokens_done\":")) ||
                                     (has("\"type\":\"checkpoint\"") && has("\"write_seconds\":")) ||
                                     (has("\"type\":\"summary\"") && has("\"words_per_second\":")));
}

}  // namespace

bool is_json_lines(std::string_view beginning) {
  if (beginning.starts_with("\xEF\xBB\xBF")) beginning.remove_prefix(3);
  const auto skip_blanks = [](std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r"), text.size()));
  };
  // {"key": ... }
  const auto is_object = [&](std::string_view line, bool is_whole) {
    if (!line.starts_with('{')) return false;
    line.remove_prefix(1);
    skip_blanks(line);
    if (!line.starts_with('"')) return false;
    line.remove_prefix(std::min(line.find('"', 1), line.size() - 1) + 1);
    skip_blanks(line);
    const std::size_t last = line.find_last_not_of(" \t\r");
    return line.starts_with(':') && (!is_whole || line[last] == '}');
  };
  constexpr int kLines = 2;
  int seen = 0;
  for (; seen < kLines && !beginning.empty(); ++seen) {
    const std::size_t end = beginning.find('\n');
    const bool is_whole = end != std::string_view::npos;
    if (!is_object(beginning.substr(0, end), is_whole)) return false;
    beginning.remove_prefix(is_whole ? end + 1 : beginning.size());
  }
  return seen > 0;
}

bool is_array_of_integers(std::string_view beginning) {
  if (!is_npy(beginning)) return false;
  const std::string_view header = beginning.substr(0, beginning.find('\n'));
  constexpr std::array<std::string_view, 6> kTypes{"<i", ">i", "|i", "<u", ">u", "|u"};
  return std::any_of(kTypes.begin(), kTypes.end(),
                     [header](std::string_view type) { return header.find(type) != std::string_view::npos; });
}

std::string_view kind_of_product(std::string_view beginning) {
  if (is_array_of_integers(beginning)) return "";
  // The line ends behind these may have been converted.
  constexpr std::size_t kBeforeLineEnd = 4;
  const std::string_view magic = beginning.substr(0, kBeforeLineEnd);
  if (magic == kModelMagic.substr(0, kBeforeLineEnd)) return "a model";
  if (magic == kCheckpointMagic.substr(0, kBeforeLineEnd)) return "a checkpoint";
  if (magic == kCorpusMagic.substr(0, kBeforeLineEnd)) return "an encoded corpus";
  if (magic == kIndexMagic.substr(0, kBeforeLineEnd)) return "an index of vectors";
  if (is_vectors(beginning)) return "vectors";
  if (is_metrics(beginning)) return "metrics";
  constexpr std::size_t kFirstRecord = 64;  // of TFRecords of events
  if (beginning.substr(0, kFirstRecord).find("brain.Event:2") != std::string_view::npos)
    return "TensorBoard's events";
  return "";
}

}  // namespace warp2vec
