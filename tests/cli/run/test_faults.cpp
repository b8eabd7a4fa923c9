// System calls that fail: a message and a nonzero status, or a complete result; never anything in between.

#include "tests/cli/program_test.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec::cli {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

struct Fault {
  std::string call;
  int error;
};

class CliFaults : public ProgramTest {
 protected:
  CliFaults() {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "w" + std::to_string(i % 40) + (i % 10 == 9 ? "\n" : " ");
    folder_.write("work/text.txt", text);
    fs::create_directory(folder_.path("spare"));
  }

  // Runs it in "spare", with the fault at the call of this number, and all later ones if `on`.
  Finished run(const Arguments& arguments, const Fault& fault, int at, bool on, bool kill = false) const {
    Arguments all{"/usr/bin/env",
                  "--chdir=" + path("spare"),
                  "TMPDIR=" + path("spare"),
                  "LD_PRELOAD=" WARP2VEC_FAILING_CALLS,
                  "FAIL_CALL=" + fault.call,
                  "FAIL_AT=" + std::to_string(at),
                  "FAIL_ERRNO=" + std::to_string(fault.error),
                  "FAIL_PATH=" + path("work/"),
                  "FAIL_MARK=" + path("mark")};
    if (on) all.emplace_back("FAIL_ON=1");
    if (kill) all.emplace_back("FAIL_KILL=1");
    return Subprocess(all + command(arguments), path()).wait();
  }

  std::map<std::string, std::string> contents(const std::set<std::string>& names) const {
    std::map<std::string, std::string> all;
    for (const std::string& name : names) all[name] = fs::exists(path(name)) ? folder_.read(name) : "no file";
    return all;
  }

  // Lets each call fail once, and then from each on. The command must write `outputs`, which exist before.
  void expect_all_or_nothing(const Arguments& command, const std::set<std::string>& outputs) {
    expect_all_or_nothing(command, outputs,
                          {{"open", EMFILE},
                           {"read", EIO},
                           {"write", ENOSPC},
                           {"fsync", EIO},
                           {"rename", EACCES},
                           {"mmap", ENOMEM},
                           {"thread", EAGAIN}});
  }

  // Of the allocations, more and more are passed over.
  void expect_all_or_nothing(const Arguments& command, const std::set<std::string>& outputs,
                             const std::vector<Fault>& kinds) {
    for (const std::string& name : outputs) folder_.write(name, "before");
    const auto before = contents(outputs);
    const Finished good = run(command, {"none", 0}, 1, false);
    ASSERT_EQ(good.status, 0) << good.err;
    const auto after = contents(outputs);
    int faults = 0;
    for (const Fault& fault : kinds) {
      for (const bool on : {false, true}) {
        for (int at = 1;; at += fault.call == "malloc" ? 1 + at / 15 : 1) {
          SCOPED_TRACE(fault.call + " " + std::to_string(at) + (on ? " and all later ones" : ""));
          for (const std::string& name : outputs) folder_.write(name, "before");
          const Finished result = run(command, fault, at, on);
          if (!fs::remove(path("mark"))) break;
          ++faults;
          const auto found = contents(outputs);
          if (result.status == 0) {
            EXPECT_EQ(found, after);
            // Folders need not be readable, and fewer threads are enough.
            EXPECT_TRUE(!on || fault.call == "open" || fault.call == "thread");
          } else {
            EXPECT_EQ(result.status, 1);
            EXPECT_THAT(result.err, HasSubstr("warp2vec: error: "));
            for (const auto& [name, content] : found)
              EXPECT_TRUE(content == before.at(name) || content == after.at(name)) << name;
          }
          for (const auto& entry : fs::directory_iterator(path("work")))
            EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos) << entry.path();
          ASSERT_LT(at, 100'000);
        }
      }
    }
    EXPECT_GT(faults, 10);
    RecordProperty("faults", faults);
  }
};

TEST_F(CliFaults, OfVocab) {
  expect_all_or_nothing(
      {"vocab", "--input", path("work/text.txt"), "--output", path("work/words"), "--threads", "3"},
      {"work/words"});
}

TEST_F(CliFaults, OfEncode) {
  expect_all_or_nothing(
      {"encode", "--input", path("work/text.txt"), "--output", path("work/ids"), "--threads", "3"},
      {"work/ids"});
}

TEST_F(CliFaults, OfExport) {
  folder_.write("work/v.txt", "2 3\na 1 2 3\nb 4 5 6\n");
  expect_all_or_nothing(
      {"export", "--vectors", path("work/v.txt"), "--output", path("work/v.npy"), "--format", "npy"},
      {"work/v.npy", "work/v.npy.vocab"});
}

// Old and new vectors have as many words, so that nothing but the names could tell that they do not fit.
TEST_F(CliFaults, KilledBetweenTheFilesOfAPair) {
  const std::string before = folder_.write("work/before.txt", "2 2\na 1 2\nb 3 4\n");
  const std::string later = folder_.write("work/later.txt", "2 2\nc 5 6\nd 7 8\n");
  for (const auto& [format, main, other] :
       {std::array<std::string, 3>{"npy", "work/v", "work/v.vocab"},
        std::array<std::string, 3>{"tensorboard", "work/v.vectors.tsv", "work/v.metadata.tsv"}}) {
    const auto written_from = [&, &format = format](const std::string& vectors) {
      return Arguments{"export", "--vectors", vectors, "--output", path("work/v"), "--format", format};
    };
    ASSERT_EQ(run(written_from(later), {"none", 0}, 1, false).status, 0);
    const auto new_pair = contents({main, other});
    ASSERT_EQ(run(written_from(before), {"none", 0}, 1, false).status, 0);
    const auto old_pair = contents({main, other});
    int kills = 0;
    int others = 0;  // neither the old nor the new pair
    for (const char* call : {"rename", "fsync"}) {
      for (int at = 1;; ++at, ++kills) {
        SCOPED_TRACE(format + " " + call + " " + std::to_string(at));
        ASSERT_EQ(run(written_from(before), {"none", 0}, 1, false).status, 0);
        const Finished killed = run(written_from(later), {call, 0}, at, false, true);
        if (!fs::remove(path("mark"))) break;
        EXPECT_EQ(killed.status, 128 + SIGKILL);
        const auto found = contents({main, other});
        const bool is_whole = found == old_pair || found == new_pair;
        others += is_whole ? 0 : 1;
        if (format == "tensorboard") {
          EXPECT_TRUE(is_whole || found.at(main) == "no file");
          continue;
        }
        for (const auto& [name, content] : found)
          EXPECT_TRUE(content == old_pair.at(name) || content == new_pair.at(name)) << name;
        const Finished read = run({"info", "--vectors", path("work/v")}, {"none", 0}, 1, false);
        EXPECT_EQ(read.status, is_whole ? 0 : 1);
        EXPECT_THAT(read.err, HasSubstr(is_whole ? "" : "these are not the words of the array"));
      }
    }
    EXPECT_GE(kills, 4);
    EXPECT_GE(others, 1);
    ASSERT_EQ(run(written_from(before), {"none", 0}, 1, false).status, 0);
    for (const auto& entry : fs::directory_iterator(path("work")))
      EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos) << entry.path();
  }
}

TEST_F(CliFaults, FilesCutShortWhileTheyAreMapped) {
  std::string vectors = "2000 4\n";
  for (int i = 0; i < 2000; ++i) vectors += "w" + std::to_string(i) + " 1 0.5 0.25 2\n";
  folder_.write("work/v.txt", vectors);
  const auto succeeds = [&](const Arguments& command) {
    const Finished result = run(command, {"none", 0}, 1, false);
    ASSERT_EQ(result.status, 0) << result.err;
  };
  for (const char* format : {"binary", "npy"})
    succeeds({"export", "--vectors", path("work/v.txt"), "--output", path("work/v.") + format, "--format",
              format});
  succeeds({"train", "--input", path("work/text.txt"), "--output", path("work/out"), "--save-model",
            path("work/m"), "--checkpoint", path("work/c"), "--dim", "100", "--epochs", "1"});
  const auto expect_named = [&](const Arguments& command, const std::string& file, int at = 1) {
    const std::string content = folder_.read("work/" + file);
    const Finished result = run(command, {"cut", 0}, at, false);
    EXPECT_TRUE(fs::remove(path("mark")));
    EXPECT_EQ(result.status, 1) << result.err;
    EXPECT_THAT(result.err,
                HasSubstr(path("work/" + file) + ": it has " + std::to_string(content.size() / 2)));
    EXPECT_THAT(result.err, HasSubstr("it was cut short while it was read"));
    folder_.write("work/" + file, content);
  };
  for (const char* name : {"v.txt", "v.binary", "v.npy"})
    expect_named({"neighbors", "--vectors", path("work/") + name, "w1"}, name);
  expect_named({"info", "--vectors", path("work/v.npy")}, "v.npy.vocab", 2);
  expect_named({"info", "--model", path("work/m")}, "m");
  expect_named({"train", "--resume", path("work/c")}, "c");
}

TEST_F(CliFaults, ReadErrorsAreNamedWithTheirCause) {
  folder_.write("work/v.txt", "3 2\na 1 0\nb 0 1\nc 1 1\n");
  folder_.write("work/pairs", "a b 1\n");
  folder_.write("work/questions", ": s\na b c a\n");
  folder_.write("work/run.ini", "dim = 4\n");
  // Another file may be read before.
  const auto expect_cause = [&](const std::string& file, const Arguments& command, int status) {
    const std::string cause = "cannot read " + path("work/" + file) + ": Input/output error";
    bool named = false;
    for (int at = 1; !named; ++at) {
      const Finished result = run(command, {"read", EIO}, at, true);
      ASSERT_TRUE(fs::remove(path("mark"))) << "no call failed with: " << cause;
      EXPECT_EQ(result.status, status);
      EXPECT_THAT(result.err, HasSubstr(": Input/output error"));
      named = result.err.find(cause) != std::string::npos;
    }
  };
  for (const auto& [flag, file] : {std::pair{"--pairs", "pairs"}, std::pair{"--analogies", "questions"}})
    expect_cause(file, {"eval", "--vectors", path("work/v.txt"), flag, path(std::string("work/") + file)}, 1);
  expect_cause("v.txt", {"neighbors", "--vectors", path("work/v.txt"), "a"}, 1);
  expect_cause("run.ini", {"train", "--config", path("work/run.ini")}, 2);
}

TEST_F(CliFaults, OfAllocations) {
  const std::vector<Fault> kinds{{"malloc", ENOMEM}};
  expect_all_or_nothing(
      {"vocab", "--input", path("work/text.txt"), "--output", path("work/words"), "--threads", "3"},
      {"work/words"}, kinds);
  expect_all_or_nothing(
      {"train", "--input", path("work/text.txt"), "--output", path("work/v.bin"), "--metrics",
       path("spare/metrics"), "--dim", "4", "--epochs", "1", "--threads", "3", "--deterministic"},
      {"work/v.bin"}, kinds);
}

TEST_F(CliFaults, OfTraining) {
  expect_all_or_nothing(
      {"train", "--input", path("work/text.txt"), "--output", path("work/v.bin"), "--save-model",
       path("work/m"), "--dim", "4", "--epochs", "1", "--threads", "3", "--deterministic"},
      {"work/v.bin", "work/m"});
  // Whatever was trained is somewhere: in the current folder if it is not where it should be.
  folder_.write("work/v.bin", "before");
  const std::string trained = folder_.read("spare/v.bin.rescued");
  run({"train", "--input", path("work/text.txt"), "--output", path("work/v.bin"), "--dim", "4", "--epochs",
       "1", "--deterministic"},
      {"none", 0}, 1, false);
  EXPECT_EQ(folder_.read("work/v.bin"), trained);
}

}  // namespace
}  // namespace warp2vec::cli
