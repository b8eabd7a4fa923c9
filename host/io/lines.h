#pragma once
/// The lines of a text in memory.

#include <warp2vec/error.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace warp2vec {

/// Hands out the lines of `text` without their line ends ("\n" or "\r\n").
class Lines {
 public:
  /// `path` and `first`, the number of the text's first line in it, are for messages.
  Lines(const std::string& path, std::string_view text, std::int64_t first = 1)
      : path_(path), rest_(text), number_(first - 1) {}

  /// False at the end. Throws Error for a last line without a newline, which tells of a file cut short.
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    ++number_;
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) fail("the file ends inside the line: expected a newline");
    line = rest_.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    rest_.remove_prefix(end + 1);
    return true;
  }

  /// Throws Error about the line handed out last.
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(path_ + ": line " + std::to_string(number_) + ": " + what);
  }

 private:
  const std::string& path_;
  std::string_view rest_;
  std::int64_t number_;
};

}  // namespace warp2vec
