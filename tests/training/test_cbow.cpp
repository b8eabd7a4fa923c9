// CBOW on the CPU: equal to the reference, to itself on any number of threads, and to itself after a stop.
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "tests/support/checkpoint_samples.h"
#include "tests/support/thrown_message.h"
#include "tests/support/training_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::HasSubstr;

Config cbow_config(const std::string& loss, Sharing sharing, std::int32_t dim = 24) {
  Config config = config_of(loss, sharing, dim);
  config.model = Architecture::cbow;
  config.cbow_gradient = CbowGradient::full;
  return config;
}

using LossAndSharing = std::tuple<std::string, Sharing>;

class EveryCbow : public testing::TestWithParam<LossAndSharing> {
 protected:
  Config config() const { return cbow_config(std::get<0>(GetParam()), std::get<1>(GetParam())); }
};

TEST_P(EveryCbow, CpuEqualsReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 60);
  Config config = this->config();
  expect_equal_up_to_rounding(run(corpus, config, make_cpu_backend),
                              run(corpus, config, make_reference_backend));
  config.cbow_sum = true;
  config.dim = 17;
  config.shrink_window = false;
  expect_equal_up_to_rounding(run(corpus, config, make_cpu_backend),
                              run(corpus, config, make_reference_backend));
  config.cbow_sum = false;
  config.cbow_gradient = CbowGradient::exact;
  config.lr = 0.3;
  expect_equal_up_to_rounding(run(corpus, config, make_cpu_backend),
                              run(corpus, config, make_reference_backend));
}

// Among them sentences of one word, which are predicted from nothing.
TEST_P(EveryCbow, CpuEqualsReferenceWhereUpdatesAreDampedAndSentencesAreShort) {
  Config config = this->config();
  config.window = 10;
  config.negative = 10;
  config.sample = 0;
  const SyntheticCorpus runs = runs_corpus(100, 600);
  expect_equal_up_to_rounding(run(runs, config, make_cpu_backend), run(runs, config, make_reference_backend));
  config.epochs = 5;
  const SyntheticCorpus sentences = zipf_corpus(50, 600, 3);
  expect_equal_up_to_rounding(run(sentences, config, make_cpu_backend),
                              run(sentences, config, make_reference_backend));
}

TEST_P(EveryCbow, HasTheSameBitsForAnyThreadsAndFromEveryMoment) {
  const SyntheticCorpus corpus = zipf_corpus(60, 11000, 40);
  Config config = this->config();
  config.dim = 8;
  config.sample = 0.1;
  config.deterministic = true;
  const Outcome whole = run(corpus, config, make_cpu_backend);
  config.threads = 3;
  EXPECT_TRUE(equal_bits(run(corpus, config, make_cpu_backend).embeddings, whole.embeddings));
  const std::vector<Moment> moments = moments_of(corpus, config, make_cpu_backend);
  ASSERT_GE(moments.size(), 6U);
  for (const Moment& moment : moments) {
    const Outcome resumed = resume(corpus, config, make_cpu_backend, moment);
    EXPECT_TRUE(equal_bits(resumed.embeddings, whole.embeddings)) << moment.state.summary.tokens;
    EXPECT_EQ(resumed.summary.pairs, whole.summary.pairs);
  }
}

TEST_P(EveryCbow, SeparatesTopics) {
  const SyntheticCorpus corpus = topic_corpus(6, 10, 4000);
  Config config = this->config();
  config.threads = 2;
  config.epochs = 5;
  config.sample = 0;
  const Outcome trained = run(corpus, config, make_cpu_backend);
  const TopicSimilarity similarity = topic_similarity(corpus, trained);
  EXPECT_GT(similarity.within, similarity.across + 0.5);
  EXPECT_LT(trained.summary.epoch_loss.back(), trained.summary.epoch_loss.front());
}

INSTANTIATE_TEST_SUITE_P(
    Cbow, EveryCbow,
    testing::Values(LossAndSharing{"ns", Sharing::pair}, LossAndSharing{"ns", Sharing::tile},
                    LossAndSharing{"hs", Sharing::pair}, LossAndSharing{"hs", Sharing::tile},
                    LossAndSharing{"ns+hs", Sharing::pair}, LossAndSharing{"ns+hs", Sharing::tile},
                    LossAndSharing{"softmax", Sharing::pair}, LossAndSharing{"softmax", Sharing::tile}),
    [](const auto& instance) {
      std::string name = std::get<0>(instance.param) + "_" + to_string(std::get<1>(instance.param));
      std::replace(name.begin(), name.end(), '+', '_');
      return name;
    });

TEST(Cbow, OddTileShapesEqualTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 200);
  for (Config config : odd_tiles({{33, 16, 3}})) {
    config.model = Architecture::cbow;
    expect_equal_up_to_rounding(run(corpus, config, make_cpu_backend),
                                run(corpus, config, make_reference_backend));
  }
}

// Each centre with a context is one prediction, and its loss before any training that of K + 1 coins.
TEST(Cbow, LossIsAMeanOverPredictions) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 3);
  Config config = cbow_config("ns", Sharing::pair);
  config.sample = 0;
  config.epochs = 1;
  config.lr = 1e-6;
  const Outcome trained = run(corpus, config, make_cpu_backend);
  std::int64_t alone = 0;
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  TokenBuffer buffer;
  std::int64_t last = 0;
  for (const std::int64_t end : corpus.tokens.read(0, corpus.tokens.tokens(), buffer).ends)
    if (end - std::exchange(last, end) == 1) ++alone;
  EXPECT_GT(alone, 0);
  EXPECT_EQ(trained.summary.pairs, 3000 - alone);
  // A negative that is the centre is left out.
  EXPECT_NEAR(trained.summary.epoch_loss[0], untrained_loss(data), 0.05 * untrained_loss(data));
}

TEST(Cbow, SettingsThatDoNotFitAreRefused) {
  const auto complaint = [](auto change) {
    Config config;
    change(config);
    return thrown_message([&] { config.validate(); });
  };
  EXPECT_THAT(complaint([](Config& c) { c.cbow_sum = true; }), HasSubstr("--cbow-sum is for --model cbow"));
  EXPECT_THAT(complaint([](Config& c) {
                c.cbow_gradient =
                    c.cbow_gradient == CbowGradient::exact ? CbowGradient::full : CbowGradient::exact;
              }),
              HasSubstr("is for --model cbow"));
  EXPECT_THAT(complaint([](Config& c) {
                c.model = Architecture::cbow;
                c.sharing = Sharing::window;
              }),
              HasSubstr("--sharing window is not for --model cbow"));
  EXPECT_THAT(complaint([](Config& c) {
                c.model = Architecture::cbow;
                c.table_type = TableType::bf16;
              }),
              HasSubstr("bf16"));
  EXPECT_EQ(default_lr(Architecture::cbow), 0.05);
  EXPECT_EQ(default_lr(Architecture::skip_gram), Config{}.lr);
  for (const char* name : {"skipgram", "cbow"}) EXPECT_EQ(to_string(parse_architecture(name)), name);
  for (const char* name : {"exact", "full"}) EXPECT_EQ(to_string(parse_cbow_gradient(name)), name);
  EXPECT_THROW(parse_architecture("sg"), Error);
  EXPECT_THROW(parse_cbow_gradient("half"), Error);
}

// Pairs that damping counts for a context, with windows of n = 2, 4, ... 10 contexts.
TEST(Cbow, PairsOfAContextFollowFromTheGradient) {
  Config config;
  config.model = Architecture::cbow;
  EXPECT_EQ(config.predictions_per_centre(), 1);
  config.cbow_gradient = CbowGradient::exact;
  EXPECT_FLOAT_EQ(static_cast<float>(config.pairs_per_context()), 1);
  config.cbow_gradient = CbowGradient::full;
  EXPECT_FLOAT_EQ(static_cast<float>(config.pairs_per_context()), 6);
  config.cbow_sum = true;
  EXPECT_FLOAT_EQ(static_cast<float>(config.pairs_per_context()), (4 + 16 + 36 + 64 + 100) / 5.0F);
  config.shrink_window = false;
  EXPECT_FLOAT_EQ(static_cast<float>(config.pairs_per_context()), 100);
}

}  // namespace
}  // namespace warp2vec
