// Runs on GPUs that are missing or fail, and runs with doubtful results.
#include <warp2vec/model.h>

#include "host/cli/report/run_report.h"
#include "host/cli/run/trained_files.h"
#include "host/cli/run/training_run.h"
#include "tests/support/json_lines.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace warp2vec::cli {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// The current folder, for a while.
class CurrentFolder {
 public:
  explicit CurrentFolder(const std::string& path) { std::filesystem::current_path(path); }
  ~CurrentFolder() { std::filesystem::current_path(before_); }
  CurrentFolder(const CurrentFolder&) = delete;
  CurrentFolder& operator=(const CurrentFolder&) = delete;

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
};

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

  nlohmann::json summary() const { return json_lines(options_.metrics).back(); }

  // No build and no machine has this GPU.
  const DeviceChoice missing_{
      DeviceKind::cuda, {CudaDevice{1000, "Imaginary", 9, 0, 1, 1, 1}}, "training on it"};
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
  options_.device = {DeviceKind::cuda, {1000}};
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
                                initial_embeddings(2, options_.config), options_,
                                std::chrono::milliseconds(0));
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
  const CurrentFolder folder(folder_.path());
  options_.save_model = folder_.path("none/m.w2v");
  EXPECT_THAT(after(10), HasSubstr("; the vectors are in " + options_.output + ".partial, the model is in " +
                                   folder_.path("m.w2v.partial.rescued")));
  EXPECT_EQ(load_model(folder_.path("m.w2v.partial.rescued")).vocabulary.size(), 2);
}

TEST_F(CliFailedTraining, SavesNothingWithoutACheckpoint) {
  EXPECT_EQ(
      after(0),
      "the GPU failed: cudaExample: out of order; nothing was saved, since it failed before a checkpoint");
  EXPECT_FALSE(exists("v.bin"));
  EXPECT_FALSE(exists("v.bin.partial"));
}

TEST_F(CliFailedTraining, NamesBothFailuresIfSavingFailsToo) {
  const CurrentFolder folder(folder_.path());
  options_.output = folder_.path("none/v.bin");
  const std::string said = after(10);
  EXPECT_THAT(said,
              StartsWith("the GPU failed: cudaExample: out of order; and saving the vectors after 10 words "
                         "failed: cannot write "));
  EXPECT_THAT(said, EndsWith("; the vectors are in " + folder_.path("v.bin.partial.rescued")));
}

class CliTrainedFiles : public CliTrainingRun {
 protected:
  // Where they are, after saving and, if that fails, rescuing them.
  std::string save(std::chrono::milliseconds pause = std::chrono::milliseconds(0)) {
    const Vocabulary vocabulary({{"a", 2}, {"b", 1}}, 1, 0);
    const TokenStream text{{WordId{0}, WordId{1}, WordId{0}}, {3}};
    const TrainingData data(options_.config, vocabulary, text);
    const Embeddings embeddings = initial_embeddings(2, options_.config);
    TrainedFiles files(data, embeddings, options_, "", pause);
    files.save();
    failure_ = files.failure();
    if (!failure_.empty()) files.rescue();
    return files.places("the vectors");
  }

  // The same where the current folder is gone.
  std::string save_from_nowhere(const std::string& temporary) {
    std::filesystem::create_directory(folder_.path("gone"));
    const CurrentFolder folder(folder_.path("gone"));
    std::filesystem::remove(folder_.path("gone"));
    ::setenv("TMPDIR", temporary.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    std::string places = save();
    ::unsetenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): one thread
    return places;
  }

  std::string failure_;
};

TEST_F(CliTrainedFiles, AreRetried) {
  options_.output = folder_.path("later/v.bin");
  std::thread mender([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::filesystem::create_directory(folder_.path("later"));
  });
  EXPECT_EQ(save(std::chrono::milliseconds(300)), "the vectors are in " + options_.output);
  mender.join();
  EXPECT_EQ(failure_, "");
  EXPECT_EQ(load_vectors(options_.output).size(), 2);
}

TEST_F(CliTrainedFiles, AreRescuedWithoutReplacingAny) {
  const CurrentFolder folder(folder_.path());
  options_.output = folder_.path("none/v");
  options_.vectors.format = VectorFormat::npy;
  EXPECT_EQ(save(), "the vectors are in " + folder_.path("v.rescued"));
  EXPECT_EQ(failure_, "cannot write " + options_.output + ": No such file or directory");
  EXPECT_EQ(load_vectors(folder_.path("v.rescued")).size(), 2);
  std::filesystem::remove(folder_.path("v.rescued"));  // the words are still there
  EXPECT_EQ(save(), "the vectors are in " + folder_.path("v.rescued-2"));
}

TEST_F(CliTrainedFiles, AreRescuedInTheFolderForTemporaryFiles) {
  options_.output = folder_.path("none/v.bin");
  EXPECT_EQ(save_from_nowhere(folder_.path()), "the vectors are in " + folder_.path("v.bin.rescued"));
}

TEST_F(CliTrainedFiles, SayWhatIsLost) {
  options_.save_model = folder_.path("none/m");
  EXPECT_EQ(save_from_nowhere(folder_.path("none")),
            "the vectors are in " + options_.output + ", the model is lost");
}

TEST_F(CliTrainedFiles, OfDevicesGetASuffixInTheCurrentFolder) {
  EXPECT_EQ(with_suffix("/dev/null", kPartial), "null.partial");
  EXPECT_EQ(with_suffix("/dev/null", ""), "/dev/null");
  EXPECT_EQ(with_suffix("/none/v", kPartial), "/none/v.partial");
}

}  // namespace
}  // namespace warp2vec::cli
