#include "host/io/lines.h"

#include <warp2vec/error.h>

#include <algorithm>

namespace warp2vec {

TextLines::TextLines(const std::string& path)
    : path_(path), file_(path), rest_(without_byte_order_mark(file_.text())) {}

bool TextLines::next(std::string_view& line) {
  if (rest_.empty()) {
    file_.check();
    return false;
  }
  ++number_;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  line_ = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  line = line_;
  return true;
}

void TextLines::fail(const std::string& expected) const {
  constexpr std::size_t kShown = 100;
  const std::string shown = std::string(line_.substr(0, kShown)) + (line_.size() <= kShown ? "" : "...");
  throw Error(path_ + ", line " + std::to_string(number_) + ": expected " + expected + ", found '" + shown +
              "'");
}

std::vector<std::string_view> split_at_whitespace(std::string_view line) {
  constexpr std::string_view kWhitespace = " \t\r\n\v\f";
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t begin = line.find_first_not_of(kWhitespace);
    if (begin == std::string_view::npos) return parts;
    line.remove_prefix(begin);
    parts.push_back(line.substr(0, line.find_first_of(kWhitespace)));
    line.remove_prefix(parts.back().size());
  }
}

}  // namespace warp2vec
