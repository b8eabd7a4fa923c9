// No command overwrites its inputs, and several may write the same file.

#include "tests/cli/program_test.h"
#include "tests/support/sample_text.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kText = "a b c a b c\nc b a\n";

class CliOutputs : public ProgramTest {
 protected:
  CliOutputs() : text_(folder_.write("texts/news/text.txt", kText)) {}

  static Arguments training(const std::string& input, const Arguments& more) {
    return Arguments{"train", "--input",     input, "--dim",     "4", "--epochs",
                     "1",     "--min-count", "1",   "--threads", "1", "--quiet"} +
           more;
  }
  static Arguments benchmark(const std::string& input, const std::string& output,
                             const Arguments& more = {}) {
    return Arguments{"bench", "--input",  input, "--output",    output, "--devices",
                     "cpu",   "--losses", "ns",  "--dims",      "4",    "--rounds",
                     "1",     "--epochs", "1",   "--min-count", "1",    "--quiet"} +
           more;
  }

  void expect_refused(const Arguments& arguments, const std::string& message,
                      const std::string& input = "/dev/null") const {
    const Finished result = run(arguments, input);
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_THAT(result.err, StartsWith("warp2vec: error: " + message));
    EXPECT_EQ(read_whole_file(text_), kText);
  }

  std::string text_;
};

TEST_F(CliOutputs, TheTextUnderAnyOfItsNames) {
  fs::create_symlink(text_, path("link"));
  fs::create_hard_link(text_, path("second-name"));
  for (const std::string& name :
       {text_, path("texts/../texts/news/text.txt"), path("link"), path("second-name")}) {
    const std::string message = "--output and --input are the same file: " + name;
    expect_refused({"vocab", "--input", text_, "--output", name}, message);
    expect_refused({"vocab", "--input", name, "--output", text_},
                   "--output and --input are the same file: " + text_);
    expect_refused(training(text_, {"--output", name}), message);
    expect_refused(training(text_, {"--output", path("v"), "--metrics", name}),
                   "--metrics and --input are the same file: " + name);
  }
  EXPECT_TRUE(fs::is_symlink(path("link")));
}

TEST_F(CliOutputs, TheTextThatIsStandardInput) {
  expect_refused({"vocab", "--input", "-", "--output", text_},
                 "--output and --input are the same file: " + text_, text_);
  expect_refused(training("-", {"--output", path("v"), "--metrics", text_}),
                 "--metrics and --input are the same file: " + text_, text_);
}

TEST_F(CliOutputs, TextsInAFolder) {
  fs::create_directory_symlink(path("texts"), path("also-texts"));
  folder_.write("elsewhere.txt", kText);
  fs::create_symlink(path("elsewhere.txt"), path("texts/link.txt"));
  for (const std::string& name :
       {text_, path("also-texts/news/text.txt"), path("texts/link.txt"), path("elsewhere.txt")}) {
    const std::string message = " and --input are the same file: " + name;
    for (const std::string& input : {path("texts"), path("also-texts"), path("texts") + "/"}) {
      expect_refused({"vocab", "--input", input, "--output", name}, "--output" + message);
      expect_refused(training(input, {"--output", name}), "--output" + message);
      for (const char* flag : {"--save-model", "--save-vocab", "--metrics"})
        expect_refused(training(input, {"--output", path("v"), flag, name}), flag + message);
    }
  }
  EXPECT_EQ(folder_.read("elsewhere.txt"), kText);
  EXPECT_FALSE(exists("v"));
}

TEST_F(CliOutputs, WhatWouldBeTakenForTextIsNotWrittenIntoAFolderOfTexts) {
  fs::create_directory_symlink(path("texts"), path("also-texts"));
  fs::create_symlink(path("texts/later"), path("dangling"));
  for (const std::string& name :
       {path("texts/words"), path("texts/news/words"), path("also-texts/words"), path("dangling")}) {
    for (const char* input : {"texts", "also-texts"}) {
      const std::string message =
          " " + name + " would be taken for a text in the folder --input " + path(input);
      expect_refused({"vocab", "--input", path(input), "--output", name}, "--output" + message);
      expect_refused(training(path(input), {"--output", path("v"), "--save-vocab", name}),
                     "--save-vocab" + message);
    }
    EXPECT_FALSE(fs::exists(name));
  }
  // Nor in place of what is not text.
  folder_.write("texts/v", "2 1\na 0.5\nb 0.25\n");
  expect_refused({"vocab", "--input", path("texts"), "--output", path("texts/v")},
                 "--output " + path("texts/v") + " would be taken for a text");
}

// Each run writes into the folder that it reads, and the next one reads the same text.
TEST_F(CliOutputs, RunsDoNotReadWhatEarlierOnesWrote) {
  const std::string texts = path("texts") + "/";
  std::string first;
  for (int times = 0; times < 2; ++times) {
    for (const char* format : {"binary", "text", "glove", "npy", "tensorboard"}) {
      const Finished result = run({"train",
                                   "--input",
                                   path("texts"),
                                   "--dim",
                                   "4",
                                   "--epochs",
                                   "1",
                                   "--min-count",
                                   "1",
                                   "--sample",
                                   "0",
                                   "--deterministic",
                                   "--format",
                                   format,
                                   "--output",
                                   texts + format,
                                   "--save-model",
                                   texts + "m",
                                   "--metrics",
                                   texts + "metrics",
                                   "--checkpoint",
                                   texts + "run.ckpt"});
      ASSERT_EQ(result.status, 0) << result.err;
      if (first.empty()) {
        first = folder_.read("texts/binary");
        EXPECT_THAT(result.err, Not(HasSubstr("not read")));
      } else {
        EXPECT_THAT(result.err,
                    HasSubstr("note: not read, since it is no text: " + texts + "binary (vectors), "));
      }
    }
    EXPECT_EQ(folder_.read("texts/binary"), first);
  }
  for (const Arguments& command :
       {Arguments{"vocab", "--input", path("texts"), "--output", path("words"), "--min-count", "1"},
        Arguments{"plan", "--input", path("texts")},
        Arguments{"encode", "--input", path("texts"), "--output", texts + "ids", "--min-count", "1"}}) {
    const Finished result = run(command);
    EXPECT_EQ(result.status, command[0] == "plan" ? result.status : 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("note: not read, since it is no text: "));
    EXPECT_THAT(result.err, HasSubstr(" more\n"));
  }
  EXPECT_EQ(folder_.read("words"), "a 3\nb 3\nc 3\n");
  // A single file is named by the user, so it is an error.
  for (const char* name : {"binary", "text", "glove", "npy", "m", "metrics", "run.ckpt"})
    EXPECT_THAT(run({"vocab", "--input", texts + name, "--output", path("words")}).err,
                HasSubstr(texts + name + ": expected text, found "));
  EXPECT_EQ(read_whole_file(text_), kText);
}

TEST_F(CliOutputs, LinksOfOthersInAFolderForAll) {
  if (::geteuid() != 0) GTEST_SKIP() << "making another user's link needs root";
  fs::create_directory(path("all"));
  fs::permissions(path("all"), fs::perms::all | fs::perms::sticky_bit);
  const std::string target = folder_.write("private", "before");
  fs::create_symlink(target, path("all/link"));
  ASSERT_EQ(::lchown(path("all/link").c_str(), 65534, 65534), 0);
  const std::string message = "cannot write " + path("all/link") + ": " + path("all/link") +
                              " is another user's symbolic link in a folder that all may write to";
  for (const Arguments& command : {training(text_, {"--output", path("all/link")}),
                                   training(text_, {"--output", path("v"), "--metrics", path("all/link")}),
                                   Arguments{"vocab", "--input", text_, "--output", path("all/link")}}) {
    const Finished result = run(command);
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr(message));
  }
  EXPECT_EQ(folder_.read("private"), "before");
  ASSERT_EQ(::lchown(path("all/link").c_str(), 0, 0), 0);
  EXPECT_EQ(run(training(text_, {"--output", path("all/link"), "--sample", "0"})).status, 0);
  EXPECT_NE(folder_.read("private"), "before");
}

TEST_F(CliOutputs, WhatAnEarlierStoppedRunSavedIsNamed) {
  folder_.write("v.bin.partial", "vectors");
  const Finished result = run({"train", "--input", text_, "--output", path("v.bin"), "--dim", "4", "--epochs",
                               "1", "--min-count", "1", "--sample", "0"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("note: " + path("v.bin.partial") + " is of an earlier run that was stopped"));
  EXPECT_EQ(folder_.read("v.bin.partial"), "vectors");
}

TEST_F(CliOutputs, WhatIsNotReadInAFolderMayBeWritten) {
  fs::create_directory(path("vectors"));
  fs::create_directory_symlink(path("vectors"), path("texts/vectors"));
  fs::create_directory(path("texts/.trained"));
  // Links to folders are not followed, and hidden files are not read.
  for (const char* name : {"texts/vectors/v.bin", "texts/.trained/v.bin", "texts/.v.bin", "texts.bin"}) {
    for (int times = 0; times < 2; ++times) {
      const Finished result = run(training(path("texts"), {"--output", path(name), "--sample", "0"}));
      EXPECT_EQ(result.status, 0) << result.err;
      EXPECT_TRUE(exists(name));
    }
  }
}

TEST_F(CliOutputs, TheConfigurationFile) {
  const std::string settings = "dim = 4\nmin-count = 1\n";
  const std::string config = folder_.write("run.ini", settings);
  for (const char* flag : {"--output", "--save-model", "--save-vocab", "--metrics"}) {
    const Arguments output = std::string(flag) == "--output" ? Arguments{} : Arguments{"--output", path("v")};
    expect_refused(training(text_, {"--config", config, flag, config}) + output,
                   flag + std::string(" and --config are the same file: ") + config);
    EXPECT_EQ(folder_.read("run.ini"), settings);
  }
}

TEST_F(CliOutputs, WhatAStoppedRunWouldWrite) {
  const std::string text = folder_.write("v.bin.partial", kText);
  expect_refused(training(text, {"--output", path("v.bin")}),
                 "--output and --input are the same file: " + text);
  EXPECT_EQ(folder_.read("v.bin.partial"), kText);
  expect_refused(training(text_, {"--output", path("v"), "--save-vocab", path("v.partial")}),
                 "--output and --save-vocab are the same file: " + path("v.partial"));
}

TEST_F(CliOutputs, OneFileTwiceThroughALinkThatLeadsNowhereYet) {
  fs::create_symlink("v.bin", path("link"));
  expect_refused(training(text_, {"--output", path("v.bin"), "--save-model", path("link")}),
                 "--save-model and --output are the same file: " + path("link"));
}

TEST_F(CliOutputs, ExportedVectors) {
  const std::string content = "2 2\na 1 0\nb 0 1\n";
  const std::string vectors = folder_.write("v.txt", content);
  fs::create_symlink("v.txt", path("v"));
  const auto exported = [](const std::string& from, const std::string& to, const std::string& format) {
    return Arguments{"export", "--vectors", from, "--output", to, "--format", format};
  };
  expect_refused(exported(vectors, vectors, "glove"), "--output and --vectors are the same file: " + vectors);
  expect_refused(exported(vectors, path("v"), "npy"),
                 "--output and --vectors are the same file: " + path("v"));
  EXPECT_EQ(folder_.read("v.txt"), content);
  ASSERT_EQ(run(exported(vectors, path("v.npy"), "npy")).status, 0);
  expect_refused(exported(path("v.npy"), path("v.npy.vocab"), "text"),
                 "--output and --vectors are the same file: " + path("v.npy.vocab"));
  EXPECT_EQ(folder_.read("v.npy.vocab"), "a\nb\n");
}

TEST_F(CliOutputs, OfTwoRunsAtATimeAreThoseOfOne) {
  for (const char* name : {"one", "two"}) folder_.write(name, sample_text(name[0] == 'o' ? 30'000 : 40'000));
  for (const std::string command : {"vocab", "encode", "train"}) {
    const auto of = [&](const std::string& input, const std::string& output) {
      Arguments arguments{WARP2VEC_PROGRAM, command, "--input", path(input), "--output", path(output)};
      if (command == "train") arguments = arguments + Arguments{"--deterministic", "--dim", "4"};
      return arguments;
    };
    fs::create_directory(path("out"));
    std::vector<std::string> results;
    for (const std::string input : {"one", "two"}) {
      ASSERT_EQ(Subprocess(of(input, "out/alone"), path("")).wait().status, 0);
      results.push_back(folder_.read("out/alone"));
    }
    fs::create_directory(path("a"));
    fs::create_directory(path("b"));
    Subprocess one(of("one", "out/both"), path("a"));
    Subprocess two(of("two", "out/both"), path("b"));
    EXPECT_EQ(one.wait().status, 0);
    EXPECT_EQ(two.wait().status, 0);
    EXPECT_THAT(results, testing::Contains(folder_.read("out/both"))) << command;
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path("out")))
      names.push_back(entry.path().filename().string());
    EXPECT_THAT(names, testing::UnorderedElementsAre("alone", "both"));
  }
}

TEST_F(CliOutputs, BenchmarksToo) {
  const std::string results = folder_.write("out/results.json", kText);
  const std::string same = " are the same file: " + results;
  expect_refused(benchmark(results, path("out")), "--output and --input" + same);
  expect_refused(benchmark(text_, path("out"), {"--pairs", results}), "--output and --pairs" + same);
  expect_refused(benchmark(text_, path("out"), {"--analogies", results}), "--output and --analogies" + same);
  expect_refused(benchmark(text_, path("out"), {"--peers", results}), "--output and --peers" + same);
  EXPECT_EQ(folder_.read("out/results.json"), kText);
  expect_refused(benchmark(path("texts"), path("texts/out")),
                 "--output " + path("texts/out/results.json") +
                     " would be taken for a text in the folder --input " + path("texts"));
  EXPECT_FALSE(exists("texts/out"));
  // Bench empties this folder before each run.
  const std::string inside = folder_.write("other/unfinished-run/text.txt", kText);
  expect_refused(benchmark(inside, path("other")), "--input " + inside + " is in a folder that --output");
  EXPECT_EQ(read_whole_file(inside), kText);
}

TEST_F(CliOutputs, AHyphenIsStandardOutput) {
  const Finished file = run(training(text_, {"--output", path("v"), "--format", "text", "--sample", "0"}));
  ASSERT_EQ(file.status, 0) << file.err;
  const std::string expected = read_whole_file(path("v"));
  const Arguments to_output{"--output", "-", "--format", "text", "--sample", "0"};
  EXPECT_EQ(run(training(text_, to_output)).out, expected);
  EXPECT_FALSE(exists("-"));
  // Not quiet: all else is on standard error.
  Arguments loud = training(text_, to_output);
  std::erase(loud, "--quiet");
  const Finished told = run(loud);
  EXPECT_EQ(told.out, expected);
  EXPECT_THAT(told.err, HasSubstr("\nvectors: standard output (text)\n"));
  EXPECT_THAT(told.err, Not(HasSubstr("try:")));

  // What the shell has opened is continued, and what comes before and after stays.
  const std::string export_text = " export --vectors v --output - --format text; ";
  const Finished both =
      Subprocess({"/bin/sh", "-c",
                  "cd '" + path() + "' && (echo first; '" + WARP2VEC_PROGRAM + "'" + export_text +
                      "echo last) > out && '" + WARP2VEC_PROGRAM + "'" + export_text + "'" +
                      WARP2VEC_PROGRAM + "' export --vectors v --output - | wc -c"},
                 path())
          .wait();
  EXPECT_EQ(both.err, "");
  EXPECT_EQ(read_whole_file(path("out")), "first\n" + expected + "last\n");
  EXPECT_THAT(both.out, StartsWith(expected));
  const std::string binary_bytes = std::to_string(4 + 3 * (2 + 4 * 4 + 1)) + "\n";  // "3 4\n" and rows
  EXPECT_EQ(both.out.substr(expected.size()), binary_bytes);

  const Finished words = run({"vocab", "--input", text_, "--output", "-", "--min-count", "1"});
  EXPECT_EQ(words.out, "a 3\nb 3\nc 3\n");
  EXPECT_THAT(words.err, HasSubstr("different words      3\n"));
  expect_refused(training(text_, {"--output", "-", "--format", "npy"}), "--format npy is two files");
  expect_refused(training(text_, {"--output", path("v"), "--save-model", "-"}),
                 "--save-model -: expected the name of a file");
  expect_refused({"encode", "--input", text_, "--output", "-"}, "--output -: expected the name of a file");
  // Before the text is read.
  const Finished closed =
      Subprocess(under("exec >&-", training(path("none"), {"--output", "-"})), path()).wait();
  EXPECT_EQ(closed.status, 1);
  EXPECT_THAT(closed.err, HasSubstr("cannot write /dev/stdout: it is closed"));
}

}  // namespace
}  // namespace warp2vec::cli
