#include "host/cli/terminal/line_reader.h"

#include "host/cli/terminal/text.h"

#include <histedit.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace warp2vec::cli {
namespace {

// What all words begin with, in whole characters.
std::string_view common_beginning(const std::vector<std::string_view>& words) {
  std::string_view common = words.front();
  for (const std::string_view word : words) {
    const auto end = std::mismatch(common.begin(), common.end(), word.begin(), word.end()).first;
    common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
  }
  const auto continues = [&](std::size_t at) {
    return at < words.front().size() && (static_cast<unsigned char>(words.front()[at]) & 0xC0U) == 0x80;
  };
  while (!common.empty() && continues(common.size())) common.remove_suffix(1);
  return common;
}

}  // namespace

/// libedit's line editor and history.
class LineReader::Editor {
 public:
  Editor(std::string prompt, Complete complete)
      : prompt_(std::move(prompt)), complete_(std::move(complete)), history_(::history_init()) {
    // Words are UTF-8, whatever the terminal's language is.
    if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
    edit_ = ::el_init("warp2vec", stdin, stderr, stderr);
    constexpr int kHistory = 1000;
    HistEvent event;
    ::history(history_, &event, H_SETSIZE, kHistory);
    ::history(history_, &event, H_SETUNIQUE, 1);
    ::el_set(edit_, EL_CLIENTDATA, this);
    ::el_set(edit_, EL_PROMPT, &Editor::prompt);
    ::el_set(edit_, EL_SIGNAL, 1);  // a signal that ends the program finds the terminal as it was
    ::el_set(edit_, EL_EDITOR, "emacs");
    ::el_set(edit_, EL_HIST, &::history, history_);
    ::el_set(edit_, EL_ADDFN, "warp2vec-complete", "complete a word", &Editor::complete);
    ::el_set(edit_, EL_BIND, "^I", "warp2vec-complete", nullptr);
    ::el_set(edit_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  }
  ~Editor() {
    ::el_end(edit_);
    ::history_end(history_);
  }
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  std::optional<std::string> next() {
    int size = 0;
    const char* const line = ::el_gets(edit_, &size);
    if (line == nullptr || size <= 0) return std::nullopt;
    std::string text(line, static_cast<std::size_t>(size));
    HistEvent event;
    if (text.find_first_not_of(" \t\n") != std::string::npos)
      ::history(history_, &event, H_ENTER, text.c_str());
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }

 private:
  static Editor& of(EditLine* edit) {
    void* editor = nullptr;
    ::el_get(edit, EL_CLIENTDATA, &editor);
    return *static_cast<Editor*>(editor);
  }

  static char* prompt(EditLine* edit) { return of(edit).prompt_.data(); }

  // Adds what all words that fit have in common; lists them if that is nothing.
  static unsigned char complete(EditLine* edit, int /*key*/) {
    const LineInfo& line = *::el_line(edit);
    std::string_view beginning(line.buffer, static_cast<std::size_t>(line.cursor - line.buffer));
    beginning.remove_prefix(beginning.find_last_of(" \t") + 1);  // npos + 1 is 0
    const std::vector<std::string_view> words = of(edit).complete_(beginning);
    if (words.empty()) return CC_ERROR;
    std::string more(common_beginning(words).substr(beginning.size()));
    if (words.size() == 1) more += ' ';
    if (!more.empty()) return ::el_insertstr(edit, more.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    constexpr std::size_t kListed = 20;
    std::cerr << "\n";
    for (std::size_t i = 0; i < std::min(words.size(), kListed); ++i)
      std::cerr << printable(std::string(words[i])) << "  ";
    std::cerr << (words.size() > kListed ? "...\n" : "\n");
    return CC_REDISPLAY;
  }

  std::string prompt_;
  Complete complete_;
  History* history_;
  EditLine* edit_ = nullptr;
};

LineReader::LineReader(std::string prompt, Complete complete) {
  if (::isatty(STDIN_FILENO) != 1) return;
  prompt_ = std::move(prompt);
  if (::isatty(STDERR_FILENO) == 1) editor_ = std::make_unique<Editor>(prompt_, std::move(complete));
}

LineReader::~LineReader() = default;

std::optional<std::string> LineReader::next() {
  std::cout << std::flush;
  std::optional<std::string> line;
  if (editor_) {
    line = editor_->next();
  } else {
    std::cerr << prompt_ << std::flush;
    std::string text;
    if (std::getline(std::cin, text)) line = std::move(text);
  }
  if (!line && !prompt_.empty()) std::cerr << "\n";
  return line;
}

}  // namespace warp2vec::cli
