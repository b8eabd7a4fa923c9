// Runs on GPUs that are missing or fail, and runs with doubtful results.
#include <warp2vec/model.h>

#include "host/cli/run/run_report.h"
#include "host/cli/run/trained_files.h"
#include "host/cli/run/training_run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace warp2vec::cli {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class CliTrainingRun : public testing::Test {
 protected:
  CliTrainingRun() {
    std::ofstream(folder_.path("text")) << "a b c a b c\nc b a\n";
    options_.inputs = {folder_.path("text")};
    options_.output = folder_.path("v.bin");
    options_.metrics = folder_.path("m");
    options_.config.min_count = 1;
    options_.config.dim = 4;
    options_.config.sample = 0;
    options_.config.threads = 1;
  }

  bool exists(const std::string& name) const { return std::filesystem::exists(folder_.path(name)); }

  nlohmann::json summary() const {
    std::ifstream in(options_.metrics);
    std::string last;
    for (std::string line; std::getline(in, line);) last = line;
    return nlohmann::json::parse(last);
  }

  // No build and no machine has this GPU.
  const DeviceChoice missing_{DeviceKind::cuda, CudaDevice{1000, "Imaginary", 9, 0, 1, 1, 1},
                              "training on it"};
  TemporaryFolder folder_;
  TrainOptions options_;
  std::ostringstream said_;
  ProgressDisplay display_{said_, ProgressDisplay::Style::lines};
};

TEST_F(CliTrainingRun, AutoTrainsOnTheCpuIfTheGpuCannot) {
  EXPECT_EQ(TrainingRun(options_, missing_, display_).run(), 0);
  EXPECT_THAT(said_.str(), HasSubstr("training on it\n"));
  EXPECT_THAT(said_.str(), HasSubstr("training on the CPU: Imaginary (cuda:1000) is not usable for this: "));
  EXPECT_TRUE(exists("v.bin"));
  EXPECT_EQ(summary()["device"], nlohmann::json({{"kind", "cpu"}}));
  EXPECT_EQ(summary()["settings"]["device"], "auto");
}

TEST_F(CliTrainingRun, CudaDoesNotMakeWayForTheCpu) {
  options_.device = {DeviceKind::cuda, 1000};
  EXPECT_NE(thrown_message([&] { TrainingRun(options_, missing_, display_).run(); }), "");
  EXPECT_FALSE(exists("v.bin"));
  EXPECT_EQ(summary()["state"], "failed");
  EXPECT_EQ(summary()["device"], nlohmann::json({{"kind", "cuda"}}));
}

TEST_F(CliTrainingRun, DoubtsAreWarnings) {
  options_.config.sharing = Sharing::tile;
  const Vocabulary vocabulary({{"a", 2}, {"b", 1}}, 1, 0);
  const TokenStream text{{WordId{0}, WordId{1}, WordId{0}}, {3}};
  const TrainingData data(options_.config, vocabulary, text);
  TrainingSummary summary;
  summary.epoch_loss = {4.5, 4.1};
  summary.tokens = summary.kept_tokens = 300;
  summary.pairs = 100;
  EXPECT_THAT(training_warnings(data, summary), ElementsAre());
  summary.pairs = 99;
  EXPECT_THAT(
      training_warnings(data, summary),
      ElementsAre(
          "warning: only 99 pairs of words were trained for a vocabulary of 2 words, so "
          "the vectors may still be near their random initial values; more text or more --epochs help"));
  summary.kept_tokens = 100;
  EXPECT_THAT(training_warnings(data, summary), ElementsAre(EndsWith(", and so does a larger --sample")));
  summary.pairs = 1000;
  summary.epoch_loss = {4.1, 4.7};
  EXPECT_THAT(
      training_warnings(data, summary),
      ElementsAre("warning: the loss in epoch 2 was 4.7000, above the 4.1589 of untrained vectors: "
                  "updates were too large, which makes the vectors worse; try --sharing pair or a lower "
                  "--lr"));
}

class CliFailedTraining : public CliTrainingRun {
 protected:
  // The message about a failure that left the vectors after `tokens`.
  std::string after(std::int64_t tokens) {
    const Vocabulary vocabulary({{"a", 2}, {"b", 1}}, 1, 0);
    const TokenStream text{{WordId{0}, WordId{1}, WordId{0}}, {3}};
    const TrainingData data(options_.config, vocabulary, text);
    TrainingState state;
    state.summary.tokens = tokens;
    return save_last_checkpoint(TrainingFailed("cudaExample: out of order", {}, state), data,
                                initial_embeddings(2, options_.config), options_);
  }
};

TEST_F(CliFailedTraining, SavesTheLastCheckpointAsPartial) {
  EXPECT_EQ(after(1234567),
            "the GPU failed: cudaExample: out of order; the vectors after 1,234,567 words are in " +
                options_.output + ".partial");
  EXPECT_EQ(load_vectors(options_.output + ".partial").size(), 2);
  EXPECT_FALSE(exists("v.bin"));
}

TEST_F(CliFailedTraining, SavesTheModelToo) {
  options_.save_model = folder_.path("m.w2v");
  options_.config.loss = parse_loss("hs");
  EXPECT_THAT(after(10), HasSubstr("the vectors after 10 words are in " + options_.output +
                                   ".partial, the model is in " + options_.save_model + ".partial"));
  EXPECT_EQ(load_model(options_.save_model + ".partial").vocabulary.size(), 2);
  EXPECT_FALSE(exists("m.w2v"));
  options_.save_model = folder_.path("none/m.w2v");
  EXPECT_THAT(after(10), HasSubstr("; the vectors are in " + options_.output + ".partial"));
}

TEST_F(CliFailedTraining, SavesNothingWithoutACheckpoint) {
  EXPECT_EQ(
      after(0),
      "the GPU failed: cudaExample: out of order; nothing was saved, since it failed before a checkpoint");
  EXPECT_FALSE(exists("v.bin"));
  EXPECT_FALSE(exists("v.bin.partial"));
}

TEST_F(CliFailedTraining, NamesBothFailuresIfSavingFailsToo) {
  options_.output = folder_.path("none/v.bin");
  const std::string said = after(10);
  EXPECT_THAT(said,
              StartsWith("the GPU failed: cudaExample: out of order; and saving the vectors after 10 words "
                         "failed: cannot write "));
}

}  // namespace
}  // namespace warp2vec::cli
