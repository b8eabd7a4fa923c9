// train --checkpoint and --resume from outside: runs that are interrupted, killed or finished, and runs that
// may not be resumed.
#include <warp2vec/checkpoint.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/flags/train_options.h"
#include "host/cli/flags/usage_error.h"
#include "host/cli/report/metrics_file.h"
#include "host/cli/run/resumed_run.h"
#include "tests/cli/program_test.h"
#include "tests/support/json_lines.h"
#include "tests/support/sample_text.h"
#include "tests/support/subprocess.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace warp2vec::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CliCheckpoint : public ProgramTest {
 protected:
  CliCheckpoint() { folder_.write("text.txt", sample_text(kTokens)); }

  static constexpr int kTokens = 60000;

  // A flag that is already present gets the new value.
  static Arguments with(Arguments words, const Arguments& more) {
    for (const std::string& word : more) {
      const auto flag = std::find(words.begin(), words.end(), word);
      if (word.starts_with("--") && flag != words.end()) words.erase(flag, flag + 2);
    }
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // Takes about a second.
  Arguments training(const Arguments& more = {}) const {
    return with({"train", "--input", path("text.txt"), "--output", path("v.bin"), "--dim", "16", "--epochs",
                 "4", "--threads", "2", "--min-count", "1", "--deterministic"},
                more);
  }
  Arguments checkpointed(const Arguments& more = {}) const {
    return training(with({"--checkpoint", path("c"), "--checkpoint-every", "15000"}, more));
  }
  Arguments resumed(const Arguments& more = {}) const { return with({"train", "--resume", path("c")}, more); }
  void expect_success(const Arguments& command) const {
    const Finished done = run(command);
    EXPECT_EQ(done.status, 0) << done.err;
  }
  void expect_refused(const Arguments& command, int status,
                      const testing::Matcher<const std::string&>& message) const {
    const Finished done = run(command);
    EXPECT_EQ(done.status, status) << done.err;
    EXPECT_THAT(done.err, HasSubstr("warp2vec: error: "));
    EXPECT_THAT(done.err, message);
  }

  // Returns the vectors of an uninterrupted run.
  std::string uninterrupted(const Arguments& more = {}) const {
    expect_success(training(with({"--quiet"}, more)));
    std::string vectors = folder_.read("v.bin");
    std::filesystem::remove(path("v.bin"));
    return vectors;
  }

  void wait_for(const std::string& name) const {
    for (int i = 0; i < 6000 && !exists(name); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ASSERT_TRUE(exists(name));
  }
  // Leaves a checkpoint of an unfinished run.
  void stop_one(int signal, const Arguments& more = {}) const {
    Subprocess process(command(checkpointed(with({"--epochs", "1000", "--quiet"}, more))), path());
    wait_for("c");
    process.send(signal);
    process.wait();
  }
};

TEST_F(CliCheckpoint, AKilledRunEndsWithTheSameBytes) {
  for (const Arguments& rule : {Arguments{"--loss", "ns"}, Arguments{"--loss", "hs", "--sharing", "tile"}}) {
    const std::string whole = uninterrupted(rule);
    Subprocess process(command(checkpointed(rule)), path());
    wait_for("c");
    process.send(SIGKILL);
    EXPECT_EQ(process.wait().status, 128 + SIGKILL);
    EXPECT_FALSE(exists("v.bin"));
    ASSERT_TRUE(is_unfinished(path("c")));
    const Finished done = run(resumed({"--threads", "1"}));
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.err, HasSubstr("resuming " + path("c") + " after "));
    EXPECT_THAT(done.err, Not(HasSubstr("counting")));
    EXPECT_EQ(folder_.read("v.bin"), whole);
    for (const char* name : {"v.bin", "c"}) std::filesystem::remove(path(name));
  }
}

TEST_F(CliCheckpoint, ASignalSavesTheRunInsteadOfTheVectors) {
  const std::string whole = uninterrupted();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Subprocess process(command(training({"--checkpoint", path("c"), "--metrics", path("m")})), path());
    wait_for("m");
    while (std::filesystem::file_size(path("m")) == 0) std::this_thread::yield();
    process.send(signal);
    const Finished stopped = process.wait();
    EXPECT_EQ(stopped.status, 128 + signal) << stopped.err;
    EXPECT_THAT(stopped.err, AllOf(HasSubstr("stopping, and saving the run; another Ctrl-C"),
                                   HasSubstr("; to resume: warp2vec train --resume " + path("c") + "\n")));
    EXPECT_FALSE(exists("v.bin.partial"));
    EXPECT_TRUE(is_unfinished(path("c")));
    expect_success(resumed());
    EXPECT_EQ(folder_.read("v.bin"), whole);
    for (const char* name : {"v.bin", "c", "m"}) std::filesystem::remove(path(name));
  }
}

TEST_F(CliCheckpoint, Sigusr1SavesAndGoesOn) {
  Subprocess process(
      command(training({"--epochs", "1000000", "--checkpoint", path("c"), "--metrics", path("m")})), path());
  wait_for("m");
  // Before training a signal ends the program.
  for (int i = 0; i < 6000 && folder_.read("m").find("\"progress\"") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  process.send(SIGUSR1);
  wait_for("c");
  const std::int64_t first = load_checkpoint(path("c")).state.summary.tokens;
  EXPECT_GT(first, 0);
  EXPECT_TRUE(process.running());
  process.send(SIGTERM);
  const Finished stopped = process.wait();
  EXPECT_EQ(stopped.status, 128 + SIGTERM);
  EXPECT_THAT(stopped.err, HasSubstr("checkpoint: " + path("c") + ", after "));
  EXPECT_GT(load_checkpoint(path("c")).state.summary.tokens, first);
}

TEST_F(CliCheckpoint, AFinishedRunIsKeptAsOne) {
  const std::string whole = uninterrupted();
  const std::string longer = uninterrupted({"--epochs", "5"});
  expect_success(checkpointed());
  EXPECT_FALSE(is_unfinished(path("c")));
  std::filesystem::remove(path("v.bin"));
  // Nothing is left to train: the vectors are only saved again.
  const Finished again = run(resumed());
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.err, Not(HasSubstr("epoch 4/4")));
  EXPECT_EQ(folder_.read("v.bin"), whole);
  const Finished more = run(resumed({"--epochs", "5", "--output", path("more.bin")}));
  EXPECT_EQ(more.status, 0);
  EXPECT_THAT(more.err, AllOf(HasSubstr("epoch 5/5"), Not(HasSubstr("epoch 4/5"))));
  EXPECT_EQ(load_vectors(path("more.bin")).size(), load_vectors(path("v.bin")).size());
  EXPECT_NE(folder_.read("more.bin"), whole);
  EXPECT_EQ(folder_.read("v.bin"), whole);
  // A new run may replace it.
  expect_success(checkpointed());
}

TEST_F(CliCheckpoint, AnUnfinishedRunIsNotReplaced) {
  stop_one(SIGTERM);
  const std::string before = folder_.read("c");
  expect_refused(checkpointed(), 2,
                 HasSubstr("--checkpoint " + path("c") +
                           " holds an unfinished run: resume it (warp2vec train "
                           "--resume " +
                           path("c") + "), or delete the file to start again"));
  EXPECT_EQ(folder_.read("c"), before);
  folder_.write("other", "my thesis");
  expect_refused(training({"--checkpoint", path("other")}), 2,
                 HasSubstr("--checkpoint replaces only checkpoints: " + path("other")));
  EXPECT_EQ(folder_.read("other"), "my thesis");
}

TEST_F(CliCheckpoint, SettingsThatMayNotChangeAreNamedWithBothValues) {
  stop_one(SIGTERM);
  const std::string before = folder_.read("c");
  const std::string cannot = "--resume " + path("c") + ": the run cannot be resumed with other settings: ";
  expect_refused(resumed({"--dim", "17", "--loss", "hs"}), 2,
                 HasSubstr(cannot + "--dim 17 (the checkpoint has 16), --loss hs (the checkpoint has ns)"));
  expect_refused(resumed({"--epochs", "999"}), 2, HasSubstr("--epochs 999 (the checkpoint has 1000"));
  expect_refused(resumed({"--sharing", "tile"}), 2, HasSubstr("--sharing tile (the checkpoint has pair)"));
  expect_refused(resumed({"--min-count", "2"}), 2, HasSubstr("--min-count 2 (the checkpoint has 1)"));
  expect_refused(resumed({"--read-vocab", path("words")}), 2, HasSubstr("leave out --read-vocab"));
  expect_refused(resumed({"--table-type", "bf16"}), 2, HasSubstr("--table-type bf16"));
  EXPECT_EQ(folder_.read("c"), before);
}

TEST_F(CliCheckpoint, TheRestMayChange) {
  const std::string whole = uninterrupted();
  Subprocess process(command(checkpointed()), path());
  wait_for("c");
  process.send(SIGKILL);
  process.wait();
  std::filesystem::create_directory(path("moved"));
  std::filesystem::rename(path("text.txt"), path("moved/text"));
  // The original command, with every setting changed that may be, and all others unchanged.
  expect_success({"train",
                  "--resume",
                  path("c"),
                  "--checkpoint",
                  path("d"),
                  "--input",
                  path("moved/text"),
                  "--output",
                  path("w.txt"),
                  "--format",
                  "text",
                  "--dim",
                  "16",
                  "--sharing",
                  "auto",
                  "--threads",
                  "1",
                  "--checkpoint-every",
                  "1h",
                  "--device",
                  "cpu",
                  "--save-model",
                  path("model"),
                  "--save-vocab",
                  path("words"),
                  "--quiet"});
  EXPECT_FALSE(exists("v.bin"));
  expect_success({"export", "--vectors", path("w.txt"), "--output", path("w.bin"), "--format", "binary"});
  EXPECT_EQ(folder_.read("w.bin"), whole);
  EXPECT_TRUE(exists("model"));
  EXPECT_TRUE(is_unfinished(path("c")));
  EXPECT_FALSE(is_unfinished(path("d")));
}

TEST_F(CliCheckpoint, AnotherTextIsRefused) {
  stop_one(SIGKILL, {"--metrics", path("m")});
  const std::string before = folder_.read("c");
  folder_.write("text.txt", folder_.read("text.txt") + "one line more\n");
  expect_refused(resumed(), 1,
                 AllOf(HasSubstr("--resume " + path("c") + ": the text is not that of the checkpoint: " +
                                 path("text.txt") + " has 60003 words"),
                       HasSubstr("expected 60000 words")));
  EXPECT_EQ(folder_.read("c"), before);
  EXPECT_FALSE(exists("v.bin"));
  expect_refused(resumed({"--input", path("none")}), 1, HasSubstr(path("none")));
}

TEST_F(CliCheckpoint, DamageIsRefused) {
  stop_one(SIGTERM);
  std::string bytes = folder_.read("c");
  bytes[bytes.size() / 2] ^= 1;
  folder_.write("c", bytes);
  expect_refused(resumed(), 1,
                 AllOf(HasSubstr(path("c") + ": offset "), HasSubstr("do not match the checksum")));
  folder_.write("c", bytes.substr(0, bytes.size() / 2));
  expect_refused(resumed(), 1, HasSubstr("the header says that the file has"));
  expect_refused({"train", "--resume", path("none")}, 1,
                 HasSubstr("cannot read " + path("none") + ": No such file or directory"));
}

TEST_F(CliCheckpoint, MetricsGoOnInTheSameFile) {
  Subprocess process(command(checkpointed({"--metrics", path("m"), "--quiet"})), path());
  wait_for("c");
  process.send(SIGKILL);
  process.wait();
  // Progress that was lost, and a partially written line.
  const std::string lost = json({{"type", "progress"}, {"tokens_done", 4 * kTokens}}).dump() + "\n{\"type\":";
  folder_.write("m", folder_.read("m") + lost);
  const Finished done = run(resumed());
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr(" of --metrics " + path("m") + " removed: what they report"));
  std::int64_t tokens = 0;
  int resumptions = 0;
  const std::vector<json> lines = json_lines(path("m"));
  for (const json& line : lines) {
    if (line["type"] == "resumed") {
      ++resumptions;
      EXPECT_GE(line["tokens_done"], tokens);
    }
    if (line["type"] != "progress") continue;
    EXPECT_GE(line["tokens_done"], tokens);  // equal where a batch takes longer than two reports
    tokens = line["tokens_done"];
    EXPECT_EQ(line["tokens_total"], 4 * kTokens);
  }
  EXPECT_EQ(tokens, 4 * kTokens);
  EXPECT_EQ(resumptions, 1);
  const json& summary = lines.back();
  EXPECT_EQ(summary["state"], "finished");
  EXPECT_EQ(summary["counts"]["trained_tokens"], 4 * kTokens);
  EXPECT_GT(summary["counts"]["resumed_tokens"], 0);
  EXPECT_EQ(summary["epoch_loss"].size(), 4U);
  EXPECT_EQ(summary["settings"]["resume"], path("c"));
}

TEST_F(CliCheckpoint, AFileOfSomethingElseGetsNoMetrics) {
  stop_one(SIGTERM);
  folder_.write("notes", "{\"type\":\"progress\",\"tokens_done\":1}\nbuy milk\n");
  expect_refused(resumed({"--metrics", path("notes")}), 1,
                 HasSubstr("--metrics " + path("notes") + ": line 2 is not of a run's metrics"));
  EXPECT_THAT(folder_.read("notes"), HasSubstr("buy milk\n"));
}

TEST_F(CliCheckpoint, WhatCannotBeWrittenEndsNothing) {
  std::filesystem::create_directory(path("there"));
  Subprocess process(command(training({"--epochs", "1000000", "--checkpoint", path("there/c"),
                                       "--checkpoint-every", "1000000", "--metrics", path("m")})),
                     path());
  wait_for("m");
  std::filesystem::remove_all(path("there"));
  while (folder_.read("m").find("\"type\":\"checkpoint\"") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  process.send(SIGTERM);
  const Finished stopped = process.wait();
  EXPECT_EQ(stopped.status, 128 + SIGTERM);
  EXPECT_THAT(stopped.err, AllOf(HasSubstr("warning: no checkpoint after "),
                                 HasSubstr("cannot write " + path("there/c") + ": No such file or directory"),
                                 HasSubstr("the vectors so far are in " + path("v.bin.partial"))));
  EXPECT_GT(load_vectors(path("v.bin.partial")).size(), 90);
}

TEST_F(CliCheckpoint, VectorsThatCannotBeSavedAreInTheCheckpoint) {
  std::filesystem::create_directory(path("there"));
  Subprocess process(
      command(training({"--output", path("there/v.bin"), "--checkpoint", path("c"), "--metrics", path("m")})),
      path());
  wait_for("m");
  std::filesystem::remove_all(path("there"));
  const Finished done = process.wait();
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("cannot write " + path("there/v.bin") +
                                  ": No such file or directory; all that was learned is in " + path("c") +
                                  ": warp2vec train --resume " + path("c") + " saves it"));
  expect_success(resumed({"--output", path("v.bin")}));
  const std::string saved = folder_.read("v.bin");
  EXPECT_EQ(saved, uninterrupted());
}

TEST_F(CliCheckpoint, FilesOfARunAreDifferentOnes) {
  expect_refused(training({"--checkpoint", path("v.bin")}), 2,
                 HasSubstr("--checkpoint and --output are the same file"));
  expect_refused(training({"--checkpoint", path("text.txt")}), 2,
                 HasSubstr("--checkpoint and --input are the same file"));
  stop_one(SIGTERM);
  expect_refused(resumed({"--output", path("c"), "--checkpoint", path("d")}), 2,
                 HasSubstr("--output and --resume are the same file"));
}

TEST_F(CliCheckpoint, PlansCountWhatItTakes) {
  stop_one(SIGTERM);
  const Finished plan = run(resumed({"--dry-run"}));
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, AllOf(StartsWith("Vocabulary "), HasSubstr("copy for checkpoints"),
                              HasSubstr("checkpoint                about ")));
  EXPECT_THAT(plan.err, Not(HasSubstr("vocabulary:")));
}

TEST(CliCheckpointInterval, IsATimeOrANumberOfWords) {
  const auto time = [](const char* text) { return parse_interval(text).time; };
  EXPECT_EQ(time("90s"), std::chrono::seconds(90));
  EXPECT_EQ(time("10m"), std::chrono::minutes(10));
  EXPECT_EQ(time("8760h"), std::chrono::hours(8760));
  EXPECT_EQ(time("500"), std::nullopt);
  EXPECT_EQ(parse_interval("500").tokens, 500);
  EXPECT_EQ(parse_interval("10m").tokens, std::nullopt);
  for (const char* bad : {"", "m", "-5", "10d", "1.5h", "10 m", "m10"})
    EXPECT_THAT(thrown_message([&] { parse_interval(bad); }),
                HasSubstr("expected a time such as 90s, 10m or 2h"))
        << bad;
  for (const char* bad : {"0", "0s", "8761h", "99999999999999999m"})
    EXPECT_THAT(thrown_message([&] { parse_interval(bad); }), HasSubstr("is out of range")) << bad;
  EXPECT_THAT(thrown_message([] { parse_interval("99999999999999999999"); }), HasSubstr("too large"));
}

TEST_F(CliCheckpoint, EveryNeedsACheckpoint) {
  expect_refused(training({"--checkpoint-every", "5m"}), 2,
                 HasSubstr("--checkpoint-every needs --checkpoint FILE"));
}

TEST(CliResumedOptions, AreThoseOfTheCommandThatBeganTheRun) {
  TrainOptions options;
  options.inputs = {"-", "a b"};
  options.output = "v";
  options.vectors.format = VectorFormat::tensorboard;
  options.save_model = "m";
  options.metrics = "log";
  options.checkpoint_every = "3h";
  options.device = {DeviceKind::cuda, {2}};
  options.config.threads = 7;
  options.config.dim = 8;
  Checkpoint checkpoint;
  checkpoint.notes = notes_of(options);
  checkpoint.config.dim = 300;
  const TrainOptions found = resumed_options(checkpoint, "c");
  EXPECT_THAT(found.inputs, ElementsAre("-", "a b"));
  EXPECT_EQ(found.output, "v");
  EXPECT_EQ(found.vectors.format, VectorFormat::tensorboard);
  EXPECT_EQ(found.save_model, "m");
  EXPECT_EQ(found.metrics, "log");
  EXPECT_EQ(found.checkpoint_every, "3h");
  EXPECT_EQ(to_string(found.device), "cuda:2");
  EXPECT_EQ(found.config.threads, 7);
  EXPECT_EQ(found.config.dim, 300);
  EXPECT_EQ(found.checkpoint, "c");
  options.device = {DeviceKind::cuda, {}, 3};
  checkpoint.notes = notes_of(options);
  EXPECT_EQ(resumed_options(checkpoint, "c").device.gpus, 3);
  EXPECT_THAT(checkpoint.notes, Not(Contains("--merge-rows")));
  options.ranks = 3;
  options.merges.round = 5;
  options.merges.hot_rows = 6;
  options.merges.all_rows_every = 7;
  checkpoint.notes = notes_of(options);
  const Distribution merges = resumed_options(checkpoint, "c").merges;
  EXPECT_THAT((std::vector{merges.round, merges.hot_rows, merges.all_rows_every}), ElementsAre(5, 6, 7));
  checkpoint.notes = {"another program"};
  EXPECT_TRUE(resumed_options(checkpoint, "c").inputs.empty());
  checkpoint.notes = {"warp2vec train", "--nonsense", "5"};
  EXPECT_THAT(thrown_message([&] { resumed_options(checkpoint, "c"); }),
              StartsWith("c: section 'notes': unknown flag --nonsense"));
}

}  // namespace
}  // namespace warp2vec::cli
