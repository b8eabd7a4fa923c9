#pragma once
/// What a program may do to the library, for tests with any backend: tokens, parameters and data that do not
/// fit each other, and callbacks that throw.

#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "tests/support/thrown_message.h"
#include "tests/support/training_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {

/// A source that changes the runs of a stream.
class AlteredTokens final : public TokenSource {
 public:
  /// `alter` gets the tokens [begin, begin + ids.size()), on any thread.
  using Alter = std::function<void(TokenBuffer& run, std::int64_t begin)>;

  AlteredTokens(const TokenStream& tokens, Alter alter) : tokens_(tokens), alter_(std::move(alter)) {}

  std::int64_t tokens() const override { return tokens_.tokens(); }
  std::span<const EncodedFile> files() const override { return {}; }
  TokenRun read(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const override {
    const TokenRun run = tokens_.read(begin, end, buffer);
    buffer.ids.assign(run.ids.begin(), run.ids.end());
    buffer.ends.assign(run.ends.begin(), run.ends.end());
    alter_(buffer, begin);
    return {buffer.ids, buffer.ends};
  }

 private:
  const TokenStream& tokens_;
  Alter alter_;
};

/// Sentences of at most 30 tokens, all of which are kept.
inline SyntheticCorpus untrusted_corpus(std::int64_t tokens = 10000) { return zipf_corpus(50, tokens, 30); }
inline Config untrusted_config(const std::string& loss = "ns", std::int32_t dim = 4) {
  Config config = config_of(loss, Sharing::tile, dim);
  config.sample = 0;
  config.epochs = 1;
  return config;
}

inline void train_tokens(const Vocabulary& vocabulary, const TokenSource& tokens, const Config& config,
                         const MakeBackend& make, const Observer& observer = {},
                         const Checkpoints& checkpoints = {}) {
  const TrainingData data(config, vocabulary, tokens);
  const std::unique_ptr<Backend> backend = make(data);
  Embeddings embeddings = initial_embeddings(vocabulary.size(), config);
  train(data, *backend, embeddings, observer, checkpoints);
}

/// Streams whose ids or ends are wrong, and sources that return wrong runs, are errors that name the position
/// and the values.
inline void expect_wrong_tokens_are_errors(const MakeBackend& make, const Config& config) {
  const SyntheticCorpus corpus = untrusted_corpus();
  const std::string words = std::to_string(corpus.vocabulary.size());
  const auto expect = [&](const TokenSource& tokens, const std::string& message) {
    EXPECT_THAT(thrown_message([&] { train_tokens(corpus.vocabulary, tokens, config, make); }),
                testing::HasSubstr(message));
  };
  const auto expect_of_stream = [&](const std::function<void(TokenStream&)>& change,
                                    const std::string& message) {
    TokenStream tokens = corpus.tokens;
    change(tokens);
    expect(tokens, message);
  };
  for (const std::int32_t id : {50, -1, INT32_MAX, INT32_MIN})
    expect_of_stream([&](TokenStream& t) { t.ids[7000] = WordId{id}; },
                     "the id of token 7000 is " + std::to_string(id) + ": expected that of one of " + words +
                         " words, 0 to 49");
  expect_of_stream([](TokenStream& t) { t.ends.clear(); }, "no sentence ends at 10000, after the last token");
  expect_of_stream([](TokenStream& t) { t.ends.pop_back(); },
                   "no sentence ends at 10000, after the last token");
  expect_of_stream([](TokenStream& t) { t.ends.back() = 10001; },
                   "no sentence ends at 10000, after the last token");
  expect_of_stream([](TokenStream& t) { std::swap(t.ends[2], t.ends[3]); }, "a sentence ends at");
  expect_of_stream([](TokenStream& t) { t.ends[2] = t.ends[1]; }, "a sentence ends at");

  const auto expect_of_runs = [&](const AlteredTokens::Alter& alter, const std::string& message) {
    expect(AlteredTokens(corpus.tokens, alter), message);
  };
  expect_of_runs([](TokenBuffer& run, std::int64_t) { run.ids.pop_back(); }, " ids, expected ");
  expect_of_runs([](TokenBuffer& run, std::int64_t) { run.ids.clear(); }, " have 0 ids, expected ");
  expect_of_runs([](TokenBuffer& run, std::int64_t begin) { run.ends.insert(run.ends.begin(), begin); },
                 "a sentence ends at 0: expected a position above 0 and up to ");
  // The first read that trains, and not the one that counts, has other words.
  std::atomic<bool> counted{false};
  AlteredTokens changing(corpus.tokens, [&](TokenBuffer& run, std::int64_t) {
    if (counted) std::fill(run.ids.begin(), run.ids.end(), WordId{0});
  });
  Config sampled = config;
  sampled.sample = 0.02;
  const TrainingData data(sampled, corpus.vocabulary, changing);
  const KeptTokens kept = data.kept_tokens(0);
  counted = true;
  KeptSpan span;
  EXPECT_THAT(thrown_message([&] { kept.read(0, 100, span); }),
              testing::HasSubstr("are not those that were counted at the beginning of the epoch"));
}

/// Embeddings, data and calls that are not those of the run.
inline void expect_wrong_parameters_are_errors(const MakeBackend& make, const std::string& loss) {
  const SyntheticCorpus corpus = untrusted_corpus();
  const Config config = untrusted_config(loss);
  const std::int64_t words = corpus.vocabulary.size();
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const auto expect = [&](const std::function<void(Embeddings&)>& change, const std::string& message) {
    Embeddings embeddings = initial_embeddings(words, config);
    change(embeddings);
    const std::unique_ptr<Backend> backend = make(data);
    EXPECT_THAT(thrown_message([&] { train(data, *backend, embeddings); }), testing::HasSubstr(message));
  };
  const std::string expected = "values, expected " + std::to_string(words);
  expect([](Embeddings& e) { e = {}; }, "the input matrix has 0 x 0 " + expected + " x 4");
  expect([](Embeddings& e) { e.input = Matrix(49, 4); }, "the input matrix has 49 x 4 " + expected);
  expect([](Embeddings& e) { e.input = Matrix(50, 5); }, "the input matrix has 50 x 5 " + expected);
  if (config.loss.hierarchical_softmax)
    expect([](Embeddings& e) { e.nodes = Matrix(50, 4); },
           "the node matrix has 50 x 4 values, expected 49 x 4");
  else
    expect([](Embeddings& e) { e.nodes = Matrix(49, 4); },
           "the node matrix has 49 x 4 values, expected 0 x 0");
  if (config.loss.negative_sampling || config.loss.softmax)
    expect([](Embeddings& e) { e.output = {}; }, "the output matrix has 0 x 0 " + expected + " x 4");

  Embeddings embeddings = initial_embeddings(words, config);
  const TrainingData others(config, corpus.vocabulary, corpus.tokens);
  const std::unique_ptr<Backend> backend = make(data);
  EXPECT_THAT(thrown_message([&] { train(others, *backend, embeddings); }),
              testing::HasSubstr("a backend trains the data that it was made for"));
  const std::unique_ptr<Backend> fresh = make(data);
  const KeptTokens kept = data.kept_tokens(0);
  EXPECT_THAT(thrown_message([&] { fresh->train({&kept, 0, 64}); }), testing::HasSubstr("after upload()"));
  fresh->upload(embeddings);
  for (const auto& [first, last] :
       {std::pair{std::int64_t{0}, kept.size() + 1}, std::pair<std::int64_t, std::int64_t>{-1, 5},
        std::pair<std::int64_t, std::int64_t>{5, 5}})
    EXPECT_THAT(thrown_message([&, a = first, b = last] {
                  fresh->train({&kept, a, b});
                }),
                testing::HasSubstr("cannot train the kept tokens"));
  EXPECT_THAT(thrown_message([&] { fresh->train({}); }), testing::HasSubstr("of an epoch with 0"));
}

/// What a callback throws that is neither an Error nor any standard exception.
struct Own {
  int number;
};

/// Exceptions of the observer, the sink and the source come out of train() as they went in, and leave nothing
/// behind that uses the corpus, of `tokens` tokens.
inline void expect_exceptions_pass(const MakeBackend& make, const Config& config,
                                   std::int64_t tokens = 10000) {
  class ThrowingSink final : public CheckpointSink {
   public:
    bool due(std::int64_t /*tokens*/) noexcept override { return true; }
    void take(const Embeddings&, const TrainingState&) override { throw Own{1}; }
  };
  const SyntheticCorpus corpus = untrusted_corpus(tokens);
  const auto thrown = [&](const TokenSource& source, const Observer& observer,
                          const Checkpoints& checkpoints) {
    try {
      train_tokens(corpus.vocabulary, source, config, make, observer, checkpoints);
    } catch (const Own& own) {
      return own.number;
    }
    return 0;
  };
  ThrowingSink sink;
  Checkpoints checkpoints;
  checkpoints.sink = &sink;
  EXPECT_EQ(thrown(corpus.tokens, {}, checkpoints), 1);
  EXPECT_EQ(thrown(corpus.tokens, [](const Progress&) -> bool { throw Own{2}; }, {}), 2);
  EXPECT_EQ(thrown(
                corpus.tokens, [](const Progress&) -> bool { throw Own{3}; }, checkpoints),
            3);
  // Whichever read it is: of the first look, of counting, or of training on another thread.
  std::atomic<int> reads{0};
  AlteredTokens counted(corpus.tokens, [&](TokenBuffer&, std::int64_t) { ++reads; });
  EXPECT_EQ(thrown(counted, {}, {}), 0);
  const int all = reads;
  for (const int failing : {1, 2, all / 2, all - 3, all - 1}) {
    reads = 0;
    AlteredTokens throwing(corpus.tokens, [&](TokenBuffer&, std::int64_t) {
      if (++reads >= failing) throw Own{4};
    });
    EXPECT_EQ(thrown(throwing, {}, {}), 4) << "read " << failing << " of " << all;
  }
}

}  // namespace warp2vec
