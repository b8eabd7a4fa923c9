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
  for (const std::int64_t words : {2, 15, 1000, 5000}) {
    const Matrix before = random_matrix(words, 32, 3);
    Matrix scores = random_matrix(words, 32, 3);
    for (std::int64_t w = 0; w < words; ++w)
      for (std::int64_t c = 0; c < 32; ++c) scores.row(w)[c] = 40 * before.row(w)[c];
    const std::int64_t centre = words / 2;
    std::vector<double> losses(32);
    simd::softmax_gradients(words, 32, centre, scores.row(0), scores.stride(), losses.data());
    for (std::int64_t c = 0; c < 32; ++c) {
      const auto exponential = [&](std::int64_t w) {
        return std::exp(static_cast<long double>(40 * before.row(w)[c]));
      };
      long double sum = 0;
      for (std::int64_t w = 0; w < words; ++w) sum += exponential(w);
      const auto loss = static_cast<double>(-std::log(exponential(centre) / sum));
      EXPECT_NEAR(losses[static_cast<std::size_t>(c)], loss, 1e-5 * (1 + loss));
      for (std::int64_t w = 0; w < words; ++w) {
        const auto p = static_cast<double>(exponential(w) / sum);
        EXPECT_NEAR(scores.row(w)[c], (w == centre ? 1.0 : 0.0) - p, 1e-5 * p + 1e-7);
      }
    }
  }
}

TEST(SimdTranspose, SwapsRowsAndColumns) {
  for (const std::int64_t rows : {4, 12, 80}) {
    for (const std::int32_t columns : {16, 112}) {
      const Matrix in = random_matrix(rows, columns, 8);
      Matrix out(columns, static_cast<std::int32_t>(rows));
      simd::transpose(in.row(0), in.stride(), rows, columns, out.row(0), out.stride());
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int32_t c = 0; c < columns; ++c) ASSERT_EQ(out.row(c)[r], in.row(r)[c]);
    }
  }
}

TEST(SimdRows, GatherCopiesAndScatterAdds) {
  for (const std::int32_t dim : {1, 15, 16, 17, 100}) {
    Matrix matrix = random_matrix(9, dim, 5);
    const Matrix before = random_matrix(9, dim, 5);
    const std::vector<std::int64_t> rows{8, 0, 3, 3};
    Matrix copies(4, dim);
    simd::gather(matrix.view(), rows.data(), 4, copies.row(0));
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::int32_t d = 0; d < dim; ++d)
        EXPECT_EQ(copies.row(static_cast<std::int64_t>(i))[d], before.row(rows[i])[d]);
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
