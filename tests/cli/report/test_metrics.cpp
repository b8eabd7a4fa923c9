#include <warp2vec/error.h>

#include "host/cli/report/metrics_file.h"
#include "host/cli/report/run_report.h"
#include "tests/cli/two_topics.h"
#include "tests/support/json_lines.h"
#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

TEST(CliMetrics, EachLineIsInTheFileAtOnce) {
  const TemporaryFolder folder;
  const std::string path = folder.path("run.jsonl");
  std::ofstream(path) << "old\n";
  MetricsFile metrics(path);
  metrics.write({{"a", 1}});
  std::ifstream in(path);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  EXPECT_EQ(json::parse(line), json({{"a", 1}}));
  metrics.write({{"word", "\xff"}, {"loss", std::nan("")}});
  ASSERT_TRUE(std::getline(in, line));
  EXPECT_TRUE(json::parse(line)["loss"].is_null());
  EXPECT_EQ(metrics.failure(), "");
}

TEST(CliMetrics, AResumedRunGoesOnBehindWhatItsCheckpointHas) {
  const TemporaryFolder folder;
  const std::string path = folder.path("run.jsonl");
  const std::string kept =
      "{\"type\":\"progress\",\"tokens_done\":10}\n{\"type\":\"summary\",\"state\":\"interrupted\"}\n";
  const std::string lost = "{\"type\":\"progress\",\"tokens_done\":11}\n{\"type\":\"summary\"}\n{\"typ";
  folder.write("run.jsonl", kept + lost);
  MetricsFile metrics(path, true);
  EXPECT_EQ(metrics.cut_behind(10), 3);
  EXPECT_EQ(metrics.cut_behind(10), 0);
  metrics.write({{"type", "resumed"}});
  EXPECT_EQ(folder.read("run.jsonl"), kept + "{\"type\":\"resumed\"}\n");
  MetricsFile anew(folder.path("new"), true);
  EXPECT_EQ(anew.cut_behind(0), 0);
  EXPECT_EQ(MetricsFile("/dev/null", true).cut_behind(0), 0);
  EXPECT_EQ(MetricsFile("", true).cut_behind(0), 0);
}

TEST(CliMetrics, FailuresAreSeen) {
  const TemporaryFolder folder;
  EXPECT_THROW(MetricsFile(folder.path("none/run.jsonl")), Error);
  MetricsFile full("/dev/full");
  full.write({{"a", 1}});
  EXPECT_EQ(full.failure(), "No space left on device");
}

TEST(CliMetrics, NoPathMeansNoFile) {
  MetricsFile off("");
  off.write({{"a", 1}});
  EXPECT_EQ(off.failure(), "");
}

TEST(CliMetrics, SummaryHoldsSettingsMachineCountsAndTimings) {
  TrainOptions options;
  options.inputs = {"a", "b"};
  options.config.threads = 3;
  RunReport report;
  report.input_bytes = 12;
  report.vocabulary = 7;
  report.seconds.train = 2;
  report.training.tokens = 1000;
  report.training.seconds = 2;
  report.training.epoch_loss = {3, 2};
  const json summary = summary_json(options, report, "failed", "disk full");
  EXPECT_EQ(summary["type"], "summary");
  EXPECT_EQ(summary["state"], "failed");
  EXPECT_EQ(summary["message"], "disk full");
  EXPECT_EQ(summary["settings"]["threads"], 3);
  EXPECT_EQ(summary["settings"]["loss"], "ns");
  EXPECT_EQ(summary["counts"]["vocabulary"], 7);
  EXPECT_EQ(summary["input"]["paths"], json({"a", "b"}));
  EXPECT_EQ(summary["input"]["bytes"], 12);
  EXPECT_EQ(summary["seconds"]["train"], 2.0);
  EXPECT_EQ(summary["words_per_second"], 500.0);
  EXPECT_EQ(summary["epoch_loss"], json({3.0, 2.0}));
  EXPECT_FALSE(summary["machine"]["cpu"].get<std::string>().empty());
  EXPECT_GT(summary["machine"]["threads"], 0);
  EXPECT_GT(summary["peak_memory_bytes"], 0);
  EXPECT_EQ(summary["settings"]["device"], "auto");
  EXPECT_EQ(summary["device"], json({{"kind", "cpu"}}));
  EXPECT_FALSE(summary.contains("path_nodes_outside_top"));
  report.path_nodes_outside_top = {{0, 13.5}, {64, 7.25}};
  EXPECT_EQ(summary_json(options, report, "finished", "")["path_nodes_outside_top"],
            json({{"0", 13.5}, {"64", 7.25}}));
}

TEST(CliMetrics, SummaryOfAGpuHoldsItsPlanAndTransfers) {
  TrainOptions options;
  options.device = {DeviceKind::cuda, {1}};
  RunReport report;
  report.device = DeviceKind::cuda;
  report.gpu = GpuRun{{1, "NVIDIA H100 80GB HBM3", 9, 0, 132, 85'000, 84'500},
                      {{{"input vectors", 1000}, {"token ids", 24}}, 84'000, true},
                      1024,
                      4096,
                      64,
                      true,
                      {1.5, 0.125}};
  report.training.upload_seconds = 0.25;
  report.training.download_seconds = 0.5;
  report.seconds.train = 2;
  const json summary = summary_json(options, report, "finished", "");
  EXPECT_EQ(summary["settings"]["device"], "cuda:1");
  EXPECT_EQ(summary["device"], json::parse(R"({
    "kind": "cuda", "name": "NVIDIA H100 80GB HBM3", "index": 1, "compute_capability": "9.0",
    "memory_bytes": 1024, "free_bytes": 84000, "corpus_resident": true, "centres_in_flight": 4096,
    "busy_multiprocessors": 64,
    "tensor_cores": true,
    "seconds": {"kernels": 1.5, "subsampling": 0.125},
    "memory_items": [{"name": "input vectors", "bytes": 1000}, {"name": "token ids", "bytes": 24}]})"));
  EXPECT_EQ(summary["seconds"]["upload"], 0.25);
  EXPECT_EQ(summary["seconds"]["download"], 0.5);
}

TEST(CliMetrics, PhasesTakeThreeLines) {
  TrainOptions options;
  options.config.threads = 3;
  RunReport report;
  report.seconds = {0.05, 0.125, 0.25, 12.34, 1.5};
  EXPECT_THAT(phase_breakdown(options, report),
              ElementsAre(MatchesRegex("seconds: vocabulary 0.05, encode 0.1[23], prepare 0.25, train 12.3, "
                                       "save 1.50; total 14.3"),
                          "training: 12.3 on 3 CPU threads", MatchesRegex("memory: peak [0-9.]+ MB")));
  options.config.deterministic = true;
  EXPECT_EQ(phase_breakdown(options, report)[1], "training: 12.3 on 1 CPU thread");
  EXPECT_THAT(text_summary(options, report),
              IsSupersetOf({phase_breakdown(options, report)[0], phase_breakdown(options, report)[1]}));
}

TEST(CliMetrics, PhasesOfAGpuNameItsSecondsAndItsMemory) {
  RunReport report;
  report.device = DeviceKind::cuda;
  report.seconds.train = 3;
  report.training.upload_seconds = 0.25;
  report.training.download_seconds = 0.5;
  report.gpu.emplace();
  report.gpu->memory_bytes = 2'500'000;
  report.gpu->seconds = {1.5, 0.25};
  EXPECT_THAT(
      phase_breakdown({}, report),
      ElementsAre(StartsWith("seconds: "),
                  "training: GPU kernels 1.50, GPU subsampling 0.25, upload 0.25, download 0.50, rest 0.50",
                  EndsWith(" MB, on the GPU 2.50 MB")));
  report.gpu->seconds.kernels = 2.5;  // the host's clock and the GPU's differ
  EXPECT_THAT(phase_breakdown({}, report)[1], EndsWith(", rest 0.00"));
}

TEST(CliMetrics, TheSummaryNamesTheFiles) {
  TrainOptions options;
  options.output = "v.bin";
  EXPECT_THAT(text_summary(options, {}), Not(Contains(HasSubstr("model:"))));
  options.save_model = "m.w2v";
  EXPECT_THAT(text_summary(options, {}), IsSupersetOf({"model: m.w2v", "vectors: v.bin (binary)"}));
}

TEST(CliMetrics, WhatToTryCanBePasted) {
  TrainOptions options;
  options.output = "my vectors.bin";
  RunReport report;
  report.example_word = "-it's";
  EXPECT_THAT(text_summary(options, report),
              Contains("try: warp2vec neighbors --vectors 'my vectors.bin' -- '-it'\\''s'"));
}

TEST(CliMetrics, ManyLossesAreShortened) {
  const auto losses = [](std::size_t epochs) {
    RunReport report;
    for (std::size_t i = 0; i < epochs; ++i)
      report.training.epoch_loss.push_back(static_cast<double>(epochs - i));
    return text_summary({}, report)[1];
  };
  EXPECT_EQ(losses(3), "loss per epoch: 3.0000 2.0000 1.0000");
  EXPECT_THAT(losses(20), EndsWith(" 3.0000 2.0000 1.0000"));
  EXPECT_THAT(losses(20), Not(HasSubstr("...")));
  EXPECT_EQ(losses(21), "loss per epoch: 21.0000 20.0000 19.0000 ... 3.0000 2.0000 1.0000 (21 epochs)");
}

TEST(CliMetrics, AClosedStandardErrorIsNoPlaceForMetrics) {
  const TemporaryFolder folder;
  folder.write("text", "a b c a b c\nc b a\n");
  const Finished result =
      Subprocess({"/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&-", WARP2VEC_PROGRAM, "train", "--input",
                  folder.path("text"), "--output", folder.path("v.bin"), "--min-count", "1", "--metrics",
                  folder.path("m"), "--device", "cpu", "--sample", "0"},
                 folder.path())
          .wait();
  EXPECT_EQ(result.status, 0);
  std::istringstream lines(folder.read("m"));
  for (std::string line; std::getline(lines, line);) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST_F(Cli, MetricsAreJsonLinesWithASummary) {
  const Finished result = train("v.bin", {"--metrics", path("run.jsonl")});
  ASSERT_EQ(result.status, 0) << result.err;
  const std::vector<json> objects = json_lines(path("run.jsonl"));
  ASSERT_GE(objects.size(), 3U);  // two epochs and the summary
  for (std::size_t i = 0; i + 1 < objects.size(); ++i) {
    EXPECT_EQ(objects[i]["type"], "progress");
    EXPECT_GT(objects[i]["loss"].get<double>(), 0);
  }
  const json& summary = objects.back();
  EXPECT_EQ(summary["type"], "summary");
  EXPECT_EQ(summary["state"], "finished");
  EXPECT_EQ(summary["counts"]["text_tokens"], 5000);
  EXPECT_EQ(summary["counts"]["text_types"], 40);
  EXPECT_EQ(summary["counts"]["vocabulary"], 40);
  EXPECT_EQ(summary["counts"]["trained_tokens"], 10000);
  EXPECT_EQ(summary["counts"]["kept_tokens"], 10000);
  EXPECT_GT(summary["counts"]["pairs"], 10000);
  EXPECT_EQ(summary["epoch_loss"].size(), 2U);
  EXPECT_EQ(summary["settings"]["dim"], 16);
  EXPECT_EQ(summary["device"], json({{"kind", "cpu"}}));
  EXPECT_GE(summary["seconds"]["upload"].get<double>(), 0);
  EXPECT_GE(summary["seconds"]["download"].get<double>(), 0);
  EXPECT_EQ(summary["input"]["bytes"], std::filesystem::file_size(text_));
}

TEST_F(Cli, MetricsOfHierarchicalSoftmaxHaveTheLengthOfPaths) {
  const Finished result = train("v.bin", {"--metrics", path("run.jsonl"), "--loss", "hs"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json nodes = json_lines(path("run.jsonl")).back()["path_nodes_outside_top"];
  EXPECT_GT(nodes["0"].get<double>(), 1);
  EXPECT_LT(nodes["32"].get<double>(), nodes["0"].get<double>());
  EXPECT_EQ(nodes["64"], 0.0);  // of 40 words
}

TEST_F(Cli, AFailedRunSaysSoInItsMetrics) {
  write(text_, "one\n");
  const Finished result = train("v.bin", {"--metrics", path("run.jsonl")});
  EXPECT_EQ(result.status, 1);
  const json summary = json::parse(read_whole_file(path("run.jsonl")));
  EXPECT_EQ(summary["state"], "failed");
  EXPECT_THAT(result.err, HasSubstr(summary["message"].get<std::string>()));
  EXPECT_FALSE(exists("v.bin"));
}

}  // namespace
}  // namespace warp2vec::cli
