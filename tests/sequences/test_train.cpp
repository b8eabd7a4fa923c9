#include <warp2vec/train.h>

#include "tests/support/plain_sentences.h"
#include "tests/support/sample_text.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

Config small_config() {
  Config config;
  config.dim = 8;
  config.min_count = 2;
  config.sample = 0;
  config.epochs = 3;
  config.deterministic = true;
  return config;
}

std::vector<float> row_of(const Matrix& matrix, std::int64_t row) {
  return {matrix.row(row), matrix.row(row) + matrix.cols()};
}

class TrainCallTest : public testing::Test {
 protected:
  // The vectors of the text in a file.
  Matrix from_text(const Config& config) {
    const Corpus corpus({folder_.write("text", text_)});
    vocabulary_ = count_words(corpus, config.min_count, config.max_vocab, 1).vocabulary;
    const TokenStream tokens = encode(corpus, vocabulary_, 1);
    const TrainingData data(config, vocabulary_, tokens);
    Embeddings embeddings = initial_embeddings(vocabulary_.size(), config);
    train(data, *make_cpu_backend(data), embeddings);
    return std::move(embeddings.input);
  }

  TemporaryFolder folder_;
  std::string text_ = sample_text(3000) + "rare\n";
  Vocabulary vocabulary_;
};

TEST_F(TrainCallTest, GivesTheVectorsOfTheSameText) {
  const std::vector<Words> sentences = plain_sentences(text_);
  for (const char* loss : {"ns", "hs"})
    for (const bool fresh : {false, true}) {
      Config config = small_config();
      config.loss = parse_loss(loss);
      TrainCall call;
      call.fresh_sentences = fresh;
      const Matrix expected = from_text(config);
      const TrainedVectors trained = train(sentences, config, call);
      ASSERT_EQ(trained.vectors.size(), vocabulary_.size());
      for (std::int64_t row = 0; row < vocabulary_.size(); ++row) {
        const auto i = static_cast<std::size_t>(row);
        EXPECT_EQ(trained.vectors.words[i], vocabulary_.word(static_cast<WordId>(row)));
        EXPECT_EQ(trained.counts[i], vocabulary_.counts()[i]);
        EXPECT_EQ(row_of(trained.vectors.vectors, row), row_of(expected, row)) << loss << fresh;
      }
      EXPECT_EQ(trained.summary.tokens, 9000);
      EXPECT_EQ(trained.summary.epoch_loss.size(), 3U);
      EXPECT_FALSE(trained.summary.interrupted);
    }
}

TEST_F(TrainCallTest, GivesIdsInTheirOrder) {
  text_.clear();
  std::vector<std::int64_t> ids;
  std::vector<std::int32_t> offsets{0};
  for (std::int64_t i = 0; i < 3000; ++i) {
    ids.push_back(i * i % 97 + i % 7 + 3);  // from 3, without some
    text_ += std::to_string(ids.back()) + (i % 10 == 9 ? "\n" : " ");
    if (i % 10 == 9) offsets.push_back(static_cast<std::int32_t>(ids.size()));
  }
  Config config = small_config();
  config.min_count = 5;
  const Matrix expected = from_text(config);
  const TrainedIds trained = train(IdSequences::csr(ids, offsets), config, 200);
  ASSERT_EQ(trained.vectors.rows(), 200);
  std::vector<std::int32_t> without;
  for (std::int32_t id = 0; id < 200; ++id) {
    const auto row = vocabulary_.find(std::to_string(id));
    const auto count = trained.counts[static_cast<std::size_t>(id)];
    if (row) {
      EXPECT_EQ(row_of(trained.vectors, id), row_of(expected, row_of(*row))) << id;
      EXPECT_EQ(count, vocabulary_.count(*row));
    } else {
      without.push_back(id);
      EXPECT_EQ(row_of(trained.vectors, id), std::vector<float>(8, 0.0F)) << id;
      EXPECT_EQ(count, 0);
    }
  }
  EXPECT_EQ(trained.without, without);
  EXPECT_EQ(without.front(), 0);
  EXPECT_EQ(without.back(), 199);
}

TEST_F(TrainCallTest, AGeneratorThatRunsOnlyOnceIsRefused) {
  int passes = 0;
  const Sentences once = [&passes](const Sentences::Visit& visit) {
    const std::vector<std::string_view> sentence{"a", "b", "a", "b"};
    visit(sentence);
    if (passes++ == 0) visit(sentence);
  };
  EXPECT_EQ(
      thrown_message([&] { train(once, small_config()); }),
      "the second pass over the sentences found 4 words of the vocabulary, the first 8: expected the same "
      "sentences in both passes (fresh_sentences allows others in each epoch)");
}

TEST_F(TrainCallTest, FreshSentencesAreMadeForEachEpoch) {
  int passes = 0;
  // More of them each time, and words that were not counted.
  const Sentences fresh = [&passes](const Sentences::Visit& visit) {
    const std::vector<std::string_view> sentence{"a", "b", "c", "a", "b", "c"};
    const std::vector<std::string_view> other{"a", "new", "b"};
    for (int i = 0; i < 10 + passes; ++i) visit(sentence);
    if (passes > 0) visit(other);
    ++passes;
  };
  TrainCall call;
  call.fresh_sentences = true;
  std::vector<std::int64_t> done;
  std::vector<double> rates;
  call.observer = [&](const Progress& progress) {
    done.push_back(progress.tokens_done);
    rates.push_back(progress.lr);
    EXPECT_EQ(progress.epoch_end, true);
    EXPECT_LE(progress.tokens_done, progress.tokens_total);
    return true;
  };
  const Config config = small_config();
  const TrainedVectors trained = train(fresh, config, call);
  EXPECT_EQ(passes, 4);
  EXPECT_THAT(trained.vectors.words, ElementsAre("a", "b", "c"));
  EXPECT_THAT(trained.counts, ElementsAre(20, 20, 20));
  EXPECT_THAT(done, ElementsAre(68, 142, 222));  // 6 (10 + pass) + 2 each
  EXPECT_EQ(trained.summary.tokens, 222);
  EXPECT_EQ(trained.summary.kept_tokens, 222);
  EXPECT_EQ(trained.summary.epoch_loss.size(), 3U);
  for (std::size_t epoch = 0; epoch < 3; ++epoch)
    EXPECT_NEAR(rates[epoch], config.lr * std::max(1e-4, 1 - static_cast<double>(epoch + 1) / 3), 1e-6);
}

TEST_F(TrainCallTest, TheObserverStopsARun) {
  const std::vector<Words> sentences = plain_sentences(text_);
  for (const bool fresh : {false, true}) {
    TrainCall call;
    call.fresh_sentences = fresh;
    int reports = 0;
    call.observer = [&](const Progress& progress) { return ++reports < 2 || !progress.epoch_end; };
    const TrainedVectors trained = train(sentences, small_config(), call);
    EXPECT_TRUE(trained.summary.interrupted);
    EXPECT_EQ(trained.summary.tokens, 6000);
  }
}

TEST_F(TrainCallTest, AnyBackendTrains) {
  const std::vector<Words> sentences = plain_sentences(text_);
  TrainCall call;
  int made = 0;
  call.make_backend = [&made](const TrainingData& data) {
    EXPECT_EQ(data.config.sharing, Sharing::pair);
    ++made;
    return make_reference_backend(data);
  };
  train(sentences, small_config(), call);
  EXPECT_EQ(made, 1);
}

TEST_F(TrainCallTest, MistakesAreErrors) {
  const std::vector<Words> sentences = plain_sentences(text_);
  Config config = small_config();
  config.dim = 0;
  EXPECT_THAT(thrown_message([&] { train(sentences, config); }), HasSubstr("--dim 0"));
  config.dim = 8;
  config.min_count = 1000000;
  EXPECT_THAT(thrown_message([&] { train(sentences, config); }), HasSubstr("--min-count 1000000"));
  const std::vector<Words> apart{{"a"}, {"b"}, {"a"}, {"b"}};
  EXPECT_THAT(thrown_message([&] { train(apart, small_config()); }), HasSubstr("nothing to learn from"));
  const std::vector<std::int64_t> ids{1, 2, 1, 2};
  TrainCall call;
  call.fresh_sentences = true;
  EXPECT_THAT(thrown_message([&] { train(IdSequences::separated(ids), small_config(), 0, call); }),
              HasSubstr("fresh_sentences is for sentences"));
}

}  // namespace
}  // namespace warp2vec
