// The program as a black box, on a machine with an emulated GPU.
#include <warp2vec/checkpoint.h>
#include <warp2vec/cuda.h>

#include "host/cli/run/training_run.h"
#include "tests/emulation/emulated_device.h"
#include "tests/support/markup.h"
#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace warp2vec {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class EmulatedProgram : public testing::Test {
 protected:
  EmulatedProgram() {
    std::string text;
    for (int i = 0; i < 150; ++i)
      text += "a" + std::to_string(i % 7) + " b" + std::to_string(i % 11) + (i % 10 == 9 ? "\n" : " ");
    folder_.write("text", text);
  }

  std::vector<std::string> command(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> all{WARP2VEC_PROGRAM, name,       "--input", folder_.path("text"), "--output",
                                 output_,          "--sample", "0",       "--threads",          "1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Finished run(const std::string& name, const std::vector<std::string>& more) const {
    return Subprocess(command(name, more), folder_.path()).wait();
  }
  json results() const { return json::parse(folder_.read("out/results.json")); }
  // Four epochs, saved as often as possible.
  cli::TrainOptions checkpointed_run(Sharing sharing) const {
    cli::TrainOptions options;
    options.inputs = {folder_.path("text")};
    options.output = output_;
    options.checkpoint = folder_.path("checkpoint");
    options.checkpoint_every = "1";
    options.config.dim = 8;
    options.config.sample = 0;
    options.config.epochs = 4;
    options.config.sharing = sharing;
    return options;
  }

  TemporaryFolder folder_;
  const std::string output_ = folder_.path("out");
};

json last_line(const std::string& lines) {
  std::istringstream in(lines);
  std::string last;
  for (std::string line; std::getline(in, line);) last = line;
  return json::parse(last);
}

// A section of the report, up to the next heading.
std::string section(const std::string& report, const std::string& title) {
  const std::string heading = "<h2>" + title + "</h2>";
  const std::size_t begin = report.find(heading);
  if (begin == std::string::npos) return "";
  return report.substr(begin, report.find("<h2>", begin + heading.size()) - begin);
}

TEST_F(EmulatedProgram, MetricsOfTrainingHaveTheGpuItsSecondsAndItsMemory) {
  const Finished done =
      run("train", {"--device", "cuda", "--dim", "8", "--quiet", "--metrics", folder_.path("metrics")});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.err, "");
  EXPECT_GT(std::filesystem::file_size(output_), std::size_t{18} * 8 * sizeof(float));
  const json summary = last_line(folder_.read("metrics"));
  EXPECT_EQ(summary.at("state"), "finished");
  const json& device = summary.at("device");
  EXPECT_EQ(device.at("kind"), "cuda");
  EXPECT_EQ(device.at("name"), "Emulated GPU 0");
  EXPECT_GT(device.at("memory_bytes"), 0);
  EXPECT_GT(device.at("seconds").at("kernels"), 0);
  EXPECT_GT(device.at("seconds").at("subsampling"), 0);
  const json& seconds = summary.at("seconds");
  EXPECT_GT(seconds.at("upload"), 0);
  EXPECT_GT(seconds.at("download"), 0);
  EXPECT_GT(seconds.at("train"), device.at("seconds").at("kernels"));
  EXPECT_EQ(summary.at("epoch_loss").size(), 5U);
}

TEST_F(EmulatedProgram, TrainingEndsWithWhereTheTimeAndTheMemoryWent) {
  const Finished done = run("train", {"--device", "cuda", "--dim", "8", "--epochs", "1"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("training on Emulated GPU 0 (cuda:0)"));
  EXPECT_THAT(
      done.err,
      ContainsRegex("\nseconds: vocabulary [0-9.]+, encode [0-9.]+, prepare [0-9.]+, train [0-9.]+, save "
                    "[0-9.]+; total [0-9.]+\n"
                    "training: GPU kernels [0-9.]+, GPU subsampling [0-9.]+, upload [0-9.]+, download "
                    "[0-9.]+, rest [0-9.]+\n"
                    "memory: peak [0-9.]+ .?B, on the GPU [0-9.]+ .?B\n"));
}

// From the CPU to the GPU and back, with each word trained once an epoch.
TEST_F(EmulatedProgram, ARunGoesOnOnAnotherDevice) {
  const std::string file = folder_.path("checkpoint");
  const auto resume = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all{WARP2VEC_PROGRAM,       "train", "--resume", file, "--metrics",
                                 folder_.path("metrics")};
    all.insert(all.end(), more.begin(), more.end());
    const Finished done = Subprocess(all, folder_.path()).wait();
    EXPECT_EQ(done.status, 0) << done.err;
    return last_line(folder_.read("metrics"));
  };
  const Finished first = run(
      "train", {"--device", "cpu", "--dim", "8", "--epochs", "1", "--sharing", "tile", "--checkpoint", file});
  ASSERT_EQ(first.status, 0) << first.err;
  json summary = resume({"--device", "cuda", "--epochs", "2"});
  EXPECT_EQ(summary.at("device").at("kind"), "cuda");
  EXPECT_EQ(summary.at("counts").at("trained_tokens"), 600);
  EXPECT_EQ(summary.at("counts").at("resumed_tokens"), 300);
  summary = resume({"--device", "cuda", "--epochs", "3", "--table-type", "bf16"});
  EXPECT_EQ(summary.at("settings").at("table_type"), "bf16");
  summary = resume({"--device", "cpu", "--epochs", "4", "--table-type", "float"});
  EXPECT_EQ(summary.at("device").at("kind"), "cpu");
  EXPECT_EQ(summary.at("counts").at("trained_tokens"), 1200);
  EXPECT_EQ(summary.at("counts").at("kept_tokens"), 1200);
  EXPECT_EQ(summary.at("epoch_loss").size(), 4U);
}

TEST_F(EmulatedProgram, ARunIsInItsCheckpointIfTheGpuFails) {
  const cli::TrainOptions options = checkpointed_run(Sharing::tile);
  std::ostringstream said;
  cli::ProgressDisplay display(said, cli::ProgressDisplay::Style::lines);
  const auto train = [&] {
    const cli::DeviceChoice device{cli::DeviceKind::cuda, {find_cuda_devices().usable.front()}, ""};
    return thrown_message([&] { cli::TrainingRun(options, device, display).run(); });
  };
  emulation::reset_device();
  ASSERT_EQ(train(), "");
  const std::int64_t launches = emulation::call_log().calls.at("cudaLaunchKernelEx");
  std::filesystem::remove(output_);
  emulation::reset_device();
  emulation::fail_call("cudaLaunchKernelEx", launches, cudaErrorIllegalAddress, true);
  const std::string message = train();
  emulation::reset_device();
  // At least the first epoch's end: while one checkpoint is written, the next ones are left out.
  const std::int64_t saved = load_checkpoint(options.checkpoint).state.summary.tokens;
  EXPECT_THAT(saved, AnyOf(300, 600, 900));
  EXPECT_THAT(message, AllOf(HasSubstr("the GPU failed: "),
                             HasSubstr("; the run is saved up to word " + std::to_string(saved) +
                                       "; to resume: warp2vec train --resume " + options.checkpoint)));
  EXPECT_FALSE(std::filesystem::exists(output_));
  EXPECT_FALSE(std::filesystem::exists(output_ + ".partial"));
}

TEST_F(EmulatedProgram, TrainingTakesTheGpuUnlessToldOtherwise) {
  const Finished done = run("train", {"--dim", "8", "--epochs", "1"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("training: GPU kernels"));
  // Without --sample all words of the text are positions of their own: what is kept is known to the GPU
  // alone.
  EXPECT_THAT(done.err, HasSubstr("trained 300 words, 300 of them kept by --sample"));
}

class SeveralEmulatedGpus : public EmulatedProgram {
 protected:
  // `words` after "warp2vec train", on a machine with so many GPUs.
  Finished train(int gpus, std::vector<std::string> words) const {
    words.insert(words.begin(), {"/usr/bin/env", "WARP2VEC_EMULATED_GPUS=" + std::to_string(gpus),
                                 WARP2VEC_PROGRAM, "train"});
    return Subprocess(words, folder_.path()).wait();
  }
  std::vector<std::string> words(const std::vector<std::string>& more) const {
    std::vector<std::string> all = command("train", {"--dim", "8", "--sharing", "pair", "--epochs", "2"});
    all.erase(all.begin(), all.begin() + 2);
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_F(SeveralEmulatedGpus, TrainTogether) {
  const std::string metrics = folder_.path("metrics");
  const Finished two = train(3, words({"--gpus", "2", "--metrics", metrics}));
  ASSERT_EQ(two.status, 0) << two.err;
  EXPECT_THAT(two.err, AllOf(HasSubstr("training on Emulated GPU 0 (cuda:0), Emulated GPU 1 (cuda:1)\n"),
                             HasSubstr("copy for merging"), HasSubstr("divided among 2 GPUs, a rank each"),
                             HasSubstr("\nranks: 2, which waited"), HasSubstr(", on each GPU ")));
  const json summary = last_line(folder_.read("metrics"));
  EXPECT_EQ(summary.at("ranks").at("wait_seconds").size(), 2U);
  EXPECT_GT(summary.at("ranks").at("merge_seconds"), 0);
  EXPECT_GT(summary.at("ranks").at("merge_bytes"), 0);
  EXPECT_EQ(summary.at("device").at("indices"), json({0, 1}));
  EXPECT_EQ(summary.at("settings").at("gpus"), 2);
  EXPECT_EQ(summary.at("counts").at("kept_tokens"), 600);
  const std::string vectors = folder_.read("out");
  // The same GPUs by their numbers, and others.
  for (const char* device : {"cuda:0,1", "cuda:2,0"}) {
    ASSERT_EQ(train(3, words({"--device", device})).status, 0);
    EXPECT_TRUE(folder_.read("out") == vectors) << device;
  }
  ASSERT_EQ(train(3, words({"--gpus", "3"})).status, 0);
  EXPECT_FALSE(folder_.read("out") == vectors);
  ASSERT_EQ(train(3, words({"--gpus", "1"})).status, 0);
  const std::string alone = folder_.read("out");
  ASSERT_EQ(train(1, words({"--device", "cuda"})).status, 0);
  EXPECT_TRUE(folder_.read("out") == alone);
}

TEST_F(SeveralEmulatedGpus, GoOnWithACheckpoint) {
  const std::string file = folder_.path("checkpoint");
  const std::string metrics = folder_.path("metrics");
  const auto resumed = [&](int gpus, const std::vector<std::string>& more) {
    std::vector<std::string> all{"--resume", file, "--metrics", metrics};
    all.insert(all.end(), more.begin(), more.end());
    const Finished done = train(gpus, all);
    EXPECT_EQ(done.status, 0) << done.err;
    return last_line(folder_.read("metrics"));
  };
  const Finished first =
      train(3, words({"--gpus", "3", "--epochs", "1", "--checkpoint", file, "--metrics", metrics}));
  ASSERT_EQ(first.status, 0) << first.err;
  json summary = resumed(3, {"--epochs", "2"});
  EXPECT_EQ(summary.at("device").at("indices"), json({0, 1, 2}));
  summary = resumed(2, {"--epochs", "3", "--gpus", "2"});
  EXPECT_EQ(summary.at("device").at("indices"), json({0, 1}));
  summary = resumed(1, {"--epochs", "4", "--device", "cuda"});
  EXPECT_FALSE(summary.at("device").contains("indices"));
  EXPECT_FALSE(summary.contains("ranks"));
  summary = resumed(2, {"--epochs", "5", "--device", "cuda:0,1"});
  EXPECT_EQ(summary.at("device").at("indices"), json({0, 1}));
  summary = resumed(1, {"--epochs", "6", "--device", "cpu"});
  EXPECT_EQ(summary.at("device").at("kind"), "cpu");
  EXPECT_EQ(summary.at("counts").at("trained_tokens"), 1800);
  EXPECT_EQ(summary.at("epoch_loss").size(), 6U);
}

TEST_F(SeveralEmulatedGpus, StopTogether) {
  const std::string file = folder_.path("checkpoint");
  std::vector<std::string> all = words(
      {"--gpus", "2", "--epochs", "1000000", "--checkpoint", file, "--checkpoint-every", "100", "--quiet"});
  all.insert(all.begin(), {"/usr/bin/env", "WARP2VEC_EMULATED_GPUS=2", WARP2VEC_PROGRAM, "train"});
  Subprocess process(all, folder_.path());
  while (!std::filesystem::exists(file)) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  process.send(SIGINT);
  EXPECT_EQ(process.wait().status, 130);
  EXPECT_FALSE(std::filesystem::exists(output_));
  const Checkpoint checkpoint = load_checkpoint(file);
  EXPECT_GT(checkpoint.state.summary.tokens, 0);
}

TEST_F(SeveralEmulatedGpus, AreRefusedWhereTheyCannotTrain) {
  const auto refusal = [&](const std::vector<std::string>& more) {
    const Finished done = train(2, words(more));
    EXPECT_EQ(done.status, 2) << done.err;
    return done.err;
  };
  EXPECT_THAT(refusal({"--gpus", "3"}),
              HasSubstr("--gpus 3: only 2 are usable: Emulated GPU 0 (cuda:0), Emulated GPU 1 (cuda:1)"));
  EXPECT_THAT(refusal({"--gpus", "0"}), HasSubstr("--gpus 0 is out of range: expected 1 or more"));
  EXPECT_THAT(refusal({"--gpus", "2", "--device", "cpu"}),
              HasSubstr("--gpus 2 is for --device cuda, not --device cpu"));
  EXPECT_THAT(refusal({"--gpus", "2", "--device", "cuda:0,1"}),
              HasSubstr("--gpus 2 is for --device cuda, not --device cuda:0,1"));
  EXPECT_THAT(refusal({"--device", "cuda:0,5"}), HasSubstr("--device cuda:0,5: cuda:5 is not usable"));
  EXPECT_THAT(refusal({"--device", "cuda:1,1"}), HasSubstr("--device cuda:1,1: GPU 1 is given twice"));
  EXPECT_THAT(refusal({"--gpus", "2", "--deterministic"}),
              HasSubstr("--deterministic is not possible with --gpus 2"));
  EXPECT_FALSE(std::filesystem::exists(output_));
}

TEST_F(SeveralEmulatedGpus, ArePlannedWithTheCopyForMerging) {
  const auto plan = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = words(more);
    all.insert(all.end(), {"--dry-run"});
    return train(2, all).out;
  };
  EXPECT_THAT(plan({"--gpus", "2"}),
              AllOf(HasSubstr("Memory that each GPU would need"), HasSubstr("copy for merging")));
  EXPECT_THAT(plan({"--gpus", "1"}),
              AllOf(HasSubstr("Memory that a GPU would need"), Not(HasSubstr("copy for merging"))));
}

// The one that has failed is named, and what the first had is saved.
TEST_F(EmulatedProgram, ARunOnSeveralGpusIsInItsCheckpointIfOneFails) {
  const cli::TrainOptions options = checkpointed_run(Sharing::pair);
  std::ostringstream said;
  cli::ProgressDisplay display(said, cli::ProgressDisplay::Style::lines);
  emulation::DeviceSettings three;
  three.devices = 3;
  const auto train = [&] {
    const cli::DeviceChoice device{cli::DeviceKind::cuda, find_cuda_devices().usable, ""};
    return thrown_message([&] { cli::TrainingRun(options, device, display).run(); });
  };
  emulation::reset_device(three);
  ASSERT_EQ(train(), "");
  const std::int64_t sums = emulation::call_log().calls.at("ncclAllReduce");
  std::filesystem::remove(output_);
  emulation::reset_device(three);
  emulation::fail_call("ncclAllReduce later", sums, cudaErrorUnknown);
  const std::string message = train();
  emulation::reset_device();
  const std::int64_t saved = load_checkpoint(options.checkpoint).state.summary.tokens;
  EXPECT_THAT(saved, AnyOf(300, 600, 900));
  EXPECT_THAT(message, AllOf(ContainsRegex(
                                 "the GPU failed: (rank [12] of 3: )?NCCL between rank [012] and the others: "
                                 "remote process exited"),
                             HasSubstr("; the run is saved up to word " + std::to_string(saved) +
                                       "; to resume: warp2vec train --resume " + options.checkpoint)));
  EXPECT_FALSE(std::filesystem::exists(output_));
}

TEST_F(EmulatedProgram, TrainsCbowOnTheGpu) {
  const Finished done =
      run("train", {"--model", "cbow", "--dim", "8", "--epochs", "1", "--metrics", folder_.path("metrics")});
  ASSERT_EQ(done.status, 0) << done.err;
  const json summary = last_line(folder_.read("metrics"));
  EXPECT_EQ(summary.at("device").at("kind"), "cuda");
  EXPECT_EQ(summary.at("counts").at("pairs"), 300) << "one for each word";
}

TEST_F(EmulatedProgram, BenchComparesTheGpuWithTheCpu) {
  const Finished done =
      run("bench", {"--devices", "cpu,cuda", "--losses", "ns,hs,softmax", "--dims", "8", "--rounds", "2"});
  ASSERT_EQ(done.status, 0) << done.err;
  const json all = results();
  const json& runs = all.at("trainings").at("runs");
  ASSERT_EQ(runs.size(), 12U);
  EXPECT_EQ(all.at("gpus").at("cuda"), "Emulated GPU 0");
  for (const json& run : runs) {
    SCOPED_TRACE(run.dump());
    const json& seconds = run.at("seconds");
    EXPECT_GT(run.at("pairs"), 300);
    if (run.at("cell").at("device") == "cpu") {
      EXPECT_EQ(run.at("gpu_memory_bytes"), 0);
      EXPECT_FALSE(seconds.contains("kernels"));
      continue;
    }
    EXPECT_GT(run.at("gpu_memory_bytes"), 0);
    for (const char* phase : {"kernels", "upload", "download"}) EXPECT_GT(seconds.at(phase), 0) << phase;
    EXPECT_LT(seconds.at("kernels"), seconds.at("train"));
    EXPECT_LT(seconds.at("train"), seconds.at("together"));
  }
  for (const char* column : {"GPU by CPU, training", "GPU by CPU, end to end", "GPU kernels", "GPU memory"})
    EXPECT_THAT(done.out, HasSubstr(column));
  EXPECT_THAT(done.out, ContainsRegex("\ncuda +softmax .*[0-9]x")) << "so many times as fast as the CPU";

  const std::string report = folder_.read("out/report.html");
  EXPECT_EQ(unbalanced(report), "");
  const std::string leads = section(report, "GPU against CPU");
  EXPECT_THAT(leads, Not(HasSubstr("No GPU was measured")));
  for (const std::string loss : {"ns", "hs", "softmax"})
    for (const std::string speed : {"training", "end to end"})
      EXPECT_THAT(leads, ContainsRegex("<rect [^\n]*\n?<title>cuda, " + loss + ", d=8, [^<]*, " + speed +
                                       ": [0-9.]+x"))
          << loss;
  EXPECT_THAT(section(report, "Phases"),
              AllOf(HasSubstr("kernels"), HasSubstr("upload"), HasSubstr("download")));
  EXPECT_THAT(section(report, "Machine and settings"), HasSubstr("Emulated GPU 0"));
}

TEST_F(EmulatedProgram, BenchFindsTheGpuByItself) {
  ASSERT_EQ(run("bench", {"--losses", "ns", "--dims", "8", "--rounds", "1"}).status, 0);
  const json all = results();
  const json& runs = all.at("trainings").at("runs");
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs.at(0).at("cell").at("device"), "cpu");
  EXPECT_EQ(runs.at(1).at("cell").at("device"), "cuda");
}

TEST_F(EmulatedProgram, BenchAddsTheGpuToWhatTheCpuDid) {
  const std::vector<std::string> same{"--losses", "ns", "--dims", "8", "--rounds", "1", "--devices"};
  for (const char* device : {"cpu", "cuda", "cpu"}) {
    std::vector<std::string> more = same;
    more.emplace_back(device);
    const Finished done = run("bench", more);
    ASSERT_EQ(done.status, 0) << done.err;
  }
  EXPECT_EQ(results().at("trainings").at("runs").size(), 2U);
  EXPECT_EQ(results().at("gpus").at("cuda"), "Emulated GPU 0");
  EXPECT_THAT(folder_.read("out/report.html"), HasSubstr("Speed of the GPU by that of the CPU"));
}

TEST_F(EmulatedProgram, BenchRefusesWhatTheGpuCannotTrain) {
  const Finished missing = run("bench", {"--devices", "cuda:1"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.err, HasSubstr("cuda:1 is not usable; usable: Emulated GPU 0 (cuda:0)"));
  const std::vector<std::string> study{WARP2VEC_PROGRAM, "bench",    "--study",
                                       "crossover",      "--output", output_};
  for (std::vector<std::string> all : {command("bench", {}), study}) {
    all.insert(all.end(), {"--devices", "cpu,cuda", "--dims", "1025"});
    const Finished large = Subprocess(all, folder_.path()).wait();
    EXPECT_EQ(large.status, 2);
    EXPECT_THAT(large.err, HasSubstr("--dims 1025 is too large for --devices cuda"));
  }
  EXPECT_FALSE(std::filesystem::exists(output_)) << "before anything is measured";
}

TEST_F(EmulatedProgram, BenchCanBeStoppedWhileTheGpuTrains) {
  const std::string metrics = folder_.path("out/unfinished-run/metrics.jsonl");
  Subprocess process(
      command("bench", {"--devices", "cuda", "--losses", "ns", "--dims", "8", "--epochs", "1000000"}),
      folder_.path());
  std::error_code missing;
  while (!(std::filesystem::file_size(metrics, missing) > 0) || missing)  // with its first progress
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  process.send(SIGINT);
  EXPECT_EQ(process.wait().status, 130);
  EXPECT_FALSE(std::filesystem::exists(folder_.path("out/unfinished-run")));
}

}  // namespace
}  // namespace warp2vec
