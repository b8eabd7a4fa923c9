#pragma once
/// Lines of standard input.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::cli {

/// Reads lines. A terminal is prompted for them on standard error and, if that is the terminal, too, has
/// lines that can be edited, a history of them, and completion of words (Tab).
class LineReader {
 public:
  /// The words that begin with `beginning`, the likeliest first. They must live as long as the reader.
  using Complete = std::function<std::vector<std::string_view>(std::string_view beginning)>;

  LineReader(std::string prompt, Complete complete);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line without its newline; nothing at the end of the input.
  std::optional<std::string> next();

 private:
  class Editor;

  std::string prompt_;              // "" if no terminal is prompted
  std::unique_ptr<Editor> editor_;  // may be null
};

}  // namespace warp2vec::cli
