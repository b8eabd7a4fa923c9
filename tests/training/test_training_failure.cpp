// A device that fails in the middle of a run, and what is saved then.
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "host/training/parameter_sync.h"
#include "tests/support/synthetic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::HasSubstr;

// A device with a single value, the number of batches that it has trained, stored as the first vector's first
// value. Fails at a given call.
class FragileDevice final : public Backend {
 public:
  enum class Call { upload, train, drain, checkpoint, download };

  // Counted from 1 for each kind of call; 0 means never.
  explicit FragileDevice(Call failing = Call::upload, int number = 0) : failing_(failing), left_(number) {}

  std::int64_t batch_size() const override { return 512; }
  void upload(Embeddings& embeddings) override {
    enter(Call::upload);
    start = value = embeddings.input.row(0)[0];
  }
  void train(const Batch&) override {
    enter(Call::train);
    if (++batches_ == slow_batch) std::this_thread::sleep_for(kSlowness);
    ++value;
  }
  Trained drain() override {
    enter(Call::drain);
    return {1, 1};
  }
  void checkpoint(Embeddings& embeddings) override {
    enter(Call::checkpoint);
    embeddings.input.row(0)[0] = value;
    checkpoints.push_back(value);
  }
  void download(Embeddings& embeddings) override {
    enter(Call::download);
    embeddings.input.row(0)[0] = value;
  }

  static constexpr std::chrono::milliseconds kSlowness{500};
  int slow_batch = 0;  // takes kSlowness

  float start = 0;
  float value = 0;
  std::vector<float> checkpoints;  // the values that were copied

 private:
  void enter(Call call) {
    if (call == failing_ && left_ > 0 && --left_ == 0) throw DeviceError("cudaExample: out of order");
  }

  Call failing_;
  int left_;
  int batches_ = 0;
};

using Call = FragileDevice::Call;

class TrainingFailure : public testing::Test {
 protected:
  static constexpr std::int64_t kTokens = 2000;
  static constexpr int kBatches = 4;  // of an epoch
  static inline const Checkpoints kEveryEpoch{std::chrono::seconds(0), std::chrono::hours(1)};

  TrainingFailure() {
    config_.sample = 0;
    config_.epochs = 3;
    config_.dim = 8;
    config_.threads = 1;
    embeddings_ = initial_embeddings(corpus_.vocabulary.size(), config_);
    start_ = first_value();
  }

  float first_value() const { return embeddings_.input.row(0)[0]; }

  TrainingSummary train_on(FragileDevice& device, const Checkpoints& intervals) {
    return train(TrainingData(config_, corpus_.vocabulary, corpus_.tokens), device, embeddings_, {},
                 intervals);
  }

  // The failure of a run on `device`.
  TrainingFailed failure_of(FragileDevice& device, const Checkpoints& intervals = kEveryEpoch) {
    std::optional<TrainingFailed> failure;
    try {
      train_on(device, intervals);
    } catch (const TrainingFailed& error) {
      failure = error;
    }
    if (!failure) throw Error("the run did not fail");
    EXPECT_STREQ(failure->what(), "cudaExample: out of order");
    return *failure;
  }

  SyntheticCorpus corpus_ = zipf_corpus(50, kTokens, 100);
  Config config_;
  Embeddings embeddings_;
  float start_ = 0;
};

TEST_F(TrainingFailure, EveryLongEpochButTheLastEndsWithACheckpoint) {
  FragileDevice device;
  const TrainingSummary summary = train_on(device, kEveryEpoch);
  EXPECT_EQ(summary.tokens, 3 * kTokens);
  EXPECT_EQ(device.checkpoints, (std::vector<float>{start_ + kBatches, start_ + kBatches + kBatches}));
  EXPECT_EQ(first_value(), device.value);
  EXPECT_GE(summary.seconds, summary.upload_seconds + summary.download_seconds);
}

// Copying would take longer than training them.
TEST_F(TrainingFailure, ShortEpochsEndWithoutACheckpoint) {
  FragileDevice device;
  EXPECT_EQ(train_on(device, {}).tokens, 3 * kTokens);
  EXPECT_TRUE(device.checkpoints.empty());
  EXPECT_EQ(first_value(), device.value);
}

TEST_F(TrainingFailure, ACheckpointIsLeftOutSoonAfterTheLast) {
  config_.epochs = 6;
  FragileDevice device;
  device.slow_batch = 2 * kBatches;
  train_on(device, {FragileDevice::kSlowness, std::chrono::hours(1)});
  EXPECT_THAT(device.checkpoints, ElementsAre(FloatEq(start_ + 2 * kBatches)));
}

TEST_F(TrainingFailure, ALongEpochHasCheckpoints) {
  FragileDevice device(Call::train, kBatches);
  device.slow_batch = 2;
  const TrainingFailed failure = failure_of(device, {std::chrono::hours(1), FragileDevice::kSlowness});
  EXPECT_THAT(device.checkpoints, ElementsAre(FloatEq(start_ + 2)));
  EXPECT_EQ(failure.state().summary.tokens, 2 * device.batch_size());
  EXPECT_EQ(first_value(), device.checkpoints.at(0));
}

TEST_F(TrainingFailure, AtUploadLeavesTheStart) {
  FragileDevice device(Call::upload, 1);
  EXPECT_EQ(failure_of(device).state().summary.tokens, 0);
  EXPECT_EQ(first_value(), start_);
}

TEST_F(TrainingFailure, BeforeACheckpointLeavesTheStart) {
  for (const auto& [call, number] : {std::pair{Call::train, 1}, std::pair{Call::train, kBatches},
                                     std::pair{Call::drain, 1}, std::pair{Call::checkpoint, 1}}) {
    FragileDevice device(call, number);
    EXPECT_EQ(failure_of(device).state().summary.tokens, 0);
    EXPECT_EQ(first_value(), start_);
  }
}

TEST_F(TrainingFailure, AfterACheckpointLeavesItsValues) {
  FragileDevice device(Call::train, kBatches + 2);
  const TrainingFailed failure = failure_of(device);
  EXPECT_EQ(failure.state().summary.tokens, kTokens);
  EXPECT_EQ(first_value(), start_ + kBatches);
  EXPECT_EQ(failure.summary().tokens, kTokens);
  EXPECT_EQ(failure.summary().epoch_loss.size(), 1U);
  EXPECT_GT(failure.summary().seconds, 0);
}

TEST_F(TrainingFailure, AtALaterCheckpointOrTheDownloadLeavesTheCheckpointBefore) {
  FragileDevice second(Call::checkpoint, 2);
  TrainingFailed failure = failure_of(second);
  EXPECT_EQ(failure.state().summary.tokens, kTokens);
  EXPECT_EQ(failure.summary().tokens, 2 * kTokens);
  EXPECT_EQ(first_value(), second.checkpoints.at(0));

  FragileDevice last(Call::download, 1);
  failure = failure_of(last);
  EXPECT_EQ(failure.state().summary.tokens, 2 * kTokens);
  EXPECT_EQ(failure.summary().tokens, 3 * kTokens);
  EXPECT_EQ(first_value(), last.checkpoints.at(1));
}

TEST_F(TrainingFailure, OneEpochHasNoCheckpoint) {
  config_.epochs = 1;
  FragileDevice device(Call::download, 1);
  const TrainingFailed failure = failure_of(device);
  EXPECT_EQ(failure.state().summary.tokens, 0);
  EXPECT_EQ(first_value(), start_);
}

TEST_F(TrainingFailure, ACheckpointThatIsNotFiniteIsDivergence) {
  embeddings_.input.row(0)[0] = std::numeric_limits<float>::infinity();
  FragileDevice device(Call::train, kBatches + 2);
  try {
    train_on(device, kEveryEpoch);
    FAIL();
  } catch (const TrainingFailed&) {
    FAIL() << "its embeddings would be saved";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("diverged"));
  }
}

TEST_F(TrainingFailure, ErrorsThatAreNotTheDevicesPassThrough) {
  FragileDevice device;
  const auto observer = [](const Progress&) -> bool { throw Error("the observer's"); };
  try {
    train(TrainingData(config_, corpus_.vocabulary, corpus_.tokens), device, embeddings_, observer);
    FAIL();
  } catch (const TrainingFailed&) {
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the observer's");
  }
}

TEST_F(TrainingFailure, CheckpointsAreDueByTheClock) {
  FragileDevice device;
  const TrainingData data(config_, corpus_.vocabulary, corpus_.tokens);
  TrainingState state;
  const std::chrono::seconds now(0);
  const std::chrono::hours later(1);
  const Checkpoints often{later, now};
  ParameterSync always(data, device, embeddings_, state, often);
  EXPECT_TRUE(always.checkpoint_due());
  EXPECT_FALSE(always.checkpoint_due_at_epoch_end());
  const Checkpoints rarely{now, later};
  ParameterSync hourly(data, device, embeddings_, state, rarely);
  hourly.upload();
  EXPECT_FALSE(hourly.checkpoint_due());
  EXPECT_TRUE(hourly.checkpoint_due_at_epoch_end());
  state.summary.tokens = 700;
  hourly.checkpoint();
  EXPECT_EQ(hourly.held().summary.tokens, 700);
}

// The CPU's backends train in place: there is nothing to copy, and training continues.
TEST_F(TrainingFailure, CheckpointsOfTheCpuWaitForItsBatches) {
  const TrainingData data(config_, corpus_.vocabulary, corpus_.tokens);
  const KeptTokens kept(data.tokens, data.keep_thresholds, Draws{config_.seed, 0}, config_.max_sentence, 1);
  for (const auto make : {make_cpu_backend, make_reference_backend}) {
    const std::unique_ptr<Backend> backend = make(data);
    Embeddings embeddings = initial_embeddings(corpus_.vocabulary.size(), config_);
    backend->upload(embeddings);
    backend->train({&kept, 0, 1024});
    backend->checkpoint(embeddings);
    const float trained = embeddings.input.row(0)[0];
    EXPECT_NE(trained, start_);
    backend->train({&kept, 1024, kept.size()});
    EXPECT_GT(backend->drain().pairs, kTokens);
    EXPECT_NE(embeddings.input.row(0)[0], trained);
    backend->download(embeddings);
  }
}

}  // namespace
}  // namespace warp2vec
