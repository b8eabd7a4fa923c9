#include "host/io/lines.h"

#include <warp2vec/error.h>

#include <cerrno>
#include <system_error>

namespace warp2vec {

TextLines::TextLines(const std::string& path) : path_(path), file_(path, std::ios::binary) {
  if (!file_) throw Error("cannot read " + path + ": " + std::generic_category().message(errno));
}

bool TextLines::next(std::string_view& line) {
  if (!std::getline(file_, line_)) {
    if (file_.bad()) throw Error("cannot read " + path_ + " after line " + std::to_string(number_));
    return false;
  }
  ++number_;
  line = line_;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (number_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

void TextLines::fail(const std::string& expected) const {
  constexpr std::size_t kShown = 100;
  const std::string shown = line_.size() <= kShown ? line_ : line_.substr(0, kShown) + "...";
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
