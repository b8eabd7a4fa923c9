#include "host/bytes/utf8.h"
#include "host/files/vectors/vector_readers.h"
#include "host/io/lines.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <system_error>

namespace warp2vec {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view without_blanks_at_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The field at the beginning of `line`, without the blanks before it, is removed from it.
std::string_view take_field(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view field = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(field.size());
  return field;
}

std::int64_t count_fields(std::string_view line) {
  std::int64_t count = 0;
  char before = ' ';
  for (const char c : line) {
    count += is_blank(before) && !is_blank(c) ? 1 : 0;
    before = c;
  }
  return count;
}

// Whether a number out of double's range is so because it is small: the place of its first digit other than
// 0, moved by its exponent, is behind the point.
bool is_tiny(std::string_view text) {
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, e);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = std::min(digits.find_first_of("123456789"), digits.size());
  std::int64_t exponent = 0;
  if (e < text.size()) {
    std::string_view written = text.substr(e + 1);
    if (written.starts_with('+')) written.remove_prefix(1);
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), exponent);
    if (error == std::errc::result_out_of_range) return written.starts_with('-');
  }
  return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + exponent < 0;
}

// The number in `text`; infinite or NaN if it is too large for a float, 0 if it is too small, as strtof() has
// it, and nothing if it is not a number.
std::optional<float> parse_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  float value = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc{}) return value;
  double wide = 0;
  if (std::from_chars(text.data(), end, wide).ec == std::errc::result_out_of_range && !is_tiny(text))
    wide = std::numeric_limits<double>::infinity();
  return static_cast<float>(wide);
}

// Lines without a header that are looked at for the number of values, even if fewer are read.
constexpr std::int64_t kTellWidth = 1000;

struct Line {
  std::string_view text;  // without blanks at its end
  std::int64_t fields;
  std::int64_t number;
};

class TextTable final : public VectorTable {
 public:
  TextTable(const VectorSource& source, const std::vector<Line>& lines, std::int32_t dim)
      : VectorTable({}, dim), source_(source) {
    words_.reserve(lines.size());
    values_.reserve(lines.size());
    for (const Line& line : lines) add(line);
  }

  void copy(std::int64_t row, float* to) const override {
    const Line& values = values_[static_cast<std::size_t>(row)];
    std::string_view rest = values.text;
    for (std::int32_t i = 0; i < dim_; ++i) {
      const std::string_view field = take_field(rest);
      const auto complain = [&](const char* what) {
        fail(values.number, "value " + std::to_string(i + 1) + what + in_quotes(field));
      };
      const std::optional<float> value = parse_number(field);
      if (!value) complain(" is not a number: ");
      if (!std::isfinite(*value)) complain(" is not a finite float: ");
      to[i] = *value;
    }
  }

 private:
  [[noreturn]] void fail(std::int64_t line, const std::string& what) const {
    throw Error(source_.path + ": line " + std::to_string(line) + ": " + what);
  }
  [[noreturn]] void fail_count(const Line& line) const {
    fail(line.number,
         "found " + std::to_string(line.fields - 1) + " values, expected " + std::to_string(dim_));
  }

  void add(const Line& line) {
    if (line.fields <= dim_) fail_count(line);
    std::size_t values = line.text.size();  // where they begin
    if (line.fields == dim_ + 1) {
      values = line.text.find_first_of(kBlanks);
    } else {
      for (std::int32_t i = 0; i < dim_; ++i) {
        values = line.text.find_last_not_of(kBlanks, values - 1);
        values = line.text.find_last_of(kBlanks, values);
      }
    }
    const std::string_view word = without_blanks_at_end(line.text.substr(0, values));
    const std::string_view rest = line.text.substr(values);
    if (line.fields > dim_ + 1 && ends_like_values(word, rest)) fail_count(line);
    words_.push_back(word);
    values_.push_back({rest, line.fields, line.number});
  }

  // A line with too many values is no word with spaces: "catch 22 0.5" is one, "catch 0.2 0.5" and "catch 2
  // 5" are not.
  static bool ends_like_values(std::string_view word, std::string_view values) {
    constexpr std::string_view kReal = ".eE";
    const std::string_view last = word.substr(word.find_last_of(kBlanks) + 1);
    return parse_number(last) && (last.find_first_of(kReal) != std::string_view::npos ||
                                  values.find_first_of(kReal) == std::string_view::npos);
  }

  VectorSource source_;
  std::vector<Line> values_;  // fields: of the whole line
};

// The number of values of most lines; the smaller of two.
std::int64_t usual_dim(const std::vector<Line>& lines) {
  std::map<std::int64_t, std::int64_t> lines_with;
  for (const Line& line : lines) ++lines_with[line.fields - 1];
  return std::max_element(lines_with.begin(), lines_with.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

}  // namespace

std::unique_ptr<VectorTable> text_table(const VectorSource& source, const std::optional<CountsHeader>& header,
                                        std::int64_t limit) {
  Lines all(source.path, source.bytes.substr(header ? header->size : 0), header ? 2 : 1);
  std::vector<Line> lines;
  std::int64_t empty = 0;  // since the last line
  std::string_view text;
  for (std::int64_t number = header ? 2 : 1; all.next(text); ++number) {
    text = without_blanks_at_end(text);
    if (text.empty()) {
      ++empty;
      continue;
    }
    if (empty > 0)
      throw Error(source.path + ": line " + std::to_string(number - empty) +
                  ": expected a word and its values, but the line is empty");
    if (is_blank(text.front()))
      throw Error(source.path + ": line " + std::to_string(number) + ": the word is empty");
    lines.push_back({text, count_fields(text), number});
    if (limit > 0 && std::ssize(lines) == std::max(limit, header ? 0 : kTellWidth)) break;
  }
  const auto found = std::ssize(lines);
  if (header && found != header->rows && (limit == 0 || found < std::min(limit, header->rows)))
    throw Error(source.path + ": line 1: the header says " + std::to_string(header->rows) + " vectors, but " +
                std::to_string(found) + " lines follow");
  if (lines.empty()) throw Error(source.path + ": expected vectors, but the file is empty");
  const std::int64_t dim = header ? header->dim : usual_dim(lines);
  if (dim == 0 || dim > std::numeric_limits<std::int32_t>::max())
    throw Error(source.path + ": line 1: found " + std::to_string(dim) + " values, expected 1 to 2147483647");
  if (limit > 0 && limit < std::ssize(lines)) lines.resize(static_cast<std::size_t>(limit));
  return std::make_unique<TextTable>(source, lines, static_cast<std::int32_t>(dim));
}

}  // namespace warp2vec
