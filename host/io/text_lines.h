#pragma once
/// Small text files, line by line, with messages that name file and line.

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// The lines of a file without their ends ("\n" or "\r\n") and without a UTF-8 byte-order mark.
class TextLines {
 public:
  /// Throws Error if the file cannot be opened.
  explicit TextLines(const std::string& path);

  /// The next line, valid until the next call; false at the end. Throws Error if reading fails.
  bool next(std::string_view& line);
  /// Throws an Error about the current line.
  [[noreturn]] void fail(const std::string& expected) const;

 private:
  std::string path_;
  std::ifstream file_;
  std::string line_;
  std::int64_t number_ = 0;
};

/// The parts of `line` between runs of ASCII whitespace.
std::vector<std::string_view> split_at_whitespace(std::string_view line);

}  // namespace warp2vec
