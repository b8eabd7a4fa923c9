// Backends and the training loop: the CPU backend compared with the reference, and what must not change the
// result.
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <tuple>
#include <vector>

namespace warp2vec {
namespace {

class EveryObjective : public ::testing::TestWithParam<Rule> {};

TEST_P(EveryObjective, CpuEqualsReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, 4000, 60);
  const Config config = config_of(GetParam());
  const Outcome cpu = run(corpus, config, make_cpu_backend);
  const Outcome reference = run(corpus, config, make_reference_backend);
  expect_equal_up_to_rounding(cpu, reference);
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryObjective,
                         ::testing::Values(Rule{"ns", Sharing::pair, 24}, Rule{"ns", Sharing::window, 24},
                                           Rule{"ns", Sharing::tile, 24}, Rule{"hs", Sharing::pair, 24},
                                           Rule{"hs", Sharing::tile, 24}, Rule{"ns+hs", Sharing::pair, 24},
                                           Rule{"ns+hs", Sharing::window, 24},
                                           Rule{"ns+hs", Sharing::tile, 24},
                                           Rule{"softmax", Sharing::tile, 24},
                                           Rule{"softmax", Sharing::window, 17}, Rule{"ns", Sharing::tile, 1},
                                           Rule{"ns", Sharing::tile, 15}, Rule{"ns", Sharing::tile, 16},
                                           Rule{"ns", Sharing::tile, 17}, Rule{"hs", Sharing::tile, 100}),
                         rule_name);

TEST(Training, OddTileShapesEqualTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 200);
  for (const auto& [centres, negatives, window] :
       {std::tuple{1, 1, 5}, std::tuple{5, 3, 2}, std::tuple{17, 40, 12}}) {
    const Config config = config_of_tile(centres, negatives, window);
    const Outcome cpu = run(corpus, config, make_cpu_backend);
    const Outcome reference = run(corpus, config, make_reference_backend);
    EXPECT_EQ(cpu.summary.pairs, reference.summary.pairs);
    EXPECT_LE(largest_difference(cpu.embeddings.input, reference.embeddings.input),
              5e-5 * largest_value(reference.embeddings.input));
  }
}

// Sub-tiles that do not divide tiles evenly, and vocabularies of less and more than one product.
TEST(Training, OddSoftmaxTilesEqualTheReference) {
  for (const auto& [words, centres, window] :
       {std::tuple{3, 7, 5}, std::tuple{96, 17, 12}, std::tuple{150, 64, 2}, std::tuple{200, 1, 3}}) {
    const SyntheticCorpus corpus = zipf_corpus(words, 1500, 200);
    Config config = config_of("softmax", Sharing::tile);
    config.tile_centres = centres;
    config.window = window;
    config.shrink_window = window != 2;
    expect_equal_up_to_rounding(run(corpus, config, make_cpu_backend),
                                run(corpus, config, make_reference_backend));
  }
}

TEST(Training, CpuEqualsTheReferenceWhereUpdatesAreDamped) {
  const SyntheticCorpus corpus = runs_corpus(100, 2000);
  for (const Config& config : damped_configs())
    expect_equal_up_to_rounding(run(corpus, config, make_cpu_backend),
                                run(corpus, config, make_reference_backend));
}

TEST(Training, BatchSizeDoesNotChangeABit) {
  const SyntheticCorpus corpus = zipf_corpus(150, 8000, 3000);
  for (const char* loss : {"ns", "ns+hs", "softmax"}) {
    Config config = config_of(loss, Sharing::tile);
    config.max_sentence = 100;
    for (const MakeBackend& make : {MakeBackend(make_cpu_backend), MakeBackend(make_reference_backend)}) {
      const TrainingData data(config, corpus.vocabulary, corpus.tokens);
      std::vector<Embeddings> results;
      for (const std::int64_t tiles : {1, 7, 1000}) {
        results.push_back(initial_embeddings(corpus.vocabulary.size(), config));
        Rebatched backend(make(data), tiles * config.centres_per_tile());
        train(data, backend, results.back());
      }
      EXPECT_TRUE(equal_bits(results[0], results[1]));
      EXPECT_TRUE(equal_bits(results[0], results[2]));
    }
  }
}

TEST(Training, DeterministicIsBitEqualForAnyThreads) {
  const SyntheticCorpus corpus = zipf_corpus(150, 20000, 60);
  for (const char* loss : {"ns", "hs", "ns+hs", "softmax"}) {
    Config config = config_of(loss, Sharing::tile);
    config.deterministic = true;
    const Outcome one = run(corpus, config, make_cpu_backend);
    for (const int threads : {2, 3, 8}) {
      config.threads = threads;
      EXPECT_TRUE(equal_bits(one.embeddings, run(corpus, config, make_cpu_backend).embeddings)) << threads;
    }
    config.seed = 2;
    EXPECT_FALSE(equal_bits(one.embeddings, run(corpus, config, make_cpu_backend).embeddings));
  }
}

// Counts how often each token is given to be trained.
class TokenCounter final : public Backend {
 public:
  TokenCounter(std::int64_t tokens, std::int64_t batch_size)
      : counts(static_cast<std::size_t>(tokens)), batch_size_(batch_size) {}
  std::int64_t batch_size() const override { return batch_size_; }
  void upload(Embeddings&) override {}
  void train(const Batch& batch) override {
    KeptSpan span;
    batch.epoch->read(batch.first, batch.last, span);
    for (const std::int64_t position : span.positions) ++counts[static_cast<std::size_t>(position)];
  }
  Trained drain() override { return {0, 1}; }
  void checkpoint(Embeddings&) override {}
  void download(Embeddings&) override {}

  std::vector<int> counts;

 private:
  std::int64_t batch_size_;
};

TEST(Training, EveryTokenIsTrainedOnceAnEpochWhateverTheThreads) {
  const SyntheticCorpus corpus = zipf_corpus(150, 20000, 5000);
  Config config = config_of("ns", Sharing::tile);
  config.sample = 0;
  config.epochs = 3;
  std::int64_t pairs = 0;
  for (const int threads : {1, 2, 5}) {
    config.threads = threads;
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
    TokenCounter counter(corpus.tokens.tokens(), std::int64_t{256} * threads);
    train(data, counter, embeddings);
    for (const int count : counter.counts) ASSERT_EQ(count, 3);
    // The threads of the CPU backend train exactly the same pairs.
    const Outcome cpu = run(corpus, config, make_cpu_backend);
    EXPECT_EQ(cpu.summary.tokens, 3 * corpus.tokens.tokens());
    EXPECT_EQ(cpu.summary.kept_tokens, 3 * corpus.tokens.tokens());
    if (pairs == 0) pairs = run(corpus, config, make_reference_backend).summary.pairs;
    EXPECT_EQ(cpu.summary.pairs, pairs);
  }
}

TEST(Training, EveryObjectiveSeparatesTopics) {
  const SyntheticCorpus corpus = topic_corpus(6, 10, 4000);
  for (const auto& [loss, sharing] :
       {std::pair{"ns", Sharing::pair}, std::pair{"ns", Sharing::window}, std::pair{"ns", Sharing::tile},
        std::pair{"hs", Sharing::tile}, std::pair{"ns+hs", Sharing::tile},
        std::pair{"softmax", Sharing::tile}}) {
    Config config = config_of(loss, sharing);
    config.threads = 2;
    config.epochs = 3;
    config.sample = 0;
    const Outcome trained = run(corpus, config, make_cpu_backend);
    const TopicSimilarity similarity = topic_similarity(corpus, trained);
    EXPECT_GT(similarity.within, similarity.across + 0.5) << loss << " " << to_string(sharing);
    EXPECT_LT(trained.summary.epoch_loss.back(), trained.summary.epoch_loss.front());
  }
}

TEST(Training, TinyVocabulariesStayFiniteOnManyThreads) {
  for (const std::int64_t words : {2, 10}) {
    const SyntheticCorpus corpus = zipf_corpus(words, 10000, 1000);
    for (const char* loss : {"ns", "hs"}) {
      Config config = config_of(loss, Sharing::tile);
      config.threads = 8;
      config.epochs = 20;
      config.sample = 0;
      config.lr = 0.1;
      const Outcome trained = run(corpus, config, make_cpu_backend);
      EXPECT_LT(largest_value(trained.embeddings.input), 100) << words << " " << loss;
      EXPECT_LT(trained.summary.epoch_loss.back(), 1.2 * trained.summary.epoch_loss.front());
    }
  }
}

TEST(Training, OneWordIsAClearError) {
  SyntheticCorpus corpus = zipf_corpus(1, 100, 10);
  for (const char* loss : {"ns", "hs", "softmax"}) {
    const Config config = config_of(loss, Sharing::tile);
    try {
      const TrainingData data(config, corpus.vocabulary, corpus.tokens);
      FAIL() << "no error for " << loss;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("at least two different words"), std::string::npos);
    }
  }
}

TEST(Training, NotANumberIsAnErrorThatNamesTheRemedy) {
  const SyntheticCorpus corpus = zipf_corpus(50, 2000, 30);
  const Config config = config_of("ns", Sharing::tile);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  for (const MakeBackend& make : {MakeBackend(make_cpu_backend), MakeBackend(make_reference_backend)}) {
    Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
    embeddings.input.row(0)[3] = NAN;
    const std::unique_ptr<Backend> backend = make(data);
    try {
      train(data, *backend, embeddings);
      FAIL();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("diverged in epoch 1"), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("--lr"), std::string::npos) << error.what();
    }
  }
}

TEST(Training, TheObserverStopsTheRun) {
  const SyntheticCorpus corpus = zipf_corpus(50, 2000, 30);
  Config config = config_of("ns", Sharing::tile);
  config.epochs = 50;
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  const std::unique_ptr<Backend> backend = make_cpu_backend(data);
  int ends = 0;
  const TrainingSummary summary = train(data, *backend, embeddings, [&](const Progress& progress) {
    ends += progress.epoch_end;
    EXPECT_EQ(progress.tokens_total, 50 * 2000);
    return ends < 3;
  });
  EXPECT_TRUE(summary.interrupted);
  EXPECT_EQ(summary.epoch_loss.size(), 3U);
  EXPECT_EQ(summary.tokens, 3 * 2000);
}

TEST(Training, LearningRateFallsLinearlyOverAllEpochs) {
  const SyntheticCorpus corpus = zipf_corpus(50, 2000, 30);
  Config config = config_of("ns", Sharing::tile);
  config.lr = 0.025;
  config.epochs = 4;
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  EXPECT_FLOAT_EQ(data.lr_at(0, 0), 0.025F);
  EXPECT_FLOAT_EQ(data.lr_at(2, 0), 0.0125F);
  EXPECT_FLOAT_EQ(data.lr_at(3, 1000), 0.025F / 8);
  EXPECT_FLOAT_EQ(data.lr_at(3, 2000), 0.025F * 1e-4F);
}

}  // namespace
}  // namespace warp2vec
