// Prompts on a terminal, which is a pseudo-terminal here.
#include "tests/cli/program_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::HasSubstr;

/// The program on a terminal of its own.
class Terminal {
 public:
  explicit Terminal(const Arguments& arguments) {
    child_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (child_ != 0) return;
    std::vector<char*> words;
    for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    ::setenv("TERM", "xterm", 1);  // NOLINT(concurrency-mt-unsafe): the child has one thread
    // libedit never frees the names of functions that are added.
    ::setenv("LSAN_OPTIONS", "detect_leaks=0", 1);  // NOLINT(concurrency-mt-unsafe)
    ::execv(words.front(), words.data());
    ::_exit(127);
  }
  ~Terminal() { ::close(terminal_); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Types them once the program reads keys one by one; before, ^D would be lost.
  void type(const std::string& keys) const {
    termios settings{};
    for (int waited = 0; waited < kPatience; ++waited) {
      if (::tcgetattr(terminal_, &settings) != 0 || (settings.c_lflag & ICANON) == 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(::write(terminal_, keys.data(), keys.size()), std::ssize(keys));
  }

  /// What the program shows until `texts` are in it, one after the other, or it shows no more.
  std::string shown_until(const std::vector<std::string>& texts) const {
    std::string shown;
    const auto is_there = [&] {
      std::size_t at = 0;
      return std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
        at = shown.find(text, at);
        return at != std::string::npos;
      });
    };
    pollfd ready{terminal_, POLLIN, 0};
    while (!is_there() && ::poll(&ready, 1, kPatience) == 1) {
      char bytes[4096];
      const ssize_t size = ::read(terminal_, bytes, sizeof bytes);
      if (size <= 0) break;
      shown.append(bytes, static_cast<std::size_t>(size));
    }
    return shown;
  }

  int exit_status() const {
    int status = 0;
    ::waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static constexpr int kPatience = 30000;  // milliseconds

  int terminal_ = -1;
  pid_t child_ = -1;
};

class LineReaderTest : public ProgramTest {
 protected:
  std::string vectors() const {
    return write(
        path("v.txt"),
        "5 2\nriver 1 0\nriverbank 0.9 0.1\nwater 0.8 0.3\n\xc3\xa9t\xc3\xa9 0 1\n\xc3\xaele 0.1 1\n");
  }
  static std::string write(const std::string& to, const std::string& text) {
    std::ofstream(to) << text;
    return to;
  }
};

TEST_F(LineReaderTest, CompletesWordsAndRemembersLines) {
  const std::string prompt = "WORD...> ";
  const std::vector<std::string> answered{"similarity", prompt};
  const Terminal terminal(command({"neighbors", vectors(), "--top", "1"}));
  EXPECT_THAT(terminal.shown_until({prompt}), HasSubstr(prompt));
  terminal.type("wa\t\n");
  EXPECT_THAT(terminal.shown_until(answered), HasSubstr("riverbank"));
  terminal.type("ri\t\t");  // first what both have in common, then both
  EXPECT_THAT(terminal.shown_until({"river  riverbank", prompt}), HasSubstr("river  riverbank"));
  terminal.type("b\t\n");
  EXPECT_THAT(terminal.shown_until(answered), HasSubstr("0.9"));
  terminal.type("\x1b[A\x1b[A\n");  // up twice
  EXPECT_THAT(terminal.shown_until(answered), HasSubstr("water"));
  terminal.type("\xc3\xa9\t\n");
  EXPECT_THAT(terminal.shown_until(answered), HasSubstr("\xc3\xa9t\xc3\xa9"));
  terminal.type("\x04");  // the end
  terminal.shown_until({"nothing more"});
  EXPECT_EQ(terminal.exit_status(), 0);
}

TEST_F(LineReaderTest, NothingIsEditedWithoutATerminal) {
  const std::string input = write(path("words"), "wa\t\nwater\n");
  const Finished result = run({"neighbors", vectors(), "--top", "1"}, input);
  EXPECT_EQ(result.out, "water\n  word       similarity\n  riverbank  0.9694\n");
  EXPECT_THAT(result.err, testing::Not(HasSubstr("WORD...>")));
}

}  // namespace
}  // namespace warp2vec::cli
