// Runs that diverge are errors that say what to change, and sound runs are not.
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "host/training/divergence.h"
#include "tests/support/thrown_message.h"
#include "tests/support/training_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

namespace warp2vec {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Trains nothing: each drain() returns the same pairs and loss, and download() sets one value.
class Scripted final : public Backend {
 public:
  Trained trained{1, 1};
  Matrix Embeddings::*matrix = &Embeddings::input;
  std::int64_t row = 0;
  float value = 0;

  std::int64_t batch_size() const override { return 512; }
  void upload(Embeddings&) override {}
  void train(const Batch&) override {}
  Trained drain() override { return trained; }
  void checkpoint(Embeddings& embeddings) override {
    ++checkpoints;
    download(embeddings);
  }
  void download(Embeddings& embeddings) override {
    if ((embeddings.*matrix).rows() > 0) (embeddings.*matrix).row(row)[1] = value;
  }

  int checkpoints = 0;
};

class Divergence : public testing::Test {
 protected:
  std::string failure_of(Scripted& backend, const Checkpoints& intervals = {}) const {
    const TrainingData data(config_, corpus_.vocabulary, corpus_.tokens);
    Embeddings embeddings = initial_embeddings(corpus_.vocabulary.size(), config_);
    return thrown_message([&] { train(data, backend, embeddings, {}, intervals); });
  }

  // The failure of a run whose epochs have `pairs` pairs with `times` the loss of untrained vectors.
  std::string failure_at(double times, std::int64_t pairs) const {
    const TrainingData data(config_, corpus_.vocabulary, corpus_.tokens);
    Scripted backend;
    backend.trained = {times * untrained_loss(data) * static_cast<double>(pairs), pairs};
    return failure_of(backend);
  }

  SyntheticCorpus corpus_ = zipf_corpus(50, 2000, 100);
  Config config_ = config_of("ns", Sharing::tile);
};

TEST_F(Divergence, UntrainedLossIsThatOfARunWithoutSteps) {
  config_.lr = 1e-12;
  for (const char* loss : {"ns", "hs", "ns+hs", "softmax"}) {
    config_.loss = parse_loss(loss);
    const TrainingData data(config_, corpus_.vocabulary, corpus_.tokens);
    const double seen = run(corpus_, config_, make_reference_backend).summary.epoch_loss.front();
    const double untrained = untrained_loss(data);
    // Negatives equal to the target are masked.
    EXPECT_GT(seen, (config_.loss.negative_sampling ? 0.85 : 0.97) * untrained) << loss;
    EXPECT_LT(seen, 1.03 * untrained) << loss;
  }
  config_.loss = parse_loss("ns");
  EXPECT_NEAR(untrained_loss(TrainingData(config_, corpus_.vocabulary, corpus_.tokens)), 6 * std::log(2.0),
              1e-12);
}

TEST_F(Divergence, ALossFarAboveThatOfUntrainedVectorsIsAnError) {
  for (const char* loss : {"ns", "hs", "ns+hs", "softmax"}) {
    config_.loss = parse_loss(loss);
    EXPECT_THAT(failure_at(3.1, 20'000), AllOf(HasSubstr("training diverged in epoch 1 (the loss is "),
                                               HasSubstr(" a pair, where untrained vectors have ")))
        << loss;
    EXPECT_EQ(failure_at(2.9, 20'000), "") << loss;
  }
  config_.loss = parse_loss("ns");
  EXPECT_THAT(failure_at(1e30, 20'000),
              HasSubstr("(the loss is 4.159e+30 a pair, where untrained vectors have 4.159): try "));
  EXPECT_THAT(failure_at(std::numeric_limits<double>::infinity(), 1),
              HasSubstr("in epoch 1 (the loss is not a finite number): try "));
}

TEST_F(Divergence, FewPairsAreJudgedTogether) {
  config_.epochs = 10;
  EXPECT_THAT(failure_at(4, 4'000), HasSubstr("diverged in epoch 3 "));
  // A run that has fewer is judged at its end.
  EXPECT_THAT(failure_at(4, 400), HasSubstr("diverged in epoch 10 "));
  EXPECT_EQ(failure_at(2, 400), "");
}

TEST_F(Divergence, AnyMatrixIsLookedAt) {
  config_.loss = parse_loss("ns+hs");
  config_.sharing = Sharing::pair;
  for (const auto& [matrix, name] :
       {std::pair{&Embeddings::input, "the vector of 'w3'"},
        std::pair{&Embeddings::output, "the output vector of 'w3'"},
        std::pair{&Embeddings::nodes, "the vector of node 3 of the Huffman tree"}}) {
    Scripted backend;
    backend.matrix = matrix;
    backend.row = 3;
    for (const float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()}) {
      backend.value = bad;
      EXPECT_EQ(failure_of(backend), "training diverged (" + std::string(name) +
                                         " is not finite): try a lower --lr (the default is 0.025)");
    }
    for (const float bad : {1e9F, -3e38F, 1001.0F}) {
      backend.value = bad;
      EXPECT_THAT(failure_of(backend),
                  HasSubstr("training diverged (" + std::string(name) + " has the length "));
    }
    backend.value = 900;
    EXPECT_EQ(failure_of(backend), "");
  }
}

TEST_F(Divergence, CheckpointsAreLookedAt) {
  config_.loss = parse_loss("hs");
  config_.epochs = 3;
  Scripted backend;
  backend.matrix = &Embeddings::nodes;
  backend.value = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(failure_of(backend, {std::chrono::seconds(0), std::chrono::hours(1)}),
              HasSubstr("the vector of node 0 "));
  EXPECT_EQ(backend.checkpoints, 1);
}

TEST_F(Divergence, TheRemedyFitsTheSettings) {
  Config config;
  EXPECT_EQ(smaller_updates(config), "try --sharing pair or a lower --lr");
  config.window = 20;
  config.sharing = Sharing::window;
  EXPECT_EQ(smaller_updates(config), "try --sharing pair, a smaller --window or a lower --lr");
  config.negative = 20;
  config.lr = 0.1;
  EXPECT_EQ(
      smaller_updates(config),
      "try --sharing pair, a smaller --window, a smaller --negative or a lower --lr (the default is 0.025)");
  config.loss = parse_loss("hs");
  EXPECT_EQ(smaller_updates(config),
            "try --sharing pair, a smaller --window or a lower --lr (the default is 0.025)");
  config.lr = 1;
  EXPECT_EQ(smaller_updates(config),
            "try a lower --lr (the default is 0.025), and --sharing pair if that is not enough");
  config.sharing = Sharing::pair;
  EXPECT_EQ(smaller_updates(config), "try a lower --lr (the default is 0.025)");
  config.lr = 0.01;
  EXPECT_EQ(smaller_updates(config), "try a lower --lr");
  config.loss = parse_loss("softmax");
  EXPECT_EQ(smaller_updates(config), "try a smaller --window or a lower --lr");
  config = {};
  config.table_type = TableType::bf16;
  EXPECT_EQ(smaller_updates(config), "try --sharing pair with --table-type float or a lower --lr");
}

// Words that are repeated, as in a corpus of tables or random walks.
SyntheticCorpus runs_of_words() {
  SyntheticCorpus corpus = zipf_corpus(40, 4000, 400);
  for (std::size_t i = 0; i < corpus.tokens.ids.size(); ++i)
    if (i % 1000 >= 900) corpus.tokens.ids[i] = corpus.tokens.ids[i - i % 1000];
  return corpus;
}

TEST_F(Divergence, ExtremeButSoundRunsAreNotRefused) {
  for (const SyntheticCorpus& corpus : {runs_of_words(), zipf_corpus(2, 4000, 30)}) {
    for (const auto& [loss, window, negative, lr] :
         {std::tuple{"ns", 2, 1, 0.2}, std::tuple{"ns", 30, 25, 0.1}, std::tuple{"hs", 5, 5, 0.2},
          std::tuple{"ns+hs", 10, 5, 0.2}, std::tuple{"softmax", 5, 5, 0.1}}) {
      Config config = config_of(loss, Sharing::pair);
      config.sample = 0;
      config.window = window;
      config.negative = negative;
      config.lr = lr;
      config.epochs = 3;
      EXPECT_EQ(thrown_message([&] { run(corpus, config, make_cpu_backend); }), "") << loss << " " << window;
    }
  }
}

// A word that fills a tile would get the gradients of hundreds of pairs at once.
TEST_F(Divergence, RunsOfOneWordAreSoundUnderFullSoftmax) {
  Config config = config_of("softmax", Sharing::tile);
  config.sample = 0;
  config.epochs = 3;
  EXPECT_EQ(thrown_message([&] { run(runs_of_words(), config, make_cpu_backend); }), "");
}

TEST_F(Divergence, ARealOneIsSeen) {
  config_.lr = 10;
  config_.sharing = Sharing::pair;
  for (const char* loss : {"ns", "hs", "softmax"}) {
    config_.loss = parse_loss(loss);
    EXPECT_THAT(thrown_message([&] { run(corpus_, config_, make_cpu_backend); }),
                AllOf(HasSubstr("training diverged"), HasSubstr("a lower --lr (the default is 0.025)")))
        << loss;
  }
}

class NothingToTrain : public testing::Test {
 protected:
  static std::string failure_of(const SyntheticCorpus& corpus, const Config& config) {
    return thrown_message([&] { run(corpus, config, make_cpu_backend); });
  }

  SyntheticCorpus corpus_ = zipf_corpus(50, 2000, 100);
  Config config_ = config_of("ns", Sharing::tile);
};

TEST_F(NothingToTrain, OneWordALine) {
  const SyntheticCorpus lines = zipf_corpus(50, 2000, 1);
  EXPECT_EQ(
      failure_of(lines, config_),
      "there is nothing to learn from: no line of the text has two words of the vocabulary, and words are "
      "learned from those next to them on a line; put whole sentences on a line, or lower --min-count");
  config_.min_count = 1;
  EXPECT_THAT(failure_of(lines, config_), Not(HasSubstr("--min-count")));
}

TEST_F(NothingToTrain, SentencesCutIntoSingleWords) {
  config_.max_sentence = 1;
  EXPECT_EQ(failure_of(corpus_, config_),
            "there is nothing to learn from: --max-sentence 1 leaves no word a neighbour; raise it");
  config_.max_sentence = 2;
  EXPECT_EQ(failure_of(corpus_, config_), "");
}

TEST_F(NothingToTrain, SubsamplingThatKeepsNothing) {
  config_.sample = 1e-12;
  EXPECT_EQ(
      failure_of(corpus_, config_),
      "no pair of words was trained: --sample 1e-12 keeps 0 of 4000 words, no two of them on one line; raise "
      "--sample (0 keeps all)");
}

TEST_F(NothingToTrain, ARunThatIsStoppedBeforeItsFirstPairIsNoError) {
  config_.sample = 1e-12;
  const TrainingData data(config_, corpus_.vocabulary, corpus_.tokens);
  Embeddings embeddings = initial_embeddings(corpus_.vocabulary.size(), config_);
  const std::unique_ptr<Backend> backend = make_cpu_backend(data);
  EXPECT_TRUE(train(data, *backend, embeddings, [](const Progress&) { return false; }).interrupted);
}

}  // namespace
}  // namespace warp2vec
