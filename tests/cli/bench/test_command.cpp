// `bench` from outside: whole runs on a small text.
#include "host/cli/bench/trainings.h"
#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class BenchCommand : public testing::Test {
 protected:
  BenchCommand() {
    std::string text;
    for (int i = 0; i < 3000; ++i)
      text += "a" + std::to_string(i % 7) + " b" + std::to_string(i % 11) + (i % 10 == 9 ? "\n" : " ");
    folder_.write("text", text);
    folder_.write("pairs.tsv", "a0\ta1\t5\na0\tb1\t1\na2\tb3\t2\n");
    ::setenv("CUDA_VISIBLE_DEVICES", "", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }

  // With small settings for what `more` does not have.
  std::vector<std::string> command(const std::vector<std::string>& more) const {
    std::vector<std::string> all{WARP2VEC_PROGRAM, "bench", "--output", folder_.path("out")};
    const std::vector<std::vector<std::string>> defaults{{"--input", folder_.path("text")},
                                                         {"--devices", "cpu"},
                                                         {"--dims", "8"},
                                                         {"--threads", "1"},
                                                         {"--epochs", "1"},
                                                         {"--sample", "0"}};
    for (const std::vector<std::string>& flag : defaults) {
      if (std::find(more.begin(), more.end(), flag[0]) == more.end())
        all.insert(all.end(), flag.begin(), flag.end());
    }
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  Finished bench(const std::vector<std::string>& more) const {
    return Subprocess(command(more), folder_.path()).wait();
  }

  json results() const { return json::parse(folder_.read("out/results.json")).at("trainings"); }

  TemporaryFolder folder_;
};

TEST_F(BenchCommand, MeasuresEveryCombination) {
  const Finished done =
      bench({"--rounds", "2", "--vocab-sizes", "6,0", "--pairs", folder_.path("pairs.tsv")});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("end to end, k words/s"));
  EXPECT_THAT(done.out, HasSubstr("pairs rho"));
  EXPECT_THAT(done.err, HasSubstr("8 of 8, round 2: cpu, hs, d=8"));
  const json all = results();
  ASSERT_EQ(all.at("runs").size(), 8U);
  for (const json& run : all.at("runs")) {
    EXPECT_GT(run.at("trained_tokens"), 1000);
    EXPECT_GT(run.at("pairs"), 1000);
    EXPECT_GT(run.at("peak_memory_bytes"), 1'000'000);
    EXPECT_GT(run.at("loss"), 0);
    EXPECT_GE(run.at("loss_curve").size(), 1U);
    EXPECT_GT(run.at("seconds").at("together"), run.at("seconds").at("train"));
    EXPECT_TRUE(run.at("quality").contains("spearman pairs.tsv") || run.at("vocabulary") == 6);
  }
  EXPECT_EQ(all.at("runs").at(0).at("vocabulary"), 6);
  EXPECT_EQ(all.at("settings").at("threads"), 1);
  EXPECT_THAT(done.err, HasSubstr("report: " + folder_.path("out/report.html")));
  const std::string report = folder_.read("out/report.html");
  EXPECT_THAT(report, HasSubstr("<h2>Speed by vocabulary</h2>"));
  EXPECT_THAT(report, HasSubstr("</html>"));
  const json whole = json::parse(folder_.read("out/results.json"));
  EXPECT_FALSE(whole.at("machine").at("cpu").get<std::string>().empty());
  EXPECT_FALSE(whole.at("program").at("commit").get<std::string>().empty());
}

TEST_F(BenchCommand, GoesOnWhereItStopped) {
  ASSERT_EQ(bench({"--rounds", "1"}).status, 0);
  const json first = results();
  const Finished more = bench({"--rounds", "2", "--losses", "ns,softmax"});
  ASSERT_EQ(more.status, 0) << more.err;
  const json second = results();
  EXPECT_EQ(second.at("runs").size(), 5U) << "ns, hs; softmax; ns, softmax";
  EXPECT_EQ(second.at("runs").at(0), first.at("runs").at(0));
  EXPECT_THAT(more.out, HasSubstr("hs")) << "what was measured before is shown";
  const Finished other = bench({"--rounds", "2", "--epochs", "2"});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.err, HasSubstr("other conditions (epochs)"));
  EXPECT_EQ(results(), second);
}

TEST_F(BenchCommand, VariantsDifferInFurtherSettings) {
  const Finished done = bench({"--input", folder_.path("te?t"), "--losses", "ns", "--seeds", "2",
                               "--variants", "sharing=tile,sharing=pair epochs=2"});
  ASSERT_EQ(done.status, 0) << done.err;
  const json runs = results().at("runs");
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs.at(1).at("cell").at("variant"), "sharing=pair epochs=2");
  EXPECT_EQ(runs.at(1).at("trained_tokens"), 2 * runs.at(0).at("trained_tokens").get<int>());
  EXPECT_GT(runs.at(0).at("bytes_per_kept_word"), 0);
  EXPECT_THAT(done.out, HasSubstr("of the memory bandwidth"));
  const json whole = json::parse(folder_.read("out/results.json"));
  EXPECT_GT(whole.at("bandwidths").at("cpu"), 1e8);
  EXPECT_EQ(whole.at("remarks").at("date").get<std::string>().size(), 10U);
}

TEST_F(BenchCommand, SyntheticTextsHaveTheWordsThatWereAskedFor) {
  const Finished done = Subprocess({WARP2VEC_PROGRAM, "bench", "--synthetic", "--output", folder_.path("out"),
                                    "--devices", "cpu", "--vocab-sizes", "500,2000", "--losses", "ns",
                                    "--dims", "8", "--epochs", "1", "--rounds", "1", "--threads", "1"},
                                   folder_.path())
                            .wait();
  ASSERT_EQ(done.status, 0) << done.err;
  const json all = json::parse(folder_.read("out/results.json")).at("synthetic");
  ASSERT_EQ(all.at("runs").size(), 2U);
  EXPECT_EQ(all.at("runs").at(0).at("vocabulary"), 500);
  EXPECT_EQ(all.at("runs").at(1).at("vocabulary"), 2000);
  EXPECT_EQ(all.at("runs").at(1).at("trained_tokens"), 12'000);
  EXPECT_EQ(all.at("settings").at("min_count"), 1);
  EXPECT_FALSE(std::filesystem::exists(folder_.path("out/synthetic-text")));
}

TEST_F(BenchCommand, TheTimeBudgetEndsATraining) {
  const Finished done =
      bench({"--epochs", "1000000", "--losses", "ns,hs", "--rounds", "1", "--time-budget", "3", "--quiet"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out,
              HasSubstr("Not measured, for the time budget was over\ncpu, ns, d=8, round 1\ncpu, hs"));
  EXPECT_THAT(results().at("not_measured"), testing::SizeIs(2));
  EXPECT_THAT(folder_.read("out/report.html"), HasSubstr("<li>cpu, ns, d=8, round 1</li>"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("out/unfinished-run")));
}

TEST_F(BenchCommand, PeersAloneBecomeAReport) {
  const std::string peers =
      std::string(WARP2VEC_TESTS_FOLDER) + "/../benchmarks/results/peers-wiki8-20MB-ns/results.json";
  const Finished done =
      Subprocess({WARP2VEC_PROGRAM, "bench", "--peers", peers, "--output", folder_.path("out")},
                 folder_.path())
          .wait();
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(folder_.read("out/report.html"), HasSubstr("<h2>Beside other programs</h2>"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("out/results.json")));
}

TEST_F(BenchCommand, TheStudyJoinsTheSameReport) {
  ASSERT_EQ(bench({"--rounds", "1", "--losses", "ns"}).status, 0);
  const Finished study =
      Subprocess({WARP2VEC_PROGRAM, "bench", "--study", "crossover", "--output", folder_.path("out"),
                  "--devices", "cpu", "--vocab-sizes", "3000", "--losses", "softmax", "--rounds", "1"},
                 folder_.path())
          .wait();
  ASSERT_EQ(study.status, 0) << study.err;
  const std::string report = folder_.read("out/report.html");
  for (const char* title : {"Speed", "Time of a pair by vocabulary"})
    EXPECT_THAT(report, HasSubstr("<h2>" + std::string(title) + "</h2>"));
  EXPECT_EQ(results().at("runs").size(), 1U);
}

TEST_F(BenchCommand, ATextThatHasChangedIsNotTheSame) {
  ASSERT_EQ(bench({"--rounds", "1", "--losses", "ns"}).status, 0);
  std::filesystem::last_write_time(folder_.path("text"),
                                   std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_THAT(bench({"--rounds", "1"}).err, HasSubstr("other conditions (input_modified)"));
}

TEST_F(BenchCommand, FailuresAreNamedAndTheRestIsMeasured) {
  // A single word has nothing to be told apart from.
  const Finished done = bench({"--rounds", "2", "--losses", "ns", "--vocab-sizes", "1,0"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("FAILED: "));
  EXPECT_THAT(done.err, HasSubstr("error: 1 run failed"));
  EXPECT_EQ(results().at("runs").size(), 3U);
  EXPECT_THAT(done.out, HasSubstr("(failed)"));
}

TEST_F(BenchCommand, CanBeStopped) {
  Subprocess process(command({"--epochs", "1000000", "--losses", "ns"}), folder_.path());
  while (!std::filesystem::exists(folder_.path("out/unfinished-run/metrics.jsonl")))
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  process.send(SIGINT);
  const Finished done = process.wait();
  EXPECT_EQ(done.status, 130) << done.err;
  EXPECT_THAT(done.err, HasSubstr("stopped before a run was finished"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("out/unfinished-run")));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("out/report.html")));
}

TEST_F(BenchCommand, ATrainingEndsWithABenchThatIsKilled) {
  Subprocess process(command({"--epochs", "1000000", "--losses", "ns"}), folder_.path());
  // The training holds its metrics open, so /proc tells whose they are.
  const std::string metrics = folder_.path("out/unfinished-run/metrics.jsonl");
  const auto writer = [&metrics] {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::error_code error, ignored;
      for (std::filesystem::directory_iterator file(entry.path() / "fd", error), end; !error && file != end;
           file.increment(error))
        if (std::filesystem::equivalent(file->path(), metrics, ignored)) return true;
    }
    return false;
  };
  const auto wait_until = [&writer](bool expected) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (writer() != expected && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return writer() == expected;
  };
  ASSERT_TRUE(wait_until(true)) << "it trains";
  process.send(SIGKILL);
  EXPECT_EQ(process.wait().status, 128 + SIGKILL);
  EXPECT_TRUE(wait_until(false)) << "it has ended";
}

TEST_F(BenchCommand, WhatWasFinishedIsShownWhenItIsStopped) {
  Subprocess process(command({"--rounds", "1000", "--losses", "ns"}), folder_.path());
  while (!std::filesystem::exists(folder_.path("out/results.json")))
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  process.send(SIGTERM);
  const Finished done = process.wait();
  EXPECT_EQ(done.status, 143) << done.err;
  EXPECT_THAT(done.err, HasSubstr("the same command goes on"));
  EXPECT_GE(results().at("runs").size(), 1U);
  EXPECT_THAT(folder_.read("out/report.html"), HasSubstr("<h2>Speed</h2>"));
}

TEST_F(BenchCommand, WrongUsageIsNamed) {
  const auto expect = [this](const std::vector<std::string>& more, const std::string& message) {
    const Finished done = bench(more);
    EXPECT_EQ(done.status, 2) << message;
    EXPECT_THAT(done.err, HasSubstr(message));
    EXPECT_FALSE(std::filesystem::exists(folder_.path("out")));
  };
  expect({"--devices", "auto"}, "--devices auto");
  expect({"--devices", "tpu"}, "--devices tpu: expected those to be compared, cpu,");
  expect({"--devices", "cpu,cuda"}, "--devices cuda");
  expect({"--losses", "glove"}, "--losses glove is not known");
  expect({"--dim", "8"}, "unknown flag --dim; did you mean --dims?");
  expect({"--losses", "ns,,hs"}, "--losses ns,,hs");
  expect({"--losses", "ns,ns"}, "is given twice");
  expect({"--losses", "cbow"}, "cbow");
  expect({"--dims", "0"}, "--dims 0 is out of range");
  expect({"--vocab-sizes", "-1"}, "--vocab-sizes -1 is out of range");
  expect({"--rounds", "0"}, "--rounds 0 is out of range");
  expect({"--epochs", "0"}, "--epochs");
  expect({"--study", "other"}, "--study other is not known");
  expect({"--synthetic"}, "one of --input PATH, --synthetic and --study");
  expect({"--variants", "dim=3"}, "--variants dim=3: expected --dims, which takes several values");
  expect({"--variants", "sharing=some"}, "--variants sharing=some: ");
  expect({"--variants", "epochs=0"}, "--variants epochs=0: ");
  expect({"--time-budget", "-1"}, "--time-budget and --bandwidth: expected a number above 0");
  expect({"--input", "-"}, "--input -");
  expect({"--input", folder_.path("*.csv")}, "*.csv: no file matches");
}

TEST_F(BenchCommand, MissingFilesAreNamed) {
  const Finished done = bench({"--pairs", folder_.path("none.tsv")});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("cannot read --pairs " + folder_.path("none.tsv")));
  EXPECT_THAT(bench({"--peers", folder_.path("none.json")}).err, HasSubstr("cannot read --peers"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("out")));
}

TEST_F(BenchCommand, MetricsOfAnUnfinishedRunAreRefused) {
  const std::string path = folder_.write("m", "{\"type\":\"progress\",\"seconds\":1,\"loss\":2}\n");
  EXPECT_THAT(thrown_message([&] { read_metrics(path); }), HasSubstr(path));
  folder_.write("m", R"({"type":"summary","state":"interrupted"})");
  EXPECT_THAT(thrown_message([&] { read_metrics(path); }), HasSubstr("not finished"));
  folder_.write("m", "x");
  EXPECT_THAT(thrown_message([&] { read_metrics(path); }), HasSubstr("not what train --metrics writes"));
}

TEST_F(BenchCommand, MetricsOfAGpuHaveItsSecondsAndMemory) {
  const std::string path = folder_.write(
      "m",
      R"({"type":"progress","seconds":1,"loss":2}
{"type":"progress","seconds":2,"loss":null}
{"type":"summary","state":"finished","device":{"kind":"cuda","memory_bytes":99,"centres_in_flight":64,"seconds":{"kernels":1.5}},)"
      R"("seconds":{"train":2},"epoch_loss":[3,2.5],"peak_memory_bytes":5,"sharing":"window",)"
      R"("settings":{"loss":"ns","dim":16,"window":5,"negative":5,"tile_centres":64,"table_type":"float"},)"
      R"("counts":{"vocabulary":7,"trained_tokens":8,"kept_tokens":4,"pairs":24}})");
  const json run = read_metrics(path);
  EXPECT_EQ(run.at("seconds").at("kernels"), 1.5);
  EXPECT_EQ(run.at("seconds").at("train"), 2);
  EXPECT_EQ(run.at("gpu_memory_bytes"), 99);
  EXPECT_EQ(run.at("peak_memory_bytes"), 5);
  EXPECT_EQ(run.at("loss"), 2.5);
  EXPECT_EQ(run.at("loss_curve"), json::array({{1, 2}}));
  EXPECT_EQ(run.at("trained_tokens"), 8);
  EXPECT_EQ(run.at("kept_tokens"), 4);
  EXPECT_EQ(run.at("centres_in_flight"), 64);
  EXPECT_EQ(run.at("bytes_per_kept_word"), 12 * 16 * 4 * 2);
}

TEST(BenchRun, LongCurvesAreThinnedByMeans) {
  const LossCurve curve{{1, 10}, {2, 8}, {3, 6}, {4, 4}, {5, 2}};
  EXPECT_EQ(thinned(curve, 5), curve);
  EXPECT_EQ(thinned(curve, 3), (LossCurve{{1.5, 9}, {3.5, 5}, {5, 2}}));
}

}  // namespace
}  // namespace warp2vec::cli::bench
