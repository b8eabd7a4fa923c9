// The library trusts nobody: what does not fit together is an Error, never a crash, and callbacks may throw.
#include <warp2vec/config.h>
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>
#include <warp2vec/warm_start.h>

#include "tests/support/untrusted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

using testing::HasSubstr;

std::vector<MakeBackend> backends_of_the_cpu() { return {make_reference_backend, make_cpu_backend}; }

TEST(Untrusted, WrongTokensAreErrors) {
  for (const MakeBackend& make : backends_of_the_cpu())
    for (const int threads : {1, 3}) {
      Config config = untrusted_config();
      config.threads = threads;
      expect_wrong_tokens_are_errors(make, config);
    }
}

TEST(Untrusted, WrongParametersAreErrors) {
  for (const MakeBackend& make : backends_of_the_cpu())
    for (const char* loss : {"ns", "hs", "ns+hs", "softmax"}) expect_wrong_parameters_are_errors(make, loss);
}

TEST(Untrusted, ExceptionsOfCallbacksPass) {
  for (const char* loss : {"ns", "hs", "softmax"}) {
    Config config = untrusted_config(loss);
    config.threads = 3;
    expect_exceptions_pass(make_reference_backend, config, 1500);
    expect_exceptions_pass(make_cpu_backend, config, config.loss.softmax ? 1500 : 10000);
  }
}

// The observer is first asked after 0.1 s, while batches are in flight.
TEST(Untrusted, AnObserverMayThrowWhileThreadsTrain) {
  const SyntheticCorpus corpus = zipf_corpus(50, 400000, 30);  // takes longer
  Config config = untrusted_config("ns", 300);
  config.threads = 3;
  bool between_batches = false;
  const auto observer = [&](const Progress& progress) -> bool {
    if (progress.epoch_end) return true;
    between_batches = true;
    throw Own{5};
  };
  EXPECT_THROW(train_tokens(corpus.vocabulary, corpus.tokens, config, make_cpu_backend, observer), Own);
  EXPECT_TRUE(between_batches);
}

TEST(Untrusted, AnEmptyCorpusOrOneThatCannotBeIsAnError) {
  class Sized final : public TokenSource {
   public:
    explicit Sized(std::int64_t tokens) : tokens_(tokens) {}
    std::int64_t tokens() const override { return tokens_; }
    std::span<const EncodedFile> files() const override { return {}; }
    TokenRun read(std::int64_t, std::int64_t, TokenBuffer&) const override { return {}; }

   private:
    std::int64_t tokens_;
  };
  const SyntheticCorpus corpus = untrusted_corpus();
  for (const std::int64_t tokens : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN})
    EXPECT_NE(thrown_message([&] { TrainingData(untrusted_config(), corpus.vocabulary, Sized(tokens)); }),
              "");
  EXPECT_THAT(thrown_message([&] { TrainingData(untrusted_config(), Vocabulary(), corpus.tokens); }),
              HasSubstr("the vocabulary has 0"));
  EXPECT_THAT(thrown_message([&] { TrainingData(untrusted_config(), corpus.vocabulary, TokenStream()); }),
              HasSubstr("the corpus has no word"));
}

TEST(Untrusted, AStreamGivesOnlyItsOwnTokens) {
  const TokenStream stream({WordId{0}, WordId{1}, WordId{2}}, {3});
  TokenBuffer buffer;
  for (const auto& [begin, end] : {std::pair{-1, 2}, std::pair{2, 1}, std::pair{0, 4}, std::pair{4, 4}})
    EXPECT_THAT(thrown_message([&, b = begin, e = end] { stream.read(b, e, buffer); }),
                HasSubstr("of a corpus of 3"));
  EXPECT_EQ(stream.read(1, 3, buffer).ids.size(), 2U);
}

// Every setting at values that no program should give: an Error, or training that ends.
TEST(Untrusted, EverySettingIsCheckedBeforeItIsUsed) {
  const SyntheticCorpus corpus = untrusted_corpus();
  const auto try_out = [&](Config config) {
    thrown_message([&] {
      TrainingData(config, corpus.vocabulary, corpus.tokens);
      initial_embeddings(corpus.vocabulary.size(), config);
      for (const bool on_gpu : {false, true}) choose_sharing(config, 50, 1e4, on_gpu);
      config.negatives_per_tile();
      config.path_tile_centres();
      config.pairs_per_context();
    });
  };
  const auto each = [&](auto Config::*field) {
    using Value = std::remove_reference_t<decltype(Config().*field)>;
    using Limits = std::numeric_limits<Value>;
    std::vector<Value> values{Limits::lowest(), Limits::max(), Limits::min(), Value(-1), Value(0), Value(1)};
    if constexpr (std::is_floating_point_v<Value>)
      values.insert(values.end(),
                    {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(), Limits::denorm_min()});
    for (const Value value : values)
      for (const char* loss : {"ns", "hs", "softmax"}) {
        Config config = untrusted_config(loss);
        config.*field = value;
        try_out(config);
        config.sharing = Sharing::automatic;
        try_out(config);
        config.model = Architecture::cbow;
        try_out(config);
      }
  };
  each(&Config::dim);
  each(&Config::window);
  each(&Config::min_count);
  each(&Config::max_vocab);
  each(&Config::negative);
  each(&Config::ns_exponent);
  each(&Config::tile_centres);
  each(&Config::tile_negatives);
  each(&Config::sample);
  each(&Config::lr);
  each(&Config::epochs);
  each(&Config::max_sentence);
  each(&Config::threads);
  for (const double lr : {double{NAN}, -1.0, 0.0, 1e30}) {
    Config config;
    config.lr = lr;
    EXPECT_THAT(thrown_message([&] { initial_embeddings(10, config); }), HasSubstr("--lr"));
    EXPECT_THAT(thrown_message([&] { TrainingData(config, corpus.vocabulary, corpus.tokens); }),
                HasSubstr("--lr"));
  }
  for (const std::int64_t words : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN})
    EXPECT_NE(thrown_message([&] { initial_embeddings(words, Config()); }), "") << words;
}

TEST(Untrusted, InitialValuesMustFitEachOther) {
  const SyntheticCorpus corpus = untrusted_corpus();
  const Config config = untrusted_config();
  const auto values = [&] {
    InitialValues from;
    from.path = "model.w2v";
    from.vocabulary = corpus.vocabulary;
    from.embeddings.input = Matrix(corpus.vocabulary.size(), config.dim);
    return from;
  };
  EXPECT_EQ(warm_start(values(), corpus.vocabulary, config).kept, corpus.vocabulary.size());
  InitialValues from = values();
  from.embeddings.input = Matrix(3, config.dim);
  EXPECT_THAT(thrown_message([&] { warm_start(from, corpus.vocabulary, config); }),
              HasSubstr("model.w2v: the input matrix has 3 x 4 values, expected 50 x 4"));
  from = values();
  from.loss = config.loss;
  EXPECT_THAT(thrown_message([&] { warm_start(from, corpus.vocabulary, config); }),
              HasSubstr("the output matrix has 0 x 0 values, expected 50 x 4"));
  from.loss = parse_loss("hs");
  from.embeddings.nodes = Matrix(49, config.dim);
  EXPECT_THAT(thrown_message([&] { warm_start(from, corpus.vocabulary, untrusted_config("hs")); }),
              HasSubstr("the Huffman tree has 0 words"));
  EXPECT_NE(thrown_message([&] { warm_start({}, corpus.vocabulary, config); }), "");
}

TEST(Untrusted, AVocabularyHasNoOtherWords) {
  const SyntheticCorpus corpus = untrusted_corpus();
  const auto words = static_cast<std::int32_t>(corpus.vocabulary.size());
  for (const std::int32_t id : {-1, words, INT32_MAX, INT32_MIN}) {
    EXPECT_THAT(thrown_message([&] { corpus.vocabulary.word(WordId{id}); }),
                HasSubstr("no word with the id " + std::to_string(id) + ": it has 50 words"));
    EXPECT_NE(thrown_message([&] { corpus.vocabulary.count(WordId{id}); }), "");
  }
  EXPECT_NE(thrown_message([] { Vocabulary().word(WordId{0}); }), "");
  EXPECT_EQ(Vocabulary().find("a"), std::nullopt);
}

}  // namespace
}  // namespace warp2vec
