// Prompts on a terminal, which is a pseudo-terminal here.
#include "tests/cli/program_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
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

  void type(const std::string& keys) const {
    EXPECT_EQ(::write(terminal_, keys.data(), keys.size()), std::ssize(keys));
  }

  /// What the program shows until `text` is in it, or it shows no more.
  std::string shown_until(const std::string& text) const {
    constexpr int kPatience = 30000;  // milliseconds
    std::string shown;
    pollfd ready{terminal_, POLLIN, 0};
    while (shown.find(text) == std::string::npos && ::poll(&ready, 1, kPatience) == 1) {
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
  const Terminal terminal(command({"neighbors", vectors(), "--top", "1"}));
  EXPECT_THAT(terminal.shown_until("WORD...> "), HasSubstr("WORD...> "));
  terminal.type("wa\t\n");
  EXPECT_THAT(terminal.shown_until("riverbank"), HasSubstr("water"));
  terminal.type("ri\t\t");  // first what both have in common, then both
  EXPECT_THAT(terminal.shown_until("river  riverbank"), HasSubstr("river  riverbank"));
  terminal.type("b\t\n");
  EXPECT_THAT(terminal.shown_until("0.9"), HasSubstr("similarity"));
  terminal.type("\x1b[A\x1b[A\n");  // up twice
  EXPECT_THAT(terminal.shown_until("similarity"), HasSubstr("water"));
  terminal.type("\xc3\xa9\t\n");
  EXPECT_THAT(terminal.shown_until("similarity"), HasSubstr("\xc3\xa9t\xc3\xa9"));
  terminal.type("\x04");  // the end
  terminal.shown_until("nothing more");
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
