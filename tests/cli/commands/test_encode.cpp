// encode, and training on what it wrote, from outside.
#include "tests/cli/program_test.h"
#include "tests/support/sample_text.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliEncode : public ProgramTest {
 protected:
  CliEncode() {
    folder_.write("text", sample_text(60000));
    folder_.write("more", "w1 w2 rare w3\n");
  }

  void expect_success(const Arguments& command, const Arguments& more = {}) const {
    const Finished done = run(command + more);
    ASSERT_EQ(done.status, 0) << done.err;
  }
  void encode(const Arguments& more = {}) const {
    expect_success({"encode", "--input", path("text"), path("more"), "--output", path("ids")}, more);
  }
  Arguments training(const Arguments& inputs, const Arguments& more = {}) const {
    const Arguments command{"train",     "--output", path("v"), "--dim",           "16",
                            "--threads", "2",        "--quiet", "--deterministic", "--input"};
    return command + inputs + more;
  }
  std::string vectors(const Arguments& inputs, const Arguments& more = {}) const {
    std::filesystem::remove(path("v"));
    expect_success(training(inputs, more));
    return folder_.read("v");
  }
  void expect_refused(const Arguments& command, const std::string& message) const {
    const Finished done = run(command);
    EXPECT_EQ(done.status, 2) << done.err;
    EXPECT_THAT(done.err, HasSubstr(message));
  }
};

TEST_F(CliEncode, TheVectorsAreThoseOfTheText) {
  encode();
  for (const std::string loss : {"ns", "hs"}) {
    const Arguments rule{"--epochs", "1", "--loss", loss};
    EXPECT_EQ(vectors({path("ids")}, rule), vectors({path("text"), path("more")}, rule)) << loss;
  }
  const Arguments vocabulary{"--min-count", "600", "--max-vocab", "50", "--epochs", "1"};
  encode({"--min-count", "600", "--max-vocab", "50"});
  EXPECT_EQ(vectors({path("ids")}, {"--epochs", "1"}), vectors({path("text"), path("more")}, vocabulary));
}

TEST_F(CliEncode, AVocabularyFromElsewhereStaysInTheFile) {
  folder_.write("vocab", "w3 50\nw9 40\nw11 30\nother 20\nrare 1\n");
  encode({"--read-vocab", path("vocab"), "--min-count", "2"});
  EXPECT_EQ(vectors({path("ids")}, {"--epochs", "1"}),
            vectors({path("text"), path("more")},
                    {"--epochs", "1", "--read-vocab", path("vocab"), "--min-count", "2"}));
}

TEST_F(CliEncode, NeitherCountsNorReadsTheText) {
  encode();
  for (const char* name : {"text", "more"}) std::filesystem::remove(path(name));
  const Finished done = run({"train", "--input", path("ids"), "--output", path("v"), "--epochs", "1"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, AllOf(HasSubstr("words from " + path("ids")), Not(HasSubstr("counting"))));
}

TEST_F(CliEncode, ContradictionsAreRefused) {
  encode({"--min-count", "2"});
  expect_refused(training({path("ids")}, {"--min-count", "5"}),
                 "--min-count 5, but " + path("ids") + " was encoded with --min-count 2");
  expect_refused(training({path("ids")}, {"--max-vocab", "10"}),
                 "--max-vocab 10, but " + path("ids") + " was encoded with --max-vocab 0");
  expect_refused(training({path("ids")}, {"--read-vocab", path("v")}), "has its own vocabulary");
  expect_refused(training({path("ids"), path("text")}), "must be the only --input");
  expect_refused({"encode", "--input", path("text"), "--output", path("text")}, "are the same file");
  expect_refused({"encode", "--input", path("text")}, "encode needs --output FILE");
  expect_success(training({path("ids")}, {"--min-count", "2", "--epochs", "1", "--save-model", path("m")}));
  expect_refused(training({path("ids")}, {"--init", path("m"), "--init-vocab", "union"}),
                 "expected --init-vocab new");
  expect_success(training({path("ids")}, {"--init", path("m"), "--epochs", "1"}));
}

TEST_F(CliEncode, ADamagedFileIsNotTrainedOn) {
  encode();
  std::string bytes = folder_.read("ids");
  folder_.write("ids", bytes.substr(0, bytes.size() - 1));
  Finished done = run(training({path("ids")}));
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr(path("ids") + ": offset 16: the header says that the file has"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder_.write("ids", bytes);
  done = run(training({path("ids")}));
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr(path("ids") + ": section \"tokens\": "));
  EXPECT_FALSE(std::filesystem::exists(path("v")));
}

TEST_F(CliEncode, AKilledRunIsResumedFromTheFileOrTheText) {
  encode();
  const Arguments epochs{"--epochs", "20"};
  const std::string whole = vectors({path("ids")}, epochs);
  for (const bool from_text : {false, true}) {
    Arguments command =
        training({path("ids")}, {"--epochs", "20", "--checkpoint", path("c"), "--checkpoint-every", "15000"});
    command.insert(command.begin(), WARP2VEC_PROGRAM);
    std::filesystem::remove(path("v"));
    Subprocess process(command, path(""));
    for (int i = 0; i < 6000 && !std::filesystem::exists(path("c")); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    process.send(SIGKILL);
    process.wait();
    ASSERT_FALSE(std::filesystem::exists(path("v")));
    Arguments resume{"train", "--resume", path("c")};
    if (from_text) resume.insert(resume.end(), {"--input", path("text"), path("more")});
    expect_success(resume);
    EXPECT_EQ(folder_.read("v"), whole);
    std::filesystem::remove(path("c"));
  }
}

TEST_F(CliEncode, OtherWordsWithTheSameIdsAreNotResumed) {
  folder_.write("one", "a b a c\na b\n");
  folder_.write("two", "x y x z\nx y\n");
  for (const std::string name : {"one", "two"})
    expect_success({"encode", "--input", path(name), "--output", path(name + ".ids"), "--min-count", "1"});
  expect_success(training({path("one.ids")}, {"--checkpoint", path("c"), "--epochs", "1", "--sample", "0"}));
  const Finished done = run({"train", "--resume", path("c"), "--epochs", "2", "--input", path("two.ids")});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("the words of " + path("two.ids") + " are not those of the checkpoint"));
}

TEST_F(CliEncode, InfoAndPlanDescribeTheFile) {
  encode();
  const Finished info = run({"info", "--corpus", path("ids")});
  EXPECT_EQ(run({"info", path("ids")}).out, info.out);
  EXPECT_EQ(info.status, 0) << info.err;
  EXPECT_THAT(info.out,
              AllOf(HasSubstr("60,003 of the text's 60,004"), HasSubstr("6,001"), HasSubstr("103")));
  const Finished plan = run({"plan", "--input", path("ids")});
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("Vocabulary 103 words, 60,003 tokens per epoch"));
}

}  // namespace
}  // namespace warp2vec::cli
