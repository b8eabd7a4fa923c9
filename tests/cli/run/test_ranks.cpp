// train under mpirun. Without MPI the tests are skipped, but for those of the program without it.
#include "tests/cli/ranks_test.h"
#include "tests/support/json_lines.h"
#include "tests/support/npy.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Clock = std::chrono::steady_clock;

class CliRanks : public RanksTest {};

TEST_F(CliRanks, TrainTogetherTheSameAgain) {
  for (const int ranks : {2, 3}) {
    const Finished first = run_on(ranks, training({"--metrics", path("m.jsonl")}));
    ASSERT_EQ(first.status, 0) << first.err;
    EXPECT_THAT(first.err, HasSubstr("divided among " + std::to_string(ranks) + " ranks"));
    EXPECT_EQ(count(first.err, "vectors: "), 1) << first.err;
    const json summary = json_lines(path("m.jsonl")).back();
    EXPECT_EQ(summary["ranks"]["wait_seconds"].size(), static_cast<std::size_t>(ranks));
    EXPECT_GT(summary["ranks"]["merge_seconds"], 0);
    EXPECT_GT(summary["ranks"]["merge_bytes"], 0);
    EXPECT_EQ(summary["state"], "finished");
    const std::string vectors = folder_.read("v.bin");
    ASSERT_EQ(run_on(ranks, training()).status, 0);
    EXPECT_TRUE(folder_.read("v.bin") == vectors);
    // The vocabulary and the examples are those of one process.
    const Finished alone = run(training({"--metrics", path("one.jsonl")}));
    ASSERT_EQ(alone.status, 0) << alone.err;
    EXPECT_EQ(json_lines(path("one.jsonl")).back()["counts"], summary["counts"]);
    EXPECT_FALSE(folder_.read("v.bin") == vectors);
  }
}

TEST_F(CliRanks, MergeAsOftenAsIsAsked) {
  const auto vectors = [this](const Arguments& more) {
    const Finished done = run_on(2, training(more));
    EXPECT_EQ(done.status, 0) << done.err;
    return folder_.read("v.bin");
  };
  const std::string usual = vectors({"--merge-every", "4096", "--merge-all-every", "65536"});
  EXPECT_TRUE(vectors({}) == usual);
  EXPECT_FALSE(vectors({"--merge-every", "512"}) == usual);
  const std::string few_rows = vectors({"--merge-rows", "10"});
  EXPECT_FALSE(few_rows == usual);
  EXPECT_FALSE(vectors({"--merge-rows", "10", "--merge-all-every", "5000"}) == few_rows);
}

TEST_F(CliRanks, OneIsARunWithoutMpi) {
  ASSERT_EQ(run(training()).status, 0);
  const std::string vectors = folder_.read("v.bin");
  const Finished one = run_on(1, training());
  ASSERT_EQ(one.status, 0) << one.err;
  EXPECT_THAT(one.err, Not(HasSubstr("ranks")));
  EXPECT_TRUE(folder_.read("v.bin") == vectors);
}

TEST_F(CliRanks, WithOtherSettingsAreRefused) {
  for (const auto& [flag, value] :
       {std::pair("--dim", "17"), std::pair("--lr", "0.03"), std::pair("--merge-rows", "5")}) {
    const Finished both = run_both(training(), training({flag, value}));
    EXPECT_EQ(both.status, 1) << both.err;
    EXPECT_THAT(both.err, HasSubstr(std::string("warp2vec: error: rank 1 has another ") + flag +
                                    " than rank 0: all ranks need the same"));
    EXPECT_FALSE(exists("v.bin"));
  }
}

TEST_F(CliRanks, WithAnotherTextAreRefused) {
  const std::string text = folder_.read("text.txt");
  folder_.write("longer.txt", text + "another line of words\n");
  Finished both = run_both(training(), training({"--input", path("longer.txt")}));
  EXPECT_EQ(both.status, 1) << both.err;
  EXPECT_THAT(both.err, HasSubstr("rank 1 has another text than rank 0"));
  // The same words in another order.
  const std::size_t middle = text.find('\n', text.size() / 2) + 1;
  folder_.write("turned.txt", text.substr(middle) + text.substr(0, middle));
  ASSERT_EQ(run({"vocab", "--input", path("text.txt"), "--min-count", "1", "--output", path("words")}).status,
            0);
  const Arguments words{"--read-vocab", path("words")};
  both = run_both(training(words), training(words + Arguments{"--input", path("turned.txt")}));
  EXPECT_EQ(both.status, 1) << both.err;
  EXPECT_THAT(both.err, HasSubstr("rank 1 has another text than rank 0"));
  EXPECT_FALSE(exists("v.bin"));
}

TEST_F(CliRanks, WhatOneProcessReadsIsRefused) {
  for (const auto& [flag, value, message] :
       {std::tuple("--input", "-", "--input -: each of several processes (mpirun) reads the text"),
        std::tuple("--gpus", "2", "--gpus: each of several processes (mpirun) trains on one GPU"),
        std::tuple("--device", "cuda:0,1",
                   "--device cuda:0,1: each of several processes (mpirun) trains on one GPU")}) {
    const Finished both = run_on(2, training({flag, value}));
    EXPECT_EQ(both.status, 2) << both.err;
    EXPECT_EQ(count(both.err, message), 1) << both.err;
  }
}

TEST_F(CliRanks, FindTheIdsAndWalksOfOneProcess) {
  std::string text;
  std::string edges;
  std::vector<std::int32_t> values;
  for (int i = 0; i < 20000; ++i) {
    const int id = i % 7 * (i % 11) + i / 100;
    values.push_back(i % 13 == 0 ? -1 : id);
    text += i % 13 == 0 ? "\n" : std::to_string(id) + " ";
    edges += "n" + std::to_string(id) + " n" + std::to_string(i % 300) + "\n";
  }
  folder_.write("ids.txt", text);
  folder_.write("ids.npy", npy(values));
  folder_.write("edges.txt", edges);
  const Arguments rest{"--output",        path("v.bin"), "--dim",     "8",
                       "--epochs",        "1",           "--threads", "1",
                       "--save-vocab",    path("vocab"), "--metrics", path("m"),
                       "--deterministic", "--min-count", "3"};
  for (const Arguments& input :
       {Arguments{"--input", path("ids.txt"), "--ids"}, Arguments{"--input", path("ids.npy")},
        Arguments{"--graph", path("edges.txt"), "--walk-length", "9", "--num-walks", "2"}}) {
    const Arguments training = Arguments{"train"} + input + rest;
    ASSERT_EQ(run(training).status, 0);
    const std::string vocabulary = folder_.read("vocab");
    const json counts = json_lines(path("m")).back()["counts"];
    for (const int ranks : {2, 3}) {
      std::filesystem::remove(path("vocab"));
      const Finished together = run_on(ranks, training);
      ASSERT_EQ(together.status, 0) << together.err;
      EXPECT_EQ(folder_.read("vocab"), vocabulary) << input[1];
      EXPECT_EQ(json_lines(path("m")).back()["counts"], counts) << input[1];
    }
  }
}

TEST_F(CliRanks, OneThatReadsAWrongIdSaysWhere) {
  std::string text;
  for (int line = 1; line <= 900; ++line) text += line == 800 ? "1 two\n" : "1 2 3 4\n";
  folder_.write("ids.txt", text);
  const Arguments ids{"train", "--input", path("ids.txt"), "--ids", "--output", path("v.bin")};
  const std::string message = path("ids.txt") + ":800: expected an id, 0 to 16777215, found 'two'";
  EXPECT_EQ(run(ids).err, "warp2vec: error: " + message + "\n");
  const Finished three = run_on(3, ids);
  EXPECT_EQ(three.status, 1) << three.err;
  EXPECT_THAT(three.err, HasSubstr("warp2vec: error: rank 2 of 3: " + message + "\n"));
  EXPECT_FALSE(exists("v.bin"));
}

TEST_F(CliRanks, PrintHelpAndPlansOnce) {
  const Finished help = run_on(2, {"train", "--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(count(help.out, "--min-count"), count(run({"train", "--help"}).out, "--min-count"));
  const Arguments plan{"train", "--input", path("text.txt"), "--dry-run"};
  EXPECT_EQ(count(run_on(2, plan).out, "input vectors"), count(run(plan).out, "input vectors"));
}

TEST_F(CliRanks, ADeadOneEndsTheRunWhichOthersGoOnWith) {
  const Arguments checkpointed{"--epochs", "20", "--checkpoint", path("run"), "--checkpoint-every", "50000"};
  Subprocess all(mpirun() + on(3, training(checkpointed)), path());
  const pid_t process = process_of(1);
  ASSERT_NE(process, 0);
  ASSERT_TRUE(wait_for("run"));
  ::kill(process, SIGKILL);
  const auto killed = Clock::now();
  const Finished dead = all.wait();
  EXPECT_LT(Clock::now() - killed, seconds(30));
  EXPECT_NE(dead.status, 0);
  EXPECT_THAT(dead.err, AllOf(HasSubstr("rank 1"), HasSubstr("signal 9")));
  EXPECT_FALSE(exists("v.bin"));

  // By two ranks and by one process.
  std::filesystem::copy_file(path("run"), path("copy"));
  const auto resumed = [&](const std::string& file) {
    return Arguments{"train", "--resume", path(file), "--output", path(file + ".bin")};
  };
  const Finished two = run_on(2, resumed("run"));
  EXPECT_EQ(two.status, 0) << two.err;
  EXPECT_TRUE(exists("run.bin"));
  const Finished one = run(resumed("copy"));
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_TRUE(exists("copy.bin"));
}

TEST_F(CliRanks, StopAndGoOnAsIfNeverStopped) {
  const Arguments long_run = training({"--epochs", "12", "--checkpoint", path("run")});
  ASSERT_EQ(run_on(2, long_run).status, 0);
  const std::string vectors = folder_.read("v.bin");
  std::filesystem::remove(path("run"));
  std::filesystem::remove(path("v.bin"));
  // mpirun forwards this signal.
  Subprocess all(mpirun() + on(2, long_run + Arguments{"--checkpoint-every", "10000"}), path());
  ASSERT_TRUE(wait_for("run"));
  all.send(SIGUSR2);
  const Finished stopped = all.wait();
  EXPECT_EQ(stopped.status, 128 + SIGUSR2) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("to resume: "));
  EXPECT_EQ(count(stopped.err, "stopping, and saving"), 1) << stopped.err;
  EXPECT_FALSE(exists("v.bin"));
  const Finished rest = run_on(2, {"train", "--resume", path("run")});
  ASSERT_EQ(rest.status, 0) << rest.err;
  EXPECT_TRUE(folder_.read("v.bin") == vectors);
}

class CliWithoutMpi : public ProgramTest {};

TEST_F(CliWithoutMpi, SeveralProcessesAreRefused) {
  std::filesystem::copy_file(WARP2VEC_PROGRAM, path("warp2vec"));
  const Finished alone =
      Subprocess({"/usr/bin/env", "OMPI_COMM_WORLD_SIZE=2", path("warp2vec"), "train", "--input", "x"},
                 path())
          .wait();
  EXPECT_EQ(alone.status, 1);
  EXPECT_EQ(alone.err,
            "warp2vec: error: this is one of 2 processes, which train together only if warp2vec was built "
            "with MPI\n");
}

}  // namespace
}  // namespace warp2vec::cli
