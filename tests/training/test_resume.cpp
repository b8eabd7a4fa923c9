// A run that is stopped anywhere and goes on from there is the run that was never stopped.
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "tests/support/checkpoint_samples.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Writes down which centres it is given, and trains nothing.
class Recorder final : public Backend {
 public:
  struct Range {
    std::uint32_t epoch;
    std::int64_t first;
    std::int64_t last;
    bool operator==(const Range&) const = default;
  };

  explicit Recorder(std::vector<Range>& ranges, std::int64_t batch_size = 512)
      : ranges_(ranges), batch_size_(batch_size) {}

  std::int64_t batch_size() const override { return batch_size_; }
  void upload(Embeddings&) override {}
  void train(const Batch& batch) override {
    ranges_.push_back({batch.epoch->draws().epoch, batch.first, batch.last});
  }
  Trained drain() override { return {1, 1}; }
  void checkpoint(Embeddings&) override {}
  void download(Embeddings&) override {}

 private:
  std::vector<Range>& ranges_;
  std::int64_t batch_size_;
};

std::vector<Rule> cpu_rules() {
  std::vector<Rule> rules{{"softmax", Sharing::tile, 8}, {"softmax", Sharing::pair, 8}};
  for (const char* loss : {"ns", "hs", "ns+hs"})
    for (const Sharing sharing : {Sharing::pair, Sharing::window, Sharing::tile})
      rules.push_back({loss, sharing, 8});
  return rules;
}

class ResumedRule : public testing::TestWithParam<Rule> {};

// Every place between two batches, in an epoch and between epochs, and the end.
TEST_P(ResumedRule, HasTheSameBitsFromEveryMoment) {
  const SyntheticCorpus corpus = zipf_corpus(60, 11000, 40);
  Config config = config_of(GetParam());
  config.sample = 0.1;
  config.deterministic = true;
  config.threads = 3;
  const Outcome whole = run(corpus, config, make_cpu_backend);
  const std::vector<Moment> moments = moments_of(corpus, config, make_cpu_backend);
  ASSERT_GE(moments.size(), 6U);
  bool within = false;
  bool between = false;
  for (const Moment& moment : moments) {
    within = within || moment.state.kept_done > 0;
    between = between || (moment.state.epoch == 1 && moment.state.kept_done == 0);
    const Outcome resumed = resume(corpus, config, make_cpu_backend, moment);
    EXPECT_TRUE(equal_bits(resumed.embeddings, whole.embeddings)) << moment.state.summary.tokens;
    EXPECT_EQ(resumed.summary.tokens, whole.summary.tokens);
    EXPECT_EQ(resumed.summary.kept_tokens, whole.summary.kept_tokens);
    EXPECT_EQ(resumed.summary.pairs, whole.summary.pairs);
    EXPECT_GE(resumed.summary.seconds, moment.state.summary.seconds);
    ASSERT_EQ(resumed.summary.epoch_loss.size(), 2U);
    for (std::size_t epoch = 0; epoch < 2; ++epoch)
      EXPECT_NEAR(resumed.summary.epoch_loss[epoch], whole.summary.epoch_loss[epoch], 1e-9);
  }
  EXPECT_TRUE(within && between);
  EXPECT_TRUE(equal_bits(moments.back().embeddings, whole.embeddings));
}

INSTANTIATE_TEST_SUITE_P(Cpu, ResumedRule, testing::ValuesIn(cpu_rules()), [](const auto& instance) {
  const Rule& rule = instance.param;
  return (rule.loss == "ns+hs" ? "ns_hs" : rule.loss) + "_" + to_string(rule.sharing);
});

// Batches of the reference are others than those of the CPU.
TEST(Resume, OnAnotherDeviceGoesOnAtTheSameTile) {
  const SyntheticCorpus corpus = zipf_corpus(60, 3000, 40);
  for (const Rule& rule : cpu_rules()) {
    const Config config = config_of(rule);
    const Outcome whole = run(corpus, config, make_reference_backend);
    for (const Moment& moment : moments_of(corpus, config, make_reference_backend)) {
      const Outcome resumed = resume(corpus, config, make_cpu_backend, moment);
      EXPECT_EQ(resumed.summary.pairs, whole.summary.pairs);
      EXPECT_LT(largest_difference(resumed.embeddings.input, whole.embeddings.input), 1e-4)
          << testing::PrintToString(rule);
    }
  }
}

TEST(Resume, EveryCentreIsTrainedOnceAnEpoch) {
  const SyntheticCorpus corpus = zipf_corpus(60, 5000, 40);
  Config config = config_of("ns", Sharing::tile);
  config.epochs = 3;
  std::vector<Recorder::Range> whole;
  const std::vector<Moment> moments =
      moments_of(corpus, config, [&](const TrainingData&) { return std::make_unique<Recorder>(whole, 64); });
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  for (const Moment& moment : moments) {
    // All that comes after the moment, in larger batches.
    std::vector<Recorder::Range> rest;
    resume(
        corpus, config, [&](const TrainingData&) { return std::make_unique<Recorder>(rest, 256); }, moment);
    std::int64_t expected = moment.state.kept_done;
    auto epoch = static_cast<std::uint32_t>(moment.state.epoch);
    for (const Recorder::Range& range : rest) {
      EXPECT_EQ(range.epoch, epoch);
      EXPECT_EQ(range.first, expected);
      expected = range.last;
      if (expected < data.kept_tokens(epoch).size()) continue;
      ++epoch;
      expected = 0;
    }
    EXPECT_EQ(epoch, 3U);
    EXPECT_EQ(expected, 0);
  }
}

TEST(Resume, MoreEpochsTrainOnlyThose) {
  const SyntheticCorpus corpus = zipf_corpus(60, 2000, 40);
  Config config = config_of("ns", Sharing::tile);
  const std::vector<Moment> moments = moments_of(corpus, config, make_cpu_backend);
  const Moment& end = moments.back();
  EXPECT_EQ(end.state.epoch, 2);
  config.epochs = 3;
  std::vector<Recorder::Range> ranges;
  const Outcome more = resume(
      corpus, config, [&](const TrainingData&) { return std::make_unique<Recorder>(ranges, 5000); }, end);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  EXPECT_EQ(ranges, (std::vector<Recorder::Range>{{2, 0, data.kept_tokens(2).size()}}));
  EXPECT_EQ(more.summary.tokens, 6000);
  EXPECT_EQ(more.summary.epoch_loss.size(), 3U);
}

TEST(Resume, ProgressIsThatOfAllRuns) {
  const SyntheticCorpus corpus = zipf_corpus(60, 5000, 40);
  const Config config = config_of("ns", Sharing::tile);
  Moment moment = std::move(moments_of(corpus, config, make_reference_backend).at(1));
  moment.state.summary.seconds = 1000;
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  Checkpoints checkpoints;
  checkpoints.start = moment.state;
  std::vector<Progress> told;
  const std::unique_ptr<Backend> backend = make_reference_backend(data);
  train(
      data, *backend, moment.embeddings,
      [&](const Progress& progress) {
        told.push_back(progress);
        return true;
      },
      checkpoints);
  EXPECT_GT(told.front().tokens_done, moment.state.summary.tokens);
  EXPECT_GT(told.front().pairs_done, moment.state.summary.pairs);
  EXPECT_GT(told.front().seconds, 1000);
  EXPECT_EQ(told.back().tokens_done, 10000);
  EXPECT_LT(told.back().words_per_second, 10);
}

TEST(Resume, AStoppedRunGivesItsLastStateToTheSink) {
  const SyntheticCorpus corpus = zipf_corpus(60, 11000, 40);
  Config config = config_of("ns", Sharing::tile);
  config.sample = 0;
  const Outcome whole = run(corpus, config, make_cpu_backend);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  EveryMoment sink;
  Checkpoints checkpoints;
  checkpoints.sink = &sink;
  Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  std::unique_ptr<Backend> backend = make_cpu_backend(data);
  int reports = 0;
  const TrainingSummary stopped = train(
      data, *backend, embeddings, [&](const Progress&) { return ++reports < 4; }, checkpoints);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_EQ(sink.moments.back().state.summary.tokens, stopped.tokens);
  EXPECT_EQ(sink.moments.size(), 4U);
  EXPECT_TRUE(
      equal_bits(resume(corpus, config, make_cpu_backend, sink.moments.back()).embeddings, whole.embeddings));
}

// What little is left over at the end proves nothing, also where most was judged before the checkpoint.
TEST(Resume, RemembersWhetherTheLossWasJudged) {
  const SyntheticCorpus corpus = zipf_corpus(60, 2000, 40);
  const Config config = config_of("ns", Sharing::tile);
  class Bad final : public Backend {
   public:
    std::int64_t batch_size() const override { return 4096; }
    void upload(Embeddings&) override {}
    void train(const Batch&) override {}
    Trained drain() override { return {1e6, 100}; }
    void checkpoint(Embeddings&) override {}
    void download(Embeddings&) override {}
  };
  Moment moment{initial_embeddings(corpus.vocabulary.size(), config), {}};
  moment.state.epoch = 1;
  moment.state.summary.epoch_loss = {4};
  const auto bad = [](const TrainingData&) { return std::make_unique<Bad>(); };
  EXPECT_THAT(thrown_message([&] { resume(corpus, config, bad, moment); }), HasSubstr("diverged in epoch 2"));
  moment.state.judged = true;
  EXPECT_EQ(thrown_message([&] { resume(corpus, config, bad, moment); }), "");
  moment.state.unjudged = {1e6, 9950};
  EXPECT_THAT(thrown_message([&] { resume(corpus, config, bad, moment); }), HasSubstr("diverged in epoch 2"));
}

TEST(Resume, ImpossiblePlacesAreErrors) {
  const SyntheticCorpus corpus = zipf_corpus(60, 2000, 40);
  const Config config = config_of("ns", Sharing::tile);
  const auto complaint = [&](std::int32_t epoch, std::int64_t kept_done) {
    Moment moment{initial_embeddings(corpus.vocabulary.size(), config), {}};
    moment.state.epoch = epoch;
    moment.state.kept_done = kept_done;
    return thrown_message([&] { resume(corpus, config, make_cpu_backend, moment); });
  };
  EXPECT_EQ(complaint(1, 64), "");
  for (const auto& [epoch, kept_done] :
       {std::pair{-1, std::int64_t{0}}, std::pair{3, std::int64_t{0}}, std::pair{2, std::int64_t{64}},
        std::pair{0, std::int64_t{-64}}, std::pair{0, std::int64_t{65}}})
    EXPECT_THAT(complaint(epoch, kept_done), HasSubstr("cannot go on after")) << epoch << " " << kept_done;
  EXPECT_THAT(complaint(1, std::int64_t{64} << 50), HasSubstr("the epoch to go on with has"));
}

}  // namespace
}  // namespace warp2vec
