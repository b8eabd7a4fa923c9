#include "host/cli/flags/flags.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace warp2vec::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Action>
std::string complaint_of(Action action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(CliFlags, NumbersAreStrict) {
  EXPECT_EQ(parse_number<std::int32_t>("--n", "5"), 5);
  EXPECT_EQ(parse_number<std::int32_t>("--n", "010"), 10);  // not octal
  EXPECT_EQ(parse_number<std::int32_t>("--n", "-2147483648"), INT32_MIN);
  EXPECT_EQ(parse_number<std::uint64_t>("--n", "18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_number<double>("--x", "1e-4"), 1e-4);
  EXPECT_EQ(parse_number<double>("--x", "-.5"), -0.5);
  for (const char* bad : {"5abc", "", " 5", "5 ", "0x10", "1e3", "1.0", "five", "--dim", "+5", "1,000"})
    EXPECT_THAT(complaint_of([&] { parse_number<std::int32_t>("--n", bad); }),
                HasSubstr("--n: expected a whole number"))
        << bad;
  EXPECT_THAT(complaint_of([] { parse_number<std::int32_t>("--n", "2147483648"); }), HasSubstr("too large"));
  EXPECT_THAT(complaint_of([] { parse_number<std::int64_t>("--n", "99999999999999999999"); }),
              HasSubstr("too large"));
  EXPECT_THAT(complaint_of([] { parse_number<std::uint64_t>("--n", "-1"); }), HasSubstr("whole number"));
  EXPECT_THAT(complaint_of([] { parse_number<double>("--x", "1e-4x"); }),
              HasSubstr("--x: expected a number"));
  EXPECT_THAT(complaint_of([] { parse_number<double>("--x", "1e999"); }), HasSubstr("too large"));
}

Arguments translated(const Arguments& settings);

struct Sample {
  Sample() {
    flags.number("--dim", "N", dim, "help");
    flags.text("--output", "FILE", output, "help");
    flags.list("--input", "PATH", inputs, "help");
    flags.on_off("--quiet", quiet, "help");
    flags.on_off("--no-shrink", shrink, "help", false);
    flags.config_file(translated);
  }
  std::string refusal(const Arguments& arguments) {
    return complaint_of([&] { flags.parse(arguments); });
  }

  Flags flags{"test", "A description.", ""};
  std::int32_t dim = 100;
  std::string output;
  std::vector<std::string> inputs;
  bool quiet = false;
  bool shrink = true;
};

TEST(CliFlags, ValuesArrive) {
  Sample s;
  s.flags.parse(
      {"--input", "a", "b", "--dim=7", "--output", "o p", "--input", "-", "--quiet", "--no-shrink"});
  EXPECT_EQ(s.dim, 7);
  EXPECT_EQ(s.output, "o p");
  EXPECT_THAT(s.inputs, ElementsAre("a", "b", "-"));
  EXPECT_TRUE(s.quiet);
  EXPECT_FALSE(s.shrink);
  EXPECT_TRUE(s.flags.given("--dim"));
}

TEST(CliFlags, TheLastOfARepeatedFlagCounts) {
  Sample s;
  s.flags.parse({"--dim", "7", "--output", "a", "--quiet", "--dim=9", "--output", "b", "--quiet=false"});
  EXPECT_EQ(s.dim, 9);
  EXPECT_EQ(s.output, "b");
  EXPECT_FALSE(s.quiet);
}

TEST(CliFlags, NamesMayHaveUnderscores) {
  Sample s;
  s.flags.parse({"--no_shrink", "--output=a_b", "--input", "c_d"});
  EXPECT_FALSE(s.shrink);
  EXPECT_EQ(s.output, "a_b");
  EXPECT_THAT(s.inputs, ElementsAre("c_d"));
  Flags flags("test", "", "");
  std::vector<std::string> words;
  flags.positionals(words);
  flags.parse({"a_b", "--", "--c_d"});
  EXPECT_THAT(words, ElementsAre("a_b", "--c_d"));
}

TEST(CliFlags, MistakesNameTheFlag) {
  EXPECT_THAT(Sample().refusal({"--dim", "abc"}), HasSubstr("--dim: expected a whole number, got 'abc'"));
  EXPECT_THAT(Sample().refusal({"--dims", "5"}), HasSubstr("unknown flag --dims; did you mean --dim?"));
  EXPECT_THAT(Sample().refusal({"-dim", "5"}), HasSubstr("unknown flag -dim; did you mean --dim?"));
  EXPECT_THAT(Sample().refusal({"word"}), HasSubstr("unexpected argument 'word'"));
  EXPECT_THAT(Sample().refusal({"--output", "--quiet"}), HasSubstr("--output needs a value, found --quiet"));
  EXPECT_THAT(Sample().refusal({"--input", "--quiet"}), HasSubstr("--input needs a value, found --quiet"));
  EXPECT_THAT(Sample().refusal({"--output", ""}), HasSubstr("--output needs a value"));
  EXPECT_THAT(Sample().refusal({"--dim"}), HasSubstr("--dim"));
  for (const char* given : {"--quiet=maybe", "--quiet=?"})
    EXPECT_THAT(Sample().refusal({given}), HasSubstr("expected none, true or false"));
}

TEST(CliFlags, WordsKeepTheirBrackets) {
  Flags flags("test", "", "");
  std::vector<std::string> words;
  std::string vectors;
  flags.text("--vectors", "FILE", vectors, "help");
  flags.positionals(words);
  flags.parse({"[a,b]", "--vectors", "v", "x", "--", "-y", "--z"});
  EXPECT_THAT(words, ElementsAre("[a,b]", "x", "-y", "--z"));
  EXPECT_THAT(complaint_of([&] {
                flags.parse({"x", "--vector", "v"});
              }),
              HasSubstr("did you mean --vectors?"));
}

// Of another tool: "size = 7" is "dim = 7".
Arguments translated(const Arguments& settings) {
  Arguments out;
  for (const std::string& setting : settings) {
    if (setting == "--size=x") throw UsageError("--size x: expected a number");
    out.push_back(setting.starts_with("--size=") ? "--dim=" + setting.substr(7) : setting);
  }
  return out;
}

class CliConfigFile : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    std::string path = folder_.path("run.ini");
    std::ofstream(path) << text;
    return path;
  }
  TemporaryFolder folder_;
};

TEST_F(CliConfigFile, SetsWhatTheCommandLineDoesNot) {
  Sample s;
  const std::string path = write(
      "# a run\ndim = 7  # comment\noutput = \"a b\"\ninput = [\"x\", \"y z\"]\nquiet = true\nno_shrink = "
      "false\n");
  s.flags.parse({"--config", path, "--output", "o"});
  EXPECT_EQ(s.dim, 7);
  EXPECT_EQ(s.output, "o");
  EXPECT_THAT(s.inputs, ElementsAre("x", "y z"));
  EXPECT_TRUE(s.quiet);
  EXPECT_TRUE(s.shrink);
}

TEST_F(CliConfigFile, NamesOfOtherToolsAreTranslated) {
  Sample s;
  s.flags.parse({"--config", write("size = 7\ninput = [x, y]\nquiet = true\ndim = 8\n")});
  EXPECT_EQ(s.dim, 8);
  EXPECT_TRUE(s.quiet);
  EXPECT_THAT(s.inputs, ElementsAre("x", "y"));
  EXPECT_THAT(Sample().refusal({"--config", write("size = x\n")}),
              HasSubstr("--config: --size x: expected a number"));
}

TEST_F(CliConfigFile, MistakesAreErrors) {
  EXPECT_THAT(Sample().refusal({"--config", write("dimm = 7\n")}), HasSubstr("unknown setting 'dimm'"));
  EXPECT_THAT(Sample().refusal({"--config", write("dim = 7x\n")}),
              HasSubstr("--dim: expected a whole number, got '7x'"));
  EXPECT_THAT(Sample().refusal({"--config", write("[other]\ndim = 7\n")}), HasSubstr("unknown setting"));
  EXPECT_THAT(Sample().refusal({"--config", folder_.path("none.ini")}),
              HasSubstr("--config: cannot read " + folder_.path("none.ini") + ": No such file or directory"));
  // Its first read fails.
  EXPECT_THAT(Sample().refusal({"--config", "/proc/self/mem"}),
              HasSubstr("--config: cannot read /proc/self/mem: Input/output error"));
}

}  // namespace
}  // namespace warp2vec::cli
