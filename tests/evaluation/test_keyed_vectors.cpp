#include <warp2vec/error.h>
#include <warp2vec/keyed_vectors.h>

#include "tests/support/random_matrix.h"
#include "tests/support/thrown_message.h"
#include "tests/support/word_vectors_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

KeyedVectors compass() {
  return KeyedVectors(word_vectors_of({{"north", {0, 3}},
                                       {"east", {2, 0}},
                                       {"northeast", {5, 5}},
                                       {"south", {0, -1}},
                                       {"nowhere", {0, 0}},
                                       {"up", {0, 1e-30F}}}));
}

std::vector<std::string> words_of(const std::vector<Neighbor>& neighbors) {
  std::vector<std::string> words;
  words.reserve(neighbors.size());
  for (const Neighbor& neighbor : neighbors) words.push_back(neighbor.word);
  return words;
}

TEST(KeyedVectors, KeepsVectorsAndScalesThemToLengthOne) {
  const KeyedVectors space = compass();
  EXPECT_EQ(space.size(), 6);
  EXPECT_EQ(space.dim(), 2);
  EXPECT_THAT(space.vector(0), ElementsAre(0, 3));
  EXPECT_THAT(space.vector("northeast"), ElementsAre(5, 5));
  EXPECT_EQ(space.squared_length(2), 50);
  EXPECT_THAT(space.unit(0), ElementsAre(0, 1));
  EXPECT_THAT(space.unit(2), ElementsAre(std::sqrt(0.5F), std::sqrt(0.5F)));
  EXPECT_THAT(space.unit(4), ElementsAre(0, 0));
  EXPECT_THAT(space.unit(5), ElementsAre(0, 1));  // its squares underflow in float
  EXPECT_EQ(space.find("south"), 3);
  EXPECT_EQ(space.row_of("south"), 3);
  EXPECT_EQ(space.word(3), "south");
  EXPECT_EQ(space.find("South"), std::nullopt);
}

TEST(KeyedVectors, SurvivesAMove) {
  KeyedVectors first = compass();
  const KeyedVectors space = std::move(first);
  EXPECT_EQ(space.find("south"), 3);
}

TEST(KeyedVectors, SimilarityIsTheCosine) {
  const KeyedVectors space = compass();
  EXPECT_EQ(space.similarity(0, 0), 1);
  EXPECT_EQ(space.similarity(2, 2), 1);
  EXPECT_EQ(space.similarity(0, 1), 0);
  EXPECT_EQ(space.similarity(0, 3), -1);
  EXPECT_NEAR(space.similarity(0, 2), std::sqrt(0.5), 1e-7);
  EXPECT_EQ(space.similarity(0, 4), 0);
  EXPECT_EQ(space.similarity(4, 4), 0);
}

TEST(KeyedVectors, SimilarityStaysInItsRange) {
  std::vector<std::pair<std::string, std::vector<float>>> rows;
  int seed = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<float> row(37);
    for (float& value : row) value = std::sin(static_cast<float>(seed++)) * 1e18F;
    rows.emplace_back("w" + std::to_string(2 * i), row);
    for (float& value : row) value *= -3;
    rows.emplace_back("w" + std::to_string(2 * i + 1), row);
  }
  const KeyedVectors space(word_vectors_of(rows));
  for (std::int64_t r = 0; r < space.size(); ++r) {
    EXPECT_EQ(space.similarity(r, r), 1);
    EXPECT_GE(space.similarity(r, r ^ 1), -1);
    EXPECT_NEAR(space.similarity(r, r ^ 1), -1, 1e-7);
  }
}

TEST(KeyedVectors, NeighborsComeByFallingSimilarityWithoutTheInputs) {
  const KeyedVectors space = compass();
  const std::vector<Neighbor> near = space.most_similar({"north"}, {}, 3);
  EXPECT_THAT(words_of(near), ElementsAre("up", "northeast", "east"));
  EXPECT_EQ(near[0].similarity, 1);
  EXPECT_NEAR(near[1].similarity, std::sqrt(0.5), 1e-7);
  EXPECT_EQ(near[2].similarity, 0);
  // "east" and "nowhere" tie at 0: the more frequent is first. Asking for more than there are is not an
  // error.
  EXPECT_THAT(words_of(space.most_similar({"north"}, {}, 100)),
              ElementsAre("up", "northeast", "east", "nowhere", "south"));
  EXPECT_TRUE(space.most_similar({"north"}, {}, 0).empty());
}

TEST(KeyedVectors, NegativeWordsArePushedAway) {
  const KeyedVectors space = compass();
  EXPECT_THAT(words_of(space.most_similar({"northeast"}, {"east"}, 2)), ElementsAre("north", "up"));
  EXPECT_THAT(words_of(space.most_similar({}, {"south"}, 1)), ElementsAre("north"));
}

TEST(KeyedVectors, AQueryNeedsADirection) {
  const KeyedVectors space = compass();
  EXPECT_THAT(thrown_message([&] { space.most_similar({"north"}, {"north"}, 9); }),
              HasSubstr("the mean of the words' vectors is zero"));
  EXPECT_THAT(thrown_message([&] { space.similar_by_row(4, 1); }),
              HasSubstr("the vector of 'nowhere' is zero"));
  EXPECT_THAT(thrown_message([&] {
                space.similar_by_vector(std::vector<float>{0, 0}, 1);
              }),
              HasSubstr("the vector is zero"));
  EXPECT_THAT(thrown_message([&] {
                space.similar_by_vector(std::vector<float>{0, NAN}, 1);
              }),
              HasSubstr("not finite"));
  EXPECT_THAT(thrown_message([&] {
                space.similar_by_vector(std::vector<float>{1, 2, 3}, 1);
              }),
              HasSubstr("a vector of 3 values: expected 2"));
  EXPECT_THAT(thrown_message([&] { space.top_k(Matrix(3, 2), 1); }), HasSubstr("query 0 is zero"));
  EXPECT_THAT(thrown_message([&] { space.top_k(Matrix(1, 3), 1); }), HasSubstr("a vector of 3 values"));
  EXPECT_THAT(thrown_message([&] {
                space.top_k(std::vector<std::int64_t>{0, 6}, 1);
              }),
              HasSubstr("no row 6: expected 0 to 5"));
}

TEST(KeyedVectors, OptionsAndRowsHaveRanges) {
  const KeyedVectors space = compass();
  EXPECT_THAT(thrown_message([&] { space.most_similar({"north"}, {}, -1); }),
              HasSubstr("expected 0 or more"));
  EXPECT_THAT(thrown_message([&] { space.most_similar({"north"}, {}, 1, {.restrict_vocab = -1}); }),
              HasSubstr("restrict_vocab -1"));
  EXPECT_THAT(thrown_message([&] { space.most_similar({"north"}, {}, 1, {.threads = -1}); }),
              HasSubstr("--threads -1"));
  for (const std::int64_t row : {std::int64_t{-1}, std::int64_t{6}, INT64_MAX, INT64_MIN}) {
    EXPECT_NE(thrown_message([&] { space.word(row); }), "");
    EXPECT_NE(thrown_message([&] { space.vector(row); }), "");
    EXPECT_NE(thrown_message([&] { space.unit(row); }), "");
    EXPECT_NE(thrown_message([&] { space.similarity(0, row); }), "");
    EXPECT_NE(thrown_message([&] { space.similar_by_row(row, 1); }), "");
  }
  EXPECT_EQ(space.most_similar({"north"}, {}, INT64_MAX).size(), 5U);
}

TEST(KeyedVectors, WordsAndVectorsMustFit) {
  WordVectors vectors = word_vectors_of({{"a", {1, 2}}, {"b", {3, 4}}});
  vectors.words.pop_back();
  EXPECT_EQ(thrown_message([&] { KeyedVectors(std::move(vectors)); }), "1 words with 2 vectors");
  EXPECT_EQ(thrown_message([] {
              KeyedVectors(word_vectors_of({{"a", {1}}, {"a", {2}}}));
            }),
            "the word 'a' appears twice");
  EXPECT_EQ(thrown_message([] {
              KeyedVectors(word_vectors_of({{"a", {1}}, {"b", {INFINITY}}}));
            }),
            "the vector of 'b' has a value that is not finite");
  const Vocabulary vocabulary({{"a", 2}, {"b", 1}}, 1, 0);
  EXPECT_EQ(thrown_message([&] { KeyedVectors(vocabulary, Matrix(3, 2)); }), "2 words with 3 vectors");
  const KeyedVectors empty{WordVectors{}};
  EXPECT_EQ(empty.size(), 0);
  EXPECT_EQ(empty.find("a"), std::nullopt);
  EXPECT_NE(thrown_message([&] { empty.most_similar({"a"}, {}, 1); }), "");
  EXPECT_NE(thrown_message([&] { empty.doesnt_match({}); }), "");
  EXPECT_TRUE(empty.top_k(Matrix(), 1).empty());
}

TEST(KeyedVectors, OfAVocabularyHaveItsIds) {
  const Vocabulary vocabulary({{"rare", 1}, {"frequent", 9}}, 1, 0);
  Matrix vectors(2, 2);
  vectors.row(0)[0] = 2;
  vectors.row(1)[1] = 3;
  const KeyedVectors space(vocabulary, std::move(vectors));
  EXPECT_EQ(space.row_of("frequent"), 0);
  EXPECT_THAT(space.vector("rare"), ElementsAre(0, 3));
}

TEST(KeyedVectors, ComparesListsOfWords) {
  const KeyedVectors space = compass();
  EXPECT_EQ(space.similarity("north", "up"), 1);
  // (0, 3) + (2, 0) and (5, 5): the vectors as they are, not scaled to length 1.
  EXPECT_NEAR(space.similarity({"north", "east"}, std::vector<std::string>{"northeast"}),
              25 / std::sqrt(13.0 * 50), 1e-12);
  EXPECT_THROW(space.similarity({}, std::vector<std::string>{"north"}), Error);
  EXPECT_EQ(space.doesnt_match({"north", "up", "south", "northeast"}), "south");
  EXPECT_EQ(space.doesnt_match({"east", "north", "northeast"}), "east");  // as far as north: the first
  EXPECT_THAT(space.closer_than("north", "east"), ElementsAre("northeast", "up"));
  EXPECT_EQ(space.rank("north", "up"), 1);
  EXPECT_EQ(space.rank("north", "northeast"), 2);
  EXPECT_EQ(space.rank("north", "east"), 3);
  EXPECT_THROW(space.rank("north", "west"), Error);
}

TEST(KeyedVectors, FindsNeighborsByVectorAndByRow) {
  const KeyedVectors space = compass();
  EXPECT_THAT(words_of(space.similar_by_vector(std::vector<float>{0, 1e-20F}, 3)),
              ElementsAre("north", "up", "northeast"));
  EXPECT_THAT(words_of(space.similar_by_row(0, 2)), ElementsAre("up", "northeast"));
  EXPECT_THAT(words_of(space.most_similar({"north"}, {}, 2, {.restrict_vocab = 3})),
              ElementsAre("northeast", "east"));
}

KeyedVectors uniform_space(std::int64_t rows, std::int32_t dim) {
  WordVectors vectors{{}, random_matrix(rows, dim, 1, 3)};
  for (std::int64_t r = 0; r < rows; ++r) vectors.words.push_back("w" + std::to_string(r));
  return KeyedVectors(std::move(vectors));
}

TEST(KeyedVectors, ManyQueriesAtOnceAreAnsweredLikeOneByOne) {
  const KeyedVectors space = uniform_space(700, 20);
  std::vector<std::int64_t> rows;
  Matrix queries(300, 20);
  for (std::int64_t q = 0; q < queries.rows(); ++q) {
    rows.push_back(q * 7 % space.size());
    std::copy_n(space.vector(rows.back()).data(), 20, queries.row(q));
  }
  for (const int threads : {1, 3}) {
    const auto by_row = space.top_k(rows, 5, {.threads = threads});
    const auto by_vector = space.top_k(queries, 6, {.threads = threads});
    ASSERT_EQ(by_row.size(), rows.size());
    for (std::size_t q = 0; q < rows.size(); ++q) {
      // A vector's own word is the nearest to it; by row it is left out.
      EXPECT_EQ(by_vector[q].front().row, rows[q]);
      EXPECT_NEAR(by_vector[q].front().similarity, 1, 1e-7);
      EXPECT_EQ(std::vector(by_vector[q].begin() + 1, by_vector[q].end()), by_row[q]);
      const std::vector<Neighbor> single = space.similar_by_row(rows[q], 5);
      ASSERT_EQ(single.size(), by_row[q].size());
      for (std::size_t i = 0; i < single.size(); ++i) {
        EXPECT_EQ(single[i].word, space.word(by_row[q][i].row));
        EXPECT_EQ(single[i].similarity, by_row[q][i].similarity);
      }
    }
  }
}

// ThreadSanitizer watches.
TEST(KeyedVectors, AnswersSeveralThreadsAtATime) {
  const KeyedVectors space = uniform_space(300, 8);
  const auto ask = [&space] {
    return std::tuple{words_of(space.most_similar({"w1", "w2"}, {"w3"}, 4, {.threads = 2})),
                      space.top_k(std::vector<std::int64_t>{5, 6, 7}, 3), space.rank("w1", "w9"),
                      space.doesnt_match({"w4", "w5", "w6"}), space.similarity("w7", "w8")};
  };
  const auto expected = ask();
  std::vector<std::jthread> threads;
  std::atomic<int> equal{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) equal += ask() == expected ? 1 : 0;
    });
  threads.clear();
  EXPECT_EQ(equal, 20);
}

TEST(KeyedVectors, AMissingWordIsNamed) {
  const KeyedVectors space = compass();
  EXPECT_THAT(thrown_message([&] {
                space.most_similar({"north", "west"}, {}, 1);
              }),
              HasSubstr("the word 'west' is not in the vectors"));
  EXPECT_THROW(space.most_similar({"north"}, {"West"}, 1), Error);
  EXPECT_THROW(space.most_similar({}, {}, 1), Error);
}

}  // namespace
}  // namespace warp2vec
