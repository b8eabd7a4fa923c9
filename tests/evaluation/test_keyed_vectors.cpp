#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "tests/support/word_vectors_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace warp2vec {
namespace {

using testing::ElementsAre;

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

TEST(KeyedVectors, ScalesRowsToLengthOneAndLeavesZerosAlone) {
  const KeyedVectors space = compass();
  EXPECT_EQ(space.size(), 6);
  EXPECT_EQ(space.dim(), 2);
  EXPECT_THAT(space.unit(0), ElementsAre(0, 1));
  EXPECT_THAT(space.unit(2), ElementsAre(std::sqrt(0.5F), std::sqrt(0.5F)));
  EXPECT_THAT(space.unit(4), ElementsAre(0, 0));
  EXPECT_THAT(space.unit(5), ElementsAre(0, 1));  // its squares underflow in float
  EXPECT_EQ(space.find("south"), 3);
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
  // A query of length zero is equally near to every word.
  const std::vector<Neighbor> all = space.most_similar({"north"}, {"north"}, 9);
  ASSERT_EQ(all.size(), 5U);
  for (const Neighbor& neighbor : all) EXPECT_EQ(neighbor.similarity, 0);
}

TEST(KeyedVectors, AMissingWordIsNamed) {
  const KeyedVectors space = compass();
  try {
    space.most_similar({"north", "west"}, {}, 1);
    FAIL() << "a missing word was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'west'"), std::string::npos) << error.what();
  }
  EXPECT_THROW(space.most_similar({"north"}, {"West"}, 1), Error);
  EXPECT_THROW(space.most_similar({}, {}, 1), Error);
}

}  // namespace
}  // namespace warp2vec
