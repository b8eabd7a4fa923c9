// Words, paths, titles and arguments may contain escape sequences: no command lets a terminal obey them.

#include "tests/cli/program_test.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kEvil = "\x1b[31m\x07\x7f\xc2\x9b\xff";
constexpr const char* kShown = "\\x1b[31m\\x07\\x7f\\xc2\\x9b\\xff";

class CliTerminal : public ProgramTest {
 protected:
  CliTerminal() {
    const std::string word = std::string("evil") + kEvil;
    vectors_ = folder_.write(std::string("v") + kEvil, "4 2\n" + word + " 1 0\nb 0 1\nc 1 1\nd 0.5 1\n");
    questions_ = folder_.write(std::string("q") + kEvil, std::string(": title") + kEvil + "\nb c d c\n");
    pairs_ = folder_.write(std::string("p") + kEvil, "b c 1\nc d 2\nb d 3\n");
    std::string text;
    for (int i = 0; i < 200; ++i) text += word + " b c d\n";
    text_ = folder_.write(std::string("t\nwarp2vec: error: faked") + kEvil, text);
  }

  // Both are plain: printable characters and the program's own newlines.
  static void expect_plain(const Finished& result) {
    for (const std::string& text : {result.out, result.err}) {
      EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) {
        return c == '\n' || (static_cast<unsigned char>(c) >= ' ' && static_cast<unsigned char>(c) < 0x7f);
      })) << text;
    }
  }

  Finished plain(const Arguments& arguments, int status) const {
    Finished result = run(arguments);
    EXPECT_EQ(result.status, status) << result.err;
    expect_plain(result);
    EXPECT_THAT(result.out + result.err, HasSubstr(kShown));
    return result;
  }

  std::string vectors_, questions_, pairs_, text_;
};

TEST_F(CliTerminal, Tables) {
  plain({"neighbors", "--vectors", vectors_, "b"}, 0);
  plain({"analogy", "--vectors", vectors_, std::string("evil") + kEvil, "b", "c"}, 0);
  plain({"info", "--vectors", vectors_}, 0);
  plain({"eval", "--vectors", vectors_, "--analogies", questions_, "--pairs", pairs_}, 0);
  // Columns are as wide as what is shown.
  const std::string table = run({"neighbors", "--vectors", vectors_, "b"}).out;
  EXPECT_THAT(table,
              HasSubstr("word" + std::string(4 + std::string(kShown).size() - 4, ' ') + "  similarity"));
}

TEST_F(CliTerminal, ARunAndItsModel) {
  const std::string model = folder_.path(std::string("m") + kEvil);
  const Arguments training{"train",
                           "--input",
                           text_,
                           "--output",
                           folder_.path(std::string("out") + kEvil),
                           "--save-model",
                           model,
                           "--loss",
                           "hs",
                           "--dim",
                           "4",
                           "--epochs",
                           "1",
                           "--sample",
                           "0"};
  plain(training, 0);
  plain({"info", "--model", model}, 0);
  plain({"probability", "--model", model, "b"}, 0);
}

TEST_F(CliTerminal, Errors) {
  const std::string bad = std::string("bad") + kEvil;
  plain({bad}, 2);
  plain({"--" + bad}, 2);
  plain({"neighbors", "--vectors", vectors_, bad}, 1);
  plain({"neighbors", "--vectors", folder_.path(bad), "b"}, 1);
  plain({"train", "--input", text_, "--output", "x", "--dim", bad}, 2);
  plain({"eval", "--vectors", vectors_, "--pairs", questions_}, 1);
  folder_.write(bad, "dim = " + bad + "\n");
  plain({"train", "--config", folder_.path(bad)}, 2);
  // A newline in a path starts no line.
  const Finished result = run({"vocab", "--input", text_ + "-missing", "--output", folder_.path("w")});
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

// What programs read is exact.
TEST_F(CliTerminal, Data) {
  const Finished words = run({"vocab", "--input", text_, "--output", folder_.path("words")});
  ASSERT_EQ(words.status, 0) << words.err;
  EXPECT_THAT(folder_.read("words"), HasSubstr(std::string("evil") + kEvil + " 200\n"));
  const Finished exported =
      run({"export", "--vectors", vectors_, "--output", "/dev/stdout", "--format", "glove"});
  EXPECT_THAT(exported.out, HasSubstr(std::string("evil") + kEvil + " 1 0\n"));
  const std::string path = folder_.write("a\x1b\xc2\x9b\x7f", "4 2\na 1 0\nb 0 1\nc 1 1\nd 0.5 1\n");
  const Finished evaluated = run({"eval", "--vectors", path, "--pairs", pairs_, "--json"});
  expect_plain(evaluated);
  EXPECT_EQ(nlohmann::json::parse(evaluated.out)["vectors"], path);
}

}  // namespace
}  // namespace warp2vec::cli
