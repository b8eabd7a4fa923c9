#pragma once
/// Lines of small text files and of text in memory, with error messages that name file and line.

#include <warp2vec/error.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Iterates over the lines of `text` without their line ends ("\n" or "\r\n").
class Lines {
 public:
  /// `path` and `first`, the line number of the text's first line, are for messages.
  Lines(const std::string& path, std::string_view text, std::int64_t first = 1)
      : path_(path), rest_(text), number_(first - 1) {}

  /// False at the end. Throws Error for a last line without a newline, a sign of a truncated file.
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

  /// Throws Error about the current line.
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(path_ + ": line " + std::to_string(number_) + ": " + what);
  }

 private:
  const std::string& path_;
  std::string_view rest_;
  std::int64_t number_;
};

/// The lines of a file without their ends ("\n" or "\r\n") and without a UTF-8 byte-order mark.
class TextLines {
 public:
  /// Throws Error naming the file and the reason if it cannot be read.
  explicit TextLines(const std::string& path);
  TextLines(const TextLines&) = delete;
  TextLines& operator=(const TextLines&) = delete;

  /// The next line, valid while this lives; false at the end. The last one need not end with a newline.
  bool next(std::string_view& line);
  /// Throws an Error about the current line.
  [[noreturn]] void fail(const std::string& expected) const;

 private:
  std::string path_;
  std::string content_;
  std::string_view rest_;  // of content_
  std::string_view line_;
  std::int64_t number_ = 0;
};

/// The parts of `line` between runs of ASCII whitespace.
std::vector<std::string_view> split_at_whitespace(std::string_view line);

}  // namespace warp2vec
