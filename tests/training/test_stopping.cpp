// How a run is stopped in the middle of a batch, and what it is then.
#include <warp2vec/trainer.h>

#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

namespace warp2vec {
namespace {

// Leaves a batch out once it is asked to, from batch number `first_long` on.
class LongBatches final : public Backend {
 public:
  explicit LongBatches(int first_long) : left_(first_long) {}

  std::int64_t batch_size() const override { return 64; }
  void upload(Embeddings&) override {}
  void train(const Batch& batch) override {
    while (left_ == 0)
      if ((*batch.stop)()) throw LeftOut();
    --left_;
    trained_ += batch.last - batch.first;
  }
  Trained drain() override { return {1.0 * static_cast<double>(trained_), std::exchange(trained_, 0)}; }
  void checkpoint(Embeddings&) override {}
  void download(Embeddings&) override {}

 private:
  int left_;
  std::int64_t trained_ = 0;
};

TEST(Stopping, InABatchLeavesTheStateBeforeIt) {
  class LastState final : public CheckpointSink {
   public:
    bool due(std::int64_t /*tokens*/) noexcept override { return false; }
    void take(const Embeddings&, const TrainingState& taken) override { state = taken; }
    TrainingState state;
  };
  const SyntheticCorpus corpus = zipf_corpus(50, 2000, 30);
  Config config = config_of("ns", Sharing::tile);
  config.sample = 0;
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  for (const int before : {0, 3}) {
    LongBatches backend(before);
    Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
    LastState sink;
    Checkpoints checkpoints;
    checkpoints.sink = &sink;
    std::int64_t asked = 0;
    const TrainingSummary summary = train(
        data, backend, embeddings,
        [&](const Progress& progress) {
          EXPECT_EQ(progress.tokens_done, 64 * before);
          EXPECT_GT(progress.loss, 0);  // of untrained vectors, as long as there are no others
          return ++asked < 2;
        },
        checkpoints);
    EXPECT_EQ(asked, 2);
    EXPECT_TRUE(summary.interrupted);
    EXPECT_EQ(summary.tokens, 64 * before);
    EXPECT_EQ(summary.kept_tokens, 64 * before);
    EXPECT_EQ(summary.pairs, 64 * before);
    EXPECT_EQ(sink.state.epoch, 0);
    EXPECT_EQ(sink.state.kept_done, 64 * before);
  }
}

TEST(Stopping, AnObserverMayThrowInABatch) {
  const SyntheticCorpus corpus = zipf_corpus(50, 2000, 30);
  const Config config = config_of("ns", Sharing::tile);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  LongBatches backend(1);
  Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  EXPECT_THROW(train(data, backend, embeddings, [](const Progress&) -> bool { throw 5; }), int);
}

// The reference takes seconds for a tile of full softmax with 71,000 words.
TEST(Stopping, TheReferenceLeavesATileOfFullSoftmaxOut) {
  const SyntheticCorpus corpus = zipf_corpus(50, 500, 30);
  for (const Architecture model : {Architecture::skip_gram, Architecture::cbow}) {
    Config config = config_of("softmax", Sharing::tile);
    config.model = model;
    config.sample = 0;
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    const KeptTokens kept = data.kept_tokens(0);
    const std::unique_ptr<Backend> backend = make_reference_backend(data);
    const Embeddings before = initial_embeddings(corpus.vocabulary.size(), config);
    for (const int context : {1, 3}) {
      Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
      backend->upload(embeddings);
      int asked = 0;
      const std::function<bool()> stop = [&] { return ++asked == context; };
      EXPECT_THROW(backend->train({&kept, 0, 64, &stop}), LeftOut);
      EXPECT_EQ(asked, context);
      EXPECT_TRUE(equal_bits(embeddings, before));
      EXPECT_EQ(backend->drain().pairs, 0);
      const std::function<bool()> never = [] { return false; };
      backend->train({&kept, 0, 64, &never});
      EXPECT_FALSE(equal_bits(embeddings, before));
      EXPECT_GT(backend->drain().pairs, 0);
    }
  }
}

}  // namespace
}  // namespace warp2vec
