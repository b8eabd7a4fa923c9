#include <warp2vec/embeddings.h>
#include <warp2vec/random.h>
#include <warp2vec/step.h>

#include "simd_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace warp2vec {
namespace {

// A matrix of uniform values in [-1, 1), zero-padded.
Matrix random_matrix(std::int64_t rows, std::int32_t cols, std::uint64_t seed) {
  Matrix matrix(rows, cols);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int32_t c = 0; c < cols; ++c)
      matrix.row(r)[c] = 2 * to_unit(Draws{seed, 0}.word(Stream::initial_weights,
                                                         static_cast<std::uint64_t>(r * cols + c))) -
                         1;
  return matrix;
}

constexpr float kEpsilon = 1.2e-7F;

TEST(SimdMultiply, EqualsPlainLoopsForAllShapes) {
  for (const std::int64_t m : {1, 2, 5, 6, 7, 11, 12, 13, 26, 74}) {
    for (const std::int32_t n : {16, 32, 48, 112}) {
      for (const std::int32_t k : {1, 3, 16, 100}) {
        const Matrix a = random_matrix(m, k, 1);
        const Matrix a_transposed = random_matrix(k, static_cast<std::int32_t>(m), 3);
        const Matrix b = random_matrix(k, n, 2);
        for (const bool transposed : {false, true}) {
          for (const bool accumulate : {false, true}) {
            Matrix c = random_matrix(m, n, 4);
            const Matrix before = random_matrix(m, n, 4);
            const simd::Operand operand = transposed
                                              ? simd::Operand{a_transposed.row(0), 1, a_transposed.stride()}
                                              : simd::Operand{a.row(0), a.stride(), 1};
            simd::multiply(m, n, k, operand, b.row(0), b.stride(), c.row(0), c.stride(), accumulate);
            for (std::int64_t r = 0; r < m; ++r) {
              for (std::int32_t j = 0; j < n; ++j) {
                double sum = accumulate ? before.row(r)[j] : 0;
                for (std::int32_t i = 0; i < k; ++i)
                  sum += static_cast<double>(transposed ? a_transposed.row(i)[r] : a.row(r)[i]) * b.row(i)[j];
                ASSERT_NEAR(c.row(r)[j], sum, kEpsilon * static_cast<float>(k + 1))
                    << m << " " << n << " " << k;
              }
            }
          }
        }
      }
    }
  }
}

TEST(SimdScoreGradients, EqualTheStepDefinition) {
  constexpr std::int64_t kScores = 256;
  Matrix scores(1, kScores), weights(1, kScores), gradients(1, kScores);
  double loss = 0;
  for (std::int64_t i = 0; i < kScores; ++i) {
    scores.row(0)[i] = static_cast<float>(i - 128) * (i % 3 == 0 ? 2.0F : 0.05F);  // up to +-256
    weights.row(0)[i] = i % 5 == 0 ? 0.0F : (i % 2 == 0 ? 1.0F : -0.3F * static_cast<float>(i % 7));
    loss += score_loss(static_cast<double>(scores.row(0)[i]), static_cast<double>(weights.row(0)[i]));
  }
  EXPECT_NEAR(simd::score_gradients(kScores, scores.row(0), weights.row(0), gradients.row(0)), loss,
              1e-6 * loss);
  for (std::int64_t i = 0; i < kScores; ++i) {
    const double expected =
        score_gradient(static_cast<double>(scores.row(0)[i]), static_cast<double>(weights.row(0)[i]));
    EXPECT_NEAR(gradients.row(0)[i], expected, 8 * kEpsilon * (1 + std::fabs(expected))) << scores.row(0)[i];
  }
}

TEST(SimdSoftmaxGradients, EqualLongDoubleSoftmax) {
  for (const std::int64_t words : {2, 15, 16, 17, 1000, 5000}) {
    const std::int64_t padded = (words + 63) / 64 * 64;
    Matrix scores(1, static_cast<std::int32_t>(padded));
    for (std::int64_t w = 0; w < padded; ++w)
      scores.row(0)[w] = 60 * to_unit(Draws{3, 0}.word(Stream::negative, static_cast<std::uint64_t>(w))) +
                         (w >= words ? 1000.0F : 0);
    const std::vector<float> before(scores.row(0), scores.row(0) + words);
    const std::int64_t centre = words / 2;
    long double sum = 0;
    for (const float score : before) sum += std::exp(static_cast<long double>(score) - 60);
    const double expected =
        static_cast<double>(std::log(sum) + 60 - before[static_cast<std::size_t>(centre)]);
    EXPECT_NEAR(simd::softmax_gradients(padded, words, centre, scores.row(0)), expected,
                1e-5 * (1 + expected));
    for (std::int64_t w = 0; w < words; ++w) {
      const auto p = static_cast<double>(
          std::exp(static_cast<long double>(before[static_cast<std::size_t>(w)]) - 60) / sum);
      EXPECT_NEAR(scores.row(0)[w], (w == centre ? 1.0 : 0.0) - p, 1e-5 * p + 1e-7);
    }
    for (std::int64_t w = words; w < padded; ++w) EXPECT_EQ(scores.row(0)[w], 0);
  }
}

TEST(SimdRows, GatherCopiesAndTransposesAndScatterAdds) {
  for (const std::int32_t dim : {1, 15, 16, 17, 100}) {
    Matrix matrix = random_matrix(9, dim, 5);
    const Matrix before = random_matrix(9, dim, 5);
    const std::vector<std::int64_t> rows{8, 0, 3, 3};
    Matrix copies(4, dim), columns(dim, 4);
    simd::gather(matrix.view(), rows.data(), 4, copies.row(0), columns.row(0), columns.stride());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::int32_t d = 0; d < dim; ++d) {
        EXPECT_EQ(copies.row(static_cast<std::int64_t>(i))[d], before.row(rows[i])[d]);
        EXPECT_EQ(columns.row(d)[i], before.row(rows[i])[d]);
      }
    }
    const Matrix deltas = random_matrix(4, dim, 6);
    const std::vector<float> scales{1, 0.5F, -2, 3};
    simd::scatter_add(matrix.view(), rows.data(), scales.data(), 4, deltas.row(0));
    for (std::int64_t r = 0; r < 9; ++r) {
      for (std::int32_t d = 0; d < dim; ++d) {
        double expected = before.row(r)[d];
        for (std::size_t i = 0; i < rows.size(); ++i)
          if (rows[i] == r)
            expected += static_cast<double>(scales[i]) * deltas.row(static_cast<std::int64_t>(i))[d];
        EXPECT_NEAR(matrix.row(r)[d], expected, 4 * kEpsilon * 6);
      }
      for (std::int64_t d = dim; d < matrix.stride(); ++d)
        EXPECT_EQ(matrix.row(r)[d], 0);  // padding stays zero
    }
  }
}

}  // namespace
}  // namespace warp2vec
