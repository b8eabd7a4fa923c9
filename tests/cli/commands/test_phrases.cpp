// phrases, from outside.
#include "tests/cli/program_test.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class CliPhrases : public ProgramTest {
 protected:
  CliPhrases() {
    std::string text;
    for (int i = 0; i < 8; ++i) text += "new york bank of england\nx\ny\nz\nnew\nyork\n";
    folder_.write("text", text);
  }

  // The first line of what is written.
  std::string joined(const Arguments& more) const {
    Arguments arguments{"phrases", "--input", path("text"), "--output", path("out")};
    if (std::find(more.begin(), more.end(), "--min-count") == more.end())
      arguments.insert(arguments.end(), {"--min-count", "2"});
    const Finished done = run(arguments + more);
    EXPECT_EQ(done.status, 0) << done.err;
    const std::string text = folder_.read("out");
    return text.substr(0, text.find('\n'));
  }
  void expect_refused(const Arguments& more, const std::string& message) const {
    const Finished done = run(Arguments{"phrases", "--input", path("text"), "--output", path("out")} + more);
    EXPECT_EQ(done.status, 2);
    EXPECT_THAT(done.err, HasSubstr(message));
    EXPECT_THAT(folder_.names(), Not(Contains("out")));
  }
};

TEST_F(CliPhrases, EachFlagDoesWhatItSays) {
  // c(new york) = 8, c(new) = c(york) = 16, 80 words.
  EXPECT_EQ(joined({"--threshold", "1.8"}), "new_york bank_of england");
  EXPECT_EQ(joined({"--threshold", "1.9"}), "new york_bank of_england");
  EXPECT_EQ(joined({"--threshold", "1.8", "--min-count", "9"}), "new york bank of england");
  EXPECT_EQ(joined({"--threshold", "1.8", "--connectors", "of"}), "new_york bank_of_england");
  EXPECT_EQ(joined({"--threshold", "1.8", "--connectors", "english", "--delimiter", "+"}),
            "new+york bank+of+england");
  EXPECT_EQ(joined({"--threshold", "1.8", "--passes", "2"}), "new_york_bank_of england");
  EXPECT_EQ(joined({"--threshold", "1.8", "99", "--passes", "2"}), "new_york bank_of england");
  EXPECT_EQ(joined({"--threshold", "1.8", "1"}), "new_york_bank_of england");
  EXPECT_EQ(joined({"--score", "npmi", "--threshold", "0.69"}), "new york_bank of_england");
  EXPECT_EQ(joined({"--score", "npmi", "--threshold", "0.99"}), "new york bank_of england");
}

TEST_F(CliPhrases, ThePhrasesAreListed) {
  joined({"--threshold", "1.8", "--save-phrases", path("list")});
  EXPECT_EQ(folder_.read("list"), "bank_of 8 7.5\nof_england 8 7.5\nyork_bank 8 3.75\nnew_york 8 1.875\n");
}

TEST_F(CliPhrases, FlagsOfWord2phraseWorkAsTheyAre) {
  const Finished done = run({"phrases", "-train", path("text"), "-output", path("out"), "-threshold", "1.8",
                             "-min-count", "2", "-debug", "2"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("different phrases    4\n"));
  EXPECT_THAT(folder_.read("out"), HasSubstr("new_york bank_of england\n"));
}

TEST_F(CliPhrases, MistakesAreRefused) {
  expect_refused({"--threshold", "-1"}, "threshold -1");
  expect_refused({"--threshold", "x"}, "--threshold: expected a number");
  expect_refused({"--threshold", "1", "2", "--passes", "3"}, "--passes 3 and 2 values of --threshold");
  expect_refused({"--passes", "0"}, "--passes 0");
  expect_refused({"--score", "npmi", "--threshold", "2"}, "expected -1 to 1");
  expect_refused({"--score", "pmi"}, "expected word2vec or npmi");
  expect_refused({"--delimiter", "__"}, "--delimiter '__'");
  const Finished same = run({"phrases", "--input", path("text"), "--output", path("text")});
  EXPECT_EQ(same.status, 2);
  EXPECT_THAT(same.err, HasSubstr("--output"));
  expect_refused({"--save-phrases", path("out")}, "--save-phrases");
}

}  // namespace
}  // namespace warp2vec::cli
