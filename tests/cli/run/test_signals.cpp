// Signals and closed pipes: what ends a run, and what it saves.

#include <warp2vec/model.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/process/interrupt.h"
#include "host/io/atomic_file.h"
#include "tests/cli/program_test.h"
#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace warp2vec::cli {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr milliseconds kMoreThanASecond(1050);

// Two tests send signals to a program that opens a pipe without a reader.
#if defined(__SANITIZE_THREAD__)
constexpr bool kSignalsWaitForOpen = true;
#else
constexpr bool kSignalsWaitForOpen = false;
#endif
constexpr const char* kWhyTheyWait =
    "ThreadSanitizer holds signals back while a file is opened, which here never ends";

void pause(milliseconds time) { std::this_thread::sleep_for(time); }

// Whether this process may start the first process of a container.
bool may_make_process_1() {
  const pid_t child = ::fork();
  if (child == 0) std::_Exit(::unshare(CLONE_NEWPID) == 0 ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

TEST(SignalGuardDeathTest, ASecondSignalAtOnceEndsNothing) {
  const auto twice = [] {
    const SignalGuard guard(SignalAction::stop);
    std::raise(SIGTERM);
    std::raise(SIGTERM);
    std::raise(SIGINT);
    std::_Exit(caught_signal() == SIGTERM ? 0 : 1);
  };
  EXPECT_EXIT(twice(), testing::ExitedWithCode(0), "");
}

TEST(SignalGuardDeathTest, ASecondLaterASignalEndsTheProcess) {
  const auto twice = [](int first, int second) {
    const SignalGuard guard(SignalAction::stop);
    std::raise(first);
    pause(kMoreThanASecond);
    std::raise(second);
    std::_Exit(0);
  };
  EXPECT_EXIT(twice(SIGTERM, SIGTERM), testing::KilledBySignal(SIGTERM), "");
  EXPECT_EXIT(twice(SIGHUP, SIGINT), testing::KilledBySignal(SIGINT), "");
}

TEST(SignalGuardDeathTest, ASecondLaterASignalEndsTheFirstProcessOfAContainerToo) {
  // A signal's default action does not reach process 1.
  if (!may_make_process_1()) GTEST_SKIP() << "a process with the number 1 needs root";
  const auto as_process_1 = [] {
    if (::unshare(CLONE_NEWPID) != 0) std::perror("unshare");
    const pid_t child = ::fork();
    if (child == 0) {
      const SignalGuard guard(SignalAction::stop);
      std::raise(SIGTERM);
      pause(kMoreThanASecond);
      std::raise(SIGTERM);
      std::_Exit(::getpid() == 1 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    std::_Exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
  };
  EXPECT_EXIT(as_process_1(), testing::ExitedWithCode(128 + SIGTERM), "");
}

TEST(SignalGuardDeathTest, IgnoredSignalsStayIgnoredAndOthersGetTheirActionBack) {
  const auto guarded = [] {
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGINT, SIG_IGN);
    {
      const SignalGuard guard(SignalAction::stop);
      std::raise(SIGHUP);
      std::raise(SIGINT);
      if (caught_signal() != 0) std::_Exit(1);
    }
    std::raise(SIGHUP);
    std::raise(SIGTERM);
    std::_Exit(0);
  };
  EXPECT_EXIT(guarded(), testing::KilledBySignal(SIGTERM), "");
}

TEST(SignalGuardDeathTest, TheLimitOfProcessorTimeEndsNothingTwice) {
  // The kernel sends SIGXCPU every second from the soft limit on.
  const auto every_second = [] {
    const SignalGuard guard(SignalAction::stop);
    std::raise(SIGXCPU);
    pause(kMoreThanASecond);
    std::raise(SIGXCPU);
    std::_Exit(caught_signal() == SIGXCPU ? 0 : 1);
  };
  EXPECT_EXIT(every_second(), testing::ExitedWithCode(0), "");
}

TEST(SignalGuardDeathTest, TemporaryFilesGoWithTheProcess) {
  const TemporaryFolder folder;
  const auto end = [&folder](int signal, SignalAction action) {
    const SignalGuard guard(action);
    const AtomicFile file(folder.path("out"));
    const AtomicFile other(folder.path("other"));
    std::raise(signal);
    pause(kMoreThanASecond);
    std::raise(signal);
  };
  EXPECT_EXIT(end(SIGHUP, SignalAction::end), testing::KilledBySignal(SIGHUP), "");
  EXPECT_EXIT(end(SIGUSR2, SignalAction::stop), testing::KilledBySignal(SIGUSR2), "");
  EXPECT_THAT(folder.names(), testing::IsEmpty());
}

TEST(SignalGuardDeathTest, Sigusr1IsARequestWhileOneLives) {
  const auto guarded = [] {
    {
      const SignalGuard guard(SignalAction::save);
      if (take_save_request()) std::_Exit(1);
      std::raise(SIGUSR1);
      std::raise(SIGUSR1);
      if (!take_save_request() || take_save_request()) std::_Exit(2);
    }
    std::raise(SIGUSR1);
    std::_Exit(3);
  };
  EXPECT_EXIT(guarded(), testing::KilledBySignal(SIGUSR1), "");
}

TEST(SignalGuardDeathTest, OneThatWasIgnoredStaysIgnored) {
  const auto ignored = [] {
    std::signal(SIGUSR1, SIG_IGN);
    const SignalGuard guard(SignalAction::save);
    std::raise(SIGUSR1);
    std::_Exit(take_save_request() ? 1 : 0);
  };
  EXPECT_EXIT(ignored(), testing::ExitedWithCode(0), "");
}

class CliSignals : public ProgramTest {
 protected:
  CliSignals() {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "w" + std::to_string(i % 40) + (i % 10 == 9 ? "\n" : " ");
    folder_.write("text.txt", text);
  }

  Arguments training(const std::string& epochs) const {
    return {WARP2VEC_PROGRAM, "train", "--input",   path("text.txt"), "--output",  path("v.bin"),
            "--dim",          "16",    "--epochs",  epochs,           "--threads", "2",
            "--min-count",    "1",     "--metrics", path("run.jsonl")};
  }
  // It would take hours.
  Arguments long_training() const { return training("1000000"); }

  // Run by the shell, which executes `before` first; $0 and $@ are `words`.
  static Arguments in_shell(const std::string& before, const Arguments& words) {
    return Arguments{"/bin/sh", "-c", before} + words;
  }

  // Number of temporary files.
  std::ptrdiff_t leftovers() const {
    const std::vector<std::string> names = folder_.names();
    return std::count_if(names.begin(), names.end(), is_temporary_name);
  }

  // Waits until the metrics show that training is under way.
  void wait_for_training() const {
    for (int i = 0; i < 600; ++i) {
      if (exists("run.jsonl") && std::filesystem::file_size(path("run.jsonl")) > 0) return;
      pause(milliseconds(50));
    }
    FAIL() << "training did not begin";
  }
};

TEST_F(CliSignals, TrainingSavesWhatIsThereAsPartial) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU}) {
    Subprocess process(long_training() + Arguments{"--save-model", path("m.w2v")}, path(""));
    wait_for_training();
    process.send(signal);
    const Finished result = process.wait();
    EXPECT_EQ(result.status, 128 + signal) << result.err;
    EXPECT_THAT(result.err, HasSubstr("a second after the first stops at once"));
    EXPECT_THAT(result.err, HasSubstr("the vectors so far are in " + path("v.bin.partial") +
                                      ", the model is in " + path("m.w2v.partial")));
    EXPECT_FALSE(exists("v.bin"));
    EXPECT_FALSE(exists("m.w2v"));
    ASSERT_TRUE(exists("m.w2v.partial"));
    EXPECT_EQ(load_model(path("m.w2v.partial")).vocabulary.size(), 40);
    EXPECT_EQ(load_vectors(path("v.bin.partial")).size(), 40);
    EXPECT_THAT(read_whole_file(path("run.jsonl")), HasSubstr("\"state\":\"interrupted\""));
    for (const char* file : {"v.bin.partial", "m.w2v.partial", "run.jsonl"})
      std::filesystem::remove(path(file));
  }
}

TEST_F(CliSignals, TwoSignalsAtOnceAreOne) {
  // timeout(1) signals its child, and then the group that the child is in.
  Subprocess process(long_training(), path(""));
  wait_for_training();
  for (int i = 0; i < 50; ++i) {
    process.send(SIGTERM);
    pause(milliseconds(1));
  }
  const Finished result = process.wait();
  EXPECT_EQ(result.status, 128 + SIGTERM) << result.err;
  EXPECT_THAT(result.err, HasSubstr("the vectors so far are in " + path("v.bin.partial")));
  EXPECT_TRUE(exists("v.bin.partial"));
}

TEST_F(CliSignals, ASecondLaterASignalEndsTheProgramAtOnce) {
  if (kSignalsWaitForOpen) GTEST_SKIP() << kWhyTheyWait;
  // Saving waits for a reader of this pipe, which never comes.
  ASSERT_EQ(::mkfifo(path("v.bin.partial").c_str(), 0600), 0);
  Subprocess process(long_training(), path(""));
  wait_for_training();
  process.send(SIGTERM);
  pause(milliseconds(300));
  process.send(SIGTERM);
  pause(kMoreThanASecond - milliseconds(300));
  EXPECT_TRUE(process.running()) << "the second signal ended it";
  process.send(SIGTERM);
  const Finished result = process.wait();
  EXPECT_EQ(result.status, 128 + SIGTERM);
  EXPECT_THAT(result.err, Not(HasSubstr("the vectors so far are in")));
}

TEST_F(CliSignals, SignalsThatWereIgnoredStayIgnored) {
  Subprocess process(in_shell("trap '' HUP INT; exec \"$0\" \"$@\"", long_training()), path(""));
  wait_for_training();
  process.send(SIGHUP);
  process.send(SIGINT);
  pause(milliseconds(300));
  process.send(SIGTERM);
  EXPECT_EQ(process.wait().status, 128 + SIGTERM);
  EXPECT_TRUE(exists("v.bin.partial"));
}

TEST_F(CliSignals, AnInterruptedExportLeavesNothing) {
  if (kSignalsWaitForOpen) GTEST_SKIP() << kWhyTheyWait;
  // Its second file waits for a reader of this pipe, which never comes.
  ASSERT_EQ(::mkfifo(path("out.vocab").c_str(), 0600), 0);
  folder_.write("v.txt", "2 3\na 1 2 3\nb 4 5 6\n");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    Subprocess process(
        {WARP2VEC_PROGRAM, "export", "--vectors", path("v.txt"), "--output", path("out"), "--format", "npy"},
        path(""));
    while (leftovers() == 0) pause(milliseconds(2));
    pause(milliseconds(50));
    process.send(signal);
    EXPECT_EQ(process.wait().status, 128 + signal);
    EXPECT_EQ(leftovers(), 0);
    EXPECT_FALSE(exists("out"));
  }
}

TEST_F(CliSignals, AFileAboveItsLimitIsAnError) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "word" + std::to_string(i) + "\n";
  folder_.write("text.txt", text);
  const Arguments command{WARP2VEC_PROGRAM, "vocab",       "--input",     path("text.txt"),
                          "--output",       path("words"), "--min-count", "1"};
  const Finished result = Subprocess(in_shell("ulimit -f 1; exec \"$0\" \"$@\"", command), path("")).wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot write " + path("words") + ": File too large"));
  EXPECT_EQ(leftovers(), 0);
}

TEST_F(CliSignals, AClosedPipeDoesNotEndATraining) {
  // The reader is gone before anything is printed.
  const char* const closed = "{ sleep 0.3; \"$0\" \"$@\"; echo $? >status; } 2>&1 | true";
  Arguments command = training("1");
  for (const char* dry : {"", "--dry-run"}) {
    if (*dry != '\0') command.emplace_back(dry);
    ASSERT_EQ(Subprocess(in_shell("cd " + path("") + "; " + closed, command), path("")).wait().status, 0);
    // Without a reader a plan is useless.
    EXPECT_EQ(folder_.read("status"), *dry == '\0' ? "0\n" : "141\n");
  }
  EXPECT_TRUE(exists("v.bin"));
  EXPECT_THAT(read_whole_file(path("run.jsonl")), HasSubstr("\"state\":\"finished\""));
}

TEST_F(CliSignals, AClosedPipeDoesNotEndAVocabularyOrABenchmarkBeforeItIsSaved) {
  const auto run = [this](const Arguments& arguments) {
    Arguments command{WARP2VEC_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Subprocess(in_shell("{ sleep 0.3; \"$0\" \"$@\"; } 2>&1 | true", command), path("")).wait();
  };
  run({"vocab", "--input", path("text.txt"), "--output", path("words"), "--min-count", "1"});
  EXPECT_TRUE(exists("words"));
  run({"bench", "--input", path("text.txt"), "--output", path("out"), "--devices", "cpu", "--losses", "ns",
       "--dims", "4", "--rounds", "1", "--epochs", "1", "--threads", "1"});
  EXPECT_TRUE(exists("out/results.json"));
  EXPECT_TRUE(exists("out/report.html"));
}

TEST_F(CliSignals, ResultsForAClosedPipeEndQuietly) {
  for (const Arguments& command :
       {Arguments{WARP2VEC_PROGRAM, "info"}, Arguments{WARP2VEC_PROGRAM, "train", "--help"},
        Arguments{WARP2VEC_PROGRAM, "vocab", "--input", path("text.txt"), "--output", path("words"),
                  "--min-count", "1"}}) {
    const Finished result =
        Subprocess(
            in_shell("cd " + path("") + "; { sleep 0.3; \"$0\" \"$@\"; echo $? >status; } | true", command),
            path(""))
            .wait();
    EXPECT_EQ(folder_.read("status"), "141\n");
    EXPECT_THAT(result.err, Not(HasSubstr("error")));
  }
}

TEST_F(CliSignals, ABenchmarkKeepsWhatWasFinished) {
  Subprocess process(
      {WARP2VEC_PROGRAM, "bench", "--input", path("text.txt"), "--output", path("out"), "--devices", "cpu",
       "--losses", "ns", "--dims", "4", "--rounds", "1000", "--epochs", "1", "--threads", "1"},
      path(""));
  while (!exists("out/results.json")) pause(milliseconds(2));
  process.send(SIGHUP);
  process.send(SIGTERM);
  const Finished done = process.wait();
  EXPECT_THAT(done.status, testing::AnyOf(128 + SIGHUP, 128 + SIGTERM)) << done.err;
  EXPECT_THAT(done.err, HasSubstr("the same command goes on"));
  EXPECT_TRUE(exists("out/report.html"));
  EXPECT_FALSE(exists("out/unfinished-run"));
}

}  // namespace
}  // namespace warp2vec::cli
