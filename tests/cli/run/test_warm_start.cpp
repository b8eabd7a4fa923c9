// train --init from outside: the words that are trained, what is said, and what is refused.
#include <warp2vec/model.h>
#include <warp2vec/word_vectors.h>

#include "tests/cli/program_test.h"
#include "tests/support/sample_text.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliWarmStart : public ProgramTest {
 protected:
  CliWarmStart() {
    const std::string text = sample_text(5000);
    folder_.write("text", text);
    folder_.write("more", text + "new w1 new w2 new w3\n");
  }

  Finished train(const Arguments& more) const {
    Arguments command{"train", "--min-count", "3", "--epochs", "1", "--deterministic"};
    if (std::find(more.begin(), more.end(), "--output") == more.end())
      command.insert(command.end(), {"--output", path("v.bin")});
    return run(command + more);
  }
  // Trains the model "old" and its vectors "old.bin".
  void train_first(const std::string& loss) const {
    const Finished done = train({"--input", path("text"), "--output", path("old.bin"), "--save-model",
                                 path("old"), "--dim", "16", "--loss", loss});
    ASSERT_EQ(done.status, 0) << done.err;
  }
  void expect_refused(const Arguments& more, const testing::Matcher<const std::string&>& message) const {
    const Finished done = train(more);
    EXPECT_EQ(done.status, 2) << done.err;
    EXPECT_THAT(done.err, message);
    EXPECT_FALSE(std::filesystem::exists(path("v.bin")));
  }
};

TEST_F(CliWarmStart, AModelGoesOnWithMoreText) {
  train_first("ns");
  const std::string before = folder_.read("old");
  const Finished done = train({"--input", path("more"), "--init", path("old"), "--save-model", path("old")});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("starting with " + path("old") + ": 103 words keep their vectors, 1 are new"),
                    Not(HasSubstr("start at zero"))));
  EXPECT_NE(folder_.read("old"), before);
  const TrainedModel model = load_model(path("old"));
  EXPECT_EQ(model.config.dim, 16);  // the default is that of the model
  EXPECT_TRUE(model.vocabulary.find("new"));
}

TEST_F(CliWarmStart, WhatStartsAtZeroIsSaid) {
  train_first("hs");
  const std::string outputs = "the output vectors start at zero";
  const std::string nodes = "the inner nodes of the Huffman tree start at zero";
  const auto said = [&](const Arguments& more) {
    Arguments command{"--input", path("more")};
    command.insert(command.end(), more.begin(), more.end());
    return train(command).err;
  };
  EXPECT_THAT(said({"--init", path("old")}), HasSubstr(nodes));
  EXPECT_THAT(
      said({"--init", path("old"), "--init-vocab", "old"}),
      AllOf(HasSubstr("keep their vectors, 0 are new"), Not(HasSubstr(nodes)), Not(HasSubstr("counting"))));
  EXPECT_THAT(said({"--init", path("old.bin"), "--loss", "ns+hs"}),
              AllOf(HasSubstr(nodes), HasSubstr(outputs)));
}

TEST_F(CliWarmStart, TakesOnlyTheFirstVectorsIfThatIsAsked) {
  train_first("ns");
  const Arguments command{"--input", path("more"),   "--init", path("old.bin"), "--init-limit",
                          "2",       "--init-vocab", "old",    "--save-vocab",  path("trained")};
  EXPECT_THAT(train(command).err, HasSubstr("2 words keep their vectors"));
  const std::string trained = folder_.read("trained");
  EXPECT_EQ(std::count(trained.begin(), trained.end(), '\n'), 2);
}

TEST_F(CliWarmStart, StartingWithItselfIsDeterministic) {
  train_first("ns");
  const Arguments again{"--input", path("text"), "--init", path("old"), "--threads"};
  const auto vectors = [&](const std::string& threads) {
    Arguments command = again;
    command.push_back(threads);
    EXPECT_EQ(train(command).status, 0);
    return folder_.read("v.bin");
  };
  const std::string one = vectors("1");
  EXPECT_EQ(vectors("2"), one);
  EXPECT_NE(one, folder_.read("old.bin"));
}

TEST_F(CliWarmStart, ContradictionsAreRefused) {
  train_first("ns");
  const Arguments init{"--input", path("text"), "--init", path("old")};
  const auto with = [&init](const Arguments& more) {
    Arguments command = init;
    command.insert(command.end(), more.begin(), more.end());
    return command;
  };
  expect_refused(with({"--dim", "20"}),
                 HasSubstr("--dim 20, but the vectors of " + path("old") + " have 16"));
  expect_refused(with({"--loss", "hs"}),
                 HasSubstr("--loss hs, but the model " + path("old") + " was trained with --loss ns"));
  expect_refused(with({"--init-vocab", "both"}), HasSubstr("expected old, new or union"));
  expect_refused(with({"--init-vocab", "old", "--read-vocab", path("vocab")}),
                 HasSubstr("leave out --read-vocab"));
  expect_refused(with({"--resume", path("c")}), HasSubstr("leave out --init"));
  expect_refused(with({"--metrics", path("old")}), HasSubstr("--metrics and --init are the same file"));
  expect_refused({"--input", path("text"), "--init-vocab", "old"},
                 HasSubstr("--init-vocab needs --init FILE"));
  expect_refused({"--input", path("text"), "--init-limit", "1"}, HasSubstr("--init-limit needs --init FILE"));
  expect_refused(with({"--init-limit", "0"}), HasSubstr("--init-limit 0 is out of range"));
}

TEST_F(CliWarmStart, APlanHasTheWordsThatWouldBeTrained) {
  train_first("ns");
  const Finished done = train({"--input", path("more"), "--init", path("old"), "--dry-run"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("Vocabulary 104 words"));
}

}  // namespace
}  // namespace warp2vec::cli
