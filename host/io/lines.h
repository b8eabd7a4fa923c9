#pragma once
/// Lines of small text files and of text in memory, with error messages that name file and line.

#include <warp2vec/error.h>

#include "host/io/mapped_file.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// `text` without the byte-order mark that some editors put before UTF-8.
inline std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

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
    if (end == std::string_view::npos)
      fail("the file ends inside the line: expected a newline (if nothing is missing, add it: echo >> FILE)");
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

/// The lines of a file, plain or compressed, without their ends ("\n" or "\r\n") and without a UTF-8
/// byte-order mark.
class TextLines {
 public:
  /// Throws Error like MappedFile.
  explicit TextLines(const std::string& path);
  TextLines(const TextLines&) = delete;
  TextLines& operator=(const TextLines&) = delete;

  /// The next line, valid while this lives; false at the end. The last one need not end with a newline.
  /// Throws Error if the file has changed meanwhile.
  bool next(std::string_view& line);
  /// Throws an Error about the current line.
  [[noreturn]] void fail(const std::string& expected) const;
  std::int64_t number() const { return number_; }

 private:
  std::string path_;
  MappedFile file_;
  std::string_view rest_;  // of file_
  std::string_view line_;
  std::int64_t number_ = 0;
};

/// The parts of `line` between runs of ASCII whitespace.
std::vector<std::string_view> split_at_whitespace(std::string_view line);

}  // namespace warp2vec
