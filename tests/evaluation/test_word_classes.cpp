#include <warp2vec/word_classes.h>

#include "tests/support/random_matrix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {
namespace {

// word2vec.c's -classes in plain loops: centres are rows, and products are computed one after the other.
std::vector<std::int32_t> plain_classes(const Matrix& vectors, std::int32_t classes) {
  const auto dim = static_cast<std::size_t>(vectors.cols());
  std::vector<std::int32_t> class_of;
  for (std::int32_t r = 0; r < vectors.rows(); ++r) class_of.push_back(r % classes);
  for (int round = 0; round < 10; ++round) {
    std::vector<std::vector<float>> centres(static_cast<std::size_t>(classes), std::vector<float>(dim));
    std::vector<float> sizes(centres.size(), 1.0F);
    for (std::int32_t r = 0; r < vectors.rows(); ++r) {
      const auto c = static_cast<std::size_t>(class_of[static_cast<std::size_t>(r)]);
      for (std::size_t d = 0; d < dim; ++d) centres[c][d] += vectors.row(r)[d];
      sizes[c] += 1;
    }
    for (std::size_t c = 0; c < centres.size(); ++c) {
      float length = 0;
      for (float& value : centres[c]) {
        value /= sizes[c];
        length += value * value;
      }
      length = std::sqrt(length);
      for (float& value : centres[c]) value /= length;
    }
    for (std::int32_t r = 0; r < vectors.rows(); ++r) {
      float highest = -10;
      for (std::size_t c = 0; c < centres.size(); ++c) {
        float product = 0;
        for (std::size_t d = 0; d < dim; ++d) product += centres[c][d] * vectors.row(r)[d];
        if (product > highest) {
          highest = product;
          class_of[static_cast<std::size_t>(r)] = static_cast<std::int32_t>(c);
        }
      }
    }
  }
  return class_of;
}

TEST(WordClasses, AreThoseOfPlainLoopsForAnyNumberOfThreads) {
  const Matrix vectors = random_matrix(1000, 20, 1);
  for (const std::int32_t classes : {1, 2, 30, 300}) {
    const std::vector<std::int32_t> expected = plain_classes(vectors, classes);
    for (const int threads : {1, 3}) EXPECT_EQ(word_classes(vectors, classes, threads), expected) << classes;
  }
}

TEST(WordClasses, VectorsOfTheSameDirectionAreInOneClass) {
  Matrix vectors(60, 3);
  for (std::int64_t r = 0; r < vectors.rows(); ++r)
    vectors.row(r)[r * 7 % 3] = 0.1F * static_cast<float>(r + 1);
  const std::vector<std::int32_t> classes = word_classes(vectors, 3);
  for (std::size_t r = 3; r < classes.size(); ++r) EXPECT_EQ(classes[r], classes[r - 3]);
  EXPECT_NE(classes[0], classes[1]);
  EXPECT_NE(classes[1], classes[2]);
  EXPECT_NE(classes[2], classes[0]);
}

TEST(WordClasses, MoreClassesThanWordsLeaveSomeEmpty) {
  const Matrix vectors = random_matrix(3, 8, 1);
  EXPECT_EQ(word_classes(vectors, 10), (std::vector<std::int32_t>{0, 1, 2}));
}

TEST(WordClasses, TheFirstOfEqualCentresIsTaken) {
  Matrix vectors(4, 2);
  for (std::int64_t r = 0; r < vectors.rows(); ++r) vectors.row(r)[0] = 1;
  EXPECT_EQ(word_classes(vectors, 3), (std::vector<std::int32_t>{0, 0, 0, 0}));
}

TEST(WordClasses, NoneAreAnError) { EXPECT_THROW(word_classes(random_matrix(3, 8, 1), 0), Error); }

}  // namespace
}  // namespace warp2vec
