// What training starts with: which words, and whose rows.

#include <warp2vec/model.h>
#include <warp2vec/warm_start.h>
#include <warp2vec/word_vectors.h>

#include "tests/support/model_samples.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"
#include "tests/support/training_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

using Counted = std::pair<std::string, std::int64_t>;

std::vector<Counted> words_of(const Vocabulary& vocabulary) {
  std::vector<Counted> words;
  for (std::int64_t w = 0; w < vocabulary.size(); ++w)
    words.emplace_back(vocabulary.word(static_cast<WordId>(w)), vocabulary.count(static_cast<WordId>(w)));
  return words;
}

std::vector<float> row_of(const Matrix& matrix, std::int64_t r) {
  return {matrix.row(r), matrix.row(r) + matrix.stride()};
}

class WarmStarts : public testing::Test {
 protected:
  // "wört0" to "wört2" with counts 40, 20 and 10.
  InitialValues model(const std::string& loss) const {
    save_model(sample_model(loss, {40, 20, 10}, 3), folder_.path("old"));
    return load_initial_values(folder_.path("old"));
  }
  InitialValues vectors() const {
    save_vectors(WordVectors{{"wört0", "wört1", "wört2"}, random_matrix(3, 3, 9)}, folder_.path("old"),
                 VectorFormat::binary);
    return load_initial_values(folder_.path("old"));
  }
  static Config config(const std::string& loss) {
    Config config;
    config.loss = parse_loss(loss);
    config.dim = 3;
    return config;
  }

  TemporaryFolder folder_;
  const Vocabulary text_{{{"new", 30}, {"wört2", 25}, {"rare", 2}, {"wört0", 1}}, 1, 0};
};

TEST_F(WarmStarts, NewWordsAreThoseOfTheTextThatAreFrequentEnough) {
  for (const InitialValues& from : {model("ns"), vectors()}) {
    EXPECT_THAT(words_of(warm_vocabulary(from, InitVocab::new_words, text_, 2, 0)),
                ElementsAre(Counted("new", 30), Counted("wört2", 25), Counted("rare", 2)));
    EXPECT_THAT(words_of(warm_vocabulary(from, InitVocab::new_words, text_, 2, 1)),
                ElementsAre(Counted("new", 30)));
  }
}

TEST_F(WarmStarts, TheUnionKeepsOldWordsWithTheirCountsInTheText) {
  for (const InitialValues& from : {model("ns"), vectors()}) {
    EXPECT_THAT(
        words_of(warm_vocabulary(from, InitVocab::all_words, text_, 3, 0)),
        ElementsAre(Counted("new", 30), Counted("wört2", 25), Counted("wört0", 1), Counted("wört1", 1)));
    EXPECT_THAT(
        words_of(warm_vocabulary(from, InitVocab::all_words, text_, 1, 1)),
        ElementsAre(Counted("new", 30), Counted("wört2", 25), Counted("wört0", 1), Counted("wört1", 1)));
  }
}

TEST_F(WarmStarts, OldWordsHaveTheModelsCountsOrElseTheTexts) {
  EXPECT_THAT(words_of(warm_vocabulary(model("ns"), InitVocab::old_words, text_, 3, 0)),
              ElementsAre(Counted("wört0", 40), Counted("wört1", 20), Counted("wört2", 10)));
  EXPECT_THAT(words_of(warm_vocabulary(vectors(), InitVocab::old_words, text_, 3, 0)),
              ElementsAre(Counted("wört2", 25), Counted("wört0", 1), Counted("wört1", 1)));
}

TEST_F(WarmStarts, WordsThatNoTextCanContainAreLeftOut) {
  InitialValues from = vectors();
  from.vocabulary = Vocabulary({{"wört0", 1}, {"a\tb", 1}, {"wört2", 1}}, 1, 0);
  EXPECT_THAT(words_of(warm_vocabulary(from, InitVocab::all_words, text_, 30, 0)),
              ElementsAre(Counted("new", 30), Counted("wört2", 25), Counted("wört0", 1)));
}

TEST_F(WarmStarts, WordsKeepTheirRowsOfAModel) {
  for (const std::string loss : {"ns", "ns+hs", "softmax"}) {
    const InitialValues from = model(loss);
    const Vocabulary vocabulary = warm_vocabulary(from, InitVocab::all_words, text_, 3, 0);
    const WarmStart start = warm_start(from, vocabulary, config(loss));
    const Embeddings untrained = initial_embeddings(4, config(loss));
    EXPECT_EQ(start.kept, 3);
    EXPECT_EQ(start.added, 1);
    EXPECT_EQ(start.lost, 0);
    EXPECT_TRUE(start.outputs_kept);
    EXPECT_EQ(row_of(start.embeddings.input, 0), row_of(untrained.input, 0));
    EXPECT_THAT(row_of(start.embeddings.output, 0), Each(0.0F));
    const std::int64_t old_rows[] = {0, 2, 0, 1};
    for (std::int64_t r = 1; r < 4; ++r) {
      EXPECT_EQ(row_of(start.embeddings.input, r), row_of(from.embeddings.input, old_rows[r]));
      EXPECT_EQ(row_of(start.embeddings.output, r), row_of(from.embeddings.output, old_rows[r]));
    }
  }
}

TEST_F(WarmStarts, OfVectorsAloneTheOutputsAreZero) {
  const InitialValues from = vectors();
  const Vocabulary vocabulary = warm_vocabulary(from, InitVocab::new_words, text_, 2, 0);
  for (const std::string loss : {"ns", "hs", "ns+hs", "softmax"}) {
    const WarmStart start = warm_start(from, vocabulary, config(loss));
    EXPECT_EQ(start.kept, 1);
    EXPECT_EQ(start.added, 2);
    EXPECT_EQ(start.lost, 2);
    EXPECT_FALSE(start.outputs_kept);
    EXPECT_FALSE(start.nodes_kept);
    EXPECT_EQ(row_of(start.embeddings.input, 1), row_of(from.embeddings.input, 2));
    for (const Matrix* zero : {&start.embeddings.output, &start.embeddings.nodes})
      for (std::int64_t r = 0; r < zero->rows(); ++r) EXPECT_THAT(row_of(*zero, r), Each(0.0F));
  }
}

TEST_F(WarmStarts, NodesAreKeptWithTheSameTreeOnly) {
  const InitialValues from = model("hs");
  const auto start_with = [&](const std::vector<std::pair<std::string_view, std::int64_t>>& words) {
    return warm_start(from, Vocabulary(words, 1, 0), config("hs"));
  };
  // Other counts, but the same code lengths.
  const WarmStart same = start_with({{"wört0", 100}, {"wört1", 9}, {"wört2", 8}});
  EXPECT_TRUE(same.nodes_kept);
  EXPECT_TRUE(equal_bits(same.embeddings, from.embeddings));
  const WarmStart reordered = start_with({{"wört0", 100}, {"wört2", 9}, {"wört1", 8}});
  const WarmStart longer = start_with({{"wört0", 100}, {"wört1", 9}, {"wört2", 8}, {"new", 1}});
  const WarmStart other_words = start_with({{"wört0", 100}, {"wört1", 9}, {"new", 8}});
  for (const WarmStart* start : {&reordered, &longer, &other_words}) {
    EXPECT_FALSE(start->nodes_kept);
    for (std::int64_t r = 0; r < start->embeddings.nodes.rows(); ++r)
      EXPECT_THAT(row_of(start->embeddings.nodes, r), Each(0.0F));
  }
}

TEST_F(WarmStarts, OtherCodeLengthsAreAnotherTree) {
  save_model(sample_model("hs", {40, 30, 20, 10}, 3), folder_.path("old"));  // lengths 1, 2, 3, 3
  const InitialValues from = load_initial_values(folder_.path("old"));
  const Vocabulary balanced({{"wört0", 4}, {"wört1", 4}, {"wört2", 4}, {"wört3", 4}}, 1, 0);
  EXPECT_FALSE(warm_start(from, balanced, config("hs")).nodes_kept);
  const Vocabulary skewed({{"wört0", 9}, {"wört1", 4}, {"wört2", 1}, {"wört3", 1}}, 1, 0);
  EXPECT_TRUE(warm_start(from, skewed, config("hs")).nodes_kept);
}

TEST_F(WarmStarts, WhatDoesNotFitIsRefusedWithBothValues) {
  const std::string path = folder_.path("old");
  Config wide = config("ns");
  wide.dim = 200;
  for (const InitialValues& from : {model("ns"), vectors()})
    EXPECT_EQ(thrown_message([&] { warm_start(from, text_, wide); }),
              "--dim 200, but the vectors of " + path + " have 3 values");
  EXPECT_EQ(thrown_message([&] { warm_start(model("ns"), text_, config("ns+hs")); }),
            "--loss ns+hs, but the model " + path +
                " was trained with --loss ns (its vectors alone can start a run with any loss)");
  const Vocabulary others({{"x", 2}, {"y", 1}}, 1, 0);
  EXPECT_EQ(thrown_message([&] { warm_start(vectors(), others, config("ns")); }),
            "none of the 3 words of " + path + " is in the vocabulary to train");
}

TEST_F(WarmStarts, FilesThatAreNeitherModelNorVectorsAreRefused) {
  folder_.write("old", "\x89W2V\r\n\x1a\n");
  EXPECT_THAT(thrown_message([&] { load_initial_values(folder_.path("old")); }),
              HasSubstr("the file ends inside its header"));
  folder_.write("old", "no vectors\n");
  EXPECT_THAT(thrown_message([&] { load_initial_values(folder_.path("old")); }),
              HasSubstr(folder_.path("old")));
}

TEST_F(WarmStarts, OnlyTheFirstVectorsAreReadIfThatIsAsked) {
  const InitialValues all = vectors();
  const InitialValues two = load_initial_values(folder_.path("old"), 2);
  EXPECT_THAT(words_of(two.vocabulary), ElementsAre(Counted("wört0", 1), Counted("wört1", 1)));
  ASSERT_EQ(two.embeddings.input.rows(), 2);
  for (std::int64_t r = 0; r < 2; ++r)
    EXPECT_EQ(row_of(two.embeddings.input, r), row_of(all.embeddings.input, r));
  model("ns");
  EXPECT_THAT(thrown_message([&] { load_initial_values(folder_.path("old"), 2); }),
              HasSubstr(folder_.path("old") + " is a model, whose outputs belong to all of its words"));
}

TEST(InitVocabNames, AreKoans) {
  for (const std::string name : {"old", "new", "union"}) EXPECT_EQ(to_string(parse_init_vocab(name)), name);
  EXPECT_EQ(thrown_message([] { parse_init_vocab("both"); }),
            "--init-vocab both is not known: expected old, new or union");
}

}  // namespace
}  // namespace warp2vec
