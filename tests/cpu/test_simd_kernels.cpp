#include <warp2vec/detail/random.h>
#include <warp2vec/detail/update_rule.h>
#include <warp2vec/embeddings.h>

#include "host/cpu/simd/simd_kernels.h"
#include "tests/support/random_matrix.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

constexpr float kEpsilon = 1.2e-7F;

// Each test runs with every instruction set of this machine.
class SimdKernels : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { choose(GetParam()); }
  void TearDown() override { choose(0); }

 private:
  static void choose(std::int64_t target) {  // 0: the best
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

TEST_P(SimdKernels, InstructionSetIsTheChosenOne) {
  EXPECT_STREQ(simd::instruction_set(), hwy::TargetName(GetParam()));
}

TEST_P(SimdKernels, MultiplyEqualsPlainLoopsForAllShapes) {
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

TEST_P(SimdKernels, DotsEqualPlainLoopsForAnyNumberOfPairs) {
  for (const std::int32_t dim : {1, 16, 17, 100, 300}) {
    const Matrix x = random_matrix(40, dim, 1);
    const Matrix y = random_matrix(40, dim, 2);
    std::vector<const float*> xs, ys;
    for (std::int64_t i = 0; i < 40; ++i) {
      xs.push_back(x.row(i * 7 % 40));
      ys.push_back(y.row(i * 11 % 40));
    }
    for (const std::int64_t count : {0, 1, 3, 4, 5, 8, 15, 16, 17, 40}) {
      Matrix scores(1, 48);
      simd::dots(count, xs.data(), ys.data(), x.stride(), scores.row(0));
      for (std::int64_t i = 0; i < count; ++i) {
        double sum = 0;
        for (std::int32_t d = 0; d < dim; ++d)
          sum += static_cast<double>(x.row(i * 7 % 40)[d]) * y.row(i * 11 % 40)[d];
        ASSERT_NEAR(scores.row(0)[i], sum, kEpsilon * static_cast<float>(dim + 1)) << dim << " " << count;
      }
    }
  }
}

TEST_P(SimdKernels, AddCombinationEqualsPlainLoopsForAllLengths) {
  const std::vector<float> weights{0.5F, -2, 3};
  for (std::int32_t dim = 16; dim <= 16 * 20; dim += 16) {
    const Matrix rows = random_matrix(3, dim, 3);
    const Matrix base = random_matrix(1, dim, 4);
    const std::vector<const float*> pointers{rows.row(2), rows.row(0), rows.row(2)};
    for (const bool based : {false, true}) {
      for (const std::int64_t count : {0, 1, 3}) {
        Matrix sum = random_matrix(1, dim, 5);
        const Matrix before = random_matrix(1, dim, 5);
        simd::add_combination(sum.row(0), 0.25F, based ? base.row(0) : nullptr, count, weights.data(),
                              pointers.data(), dim);
        for (std::int32_t d = 0; d < dim; ++d) {
          double expected = based ? base.row(0)[d] : 0;
          for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
            expected += static_cast<double>(weights[i]) * pointers[i][d];
          ASSERT_NEAR(sum.row(0)[d], before.row(0)[d] + 0.25 * expected, 8 * kEpsilon) << dim << " " << count;
        }
      }
    }
  }
}

TEST_P(SimdKernels, AddRowsEqualsPlainLoopsWhereRowsRepeat) {
  const std::vector<float> scales{0.25F, 2, 0.5F};
  const std::vector<float> weights{0.5F, -2, 3};
  for (std::int32_t dim = 16; dim <= 16 * 20; dim += 16) {
    Matrix rows = random_matrix(3, dim, 3);
    const Matrix before = random_matrix(3, dim, 3);
    const Matrix from = random_matrix(3, dim, 4);
    const std::vector<float*> to{rows.row(1), rows.row(0), rows.row(1)};
    const std::vector<const float*> pointers{from.row(2), from.row(0), from.row(1)};
    simd::add_rows(3, to.data(), scales.data(), weights.data(), pointers.data(), dim);
    for (std::int32_t d = 0; d < dim; ++d) {
      ASSERT_NEAR(rows.row(0)[d], before.row(0)[d] - 4.0 * from.row(0)[d], 8 * kEpsilon) << dim;
      ASSERT_NEAR(rows.row(1)[d], before.row(1)[d] + 0.125 * from.row(2)[d] + 1.5 * from.row(1)[d],
                  8 * kEpsilon)
          << dim;
      ASSERT_EQ(rows.row(2)[d], before.row(2)[d]);
    }
  }
}

// Windows that overlap, that lie apart, and that are cut off at both ends; row 6 is in none.
const std::vector<simd::Window> kWindows{{0, 3, 0, 0.5F, 1},  {0, 5, 2, 0.25F, 0.5F}, {2, 6, 3, 2, 1},
                                         {7, 9, 7, 1, 0.25F}, {7, 10, 8, 0.5F, 1},    {8, 10, 9, 1, 2}};
constexpr std::int64_t kWindowRows = 10;

bool contains(const simd::Window& window, std::int64_t r) {
  return window.begin <= r && r < window.end && r != window.centre;
}

TEST_P(SimdKernels, SumWindowsEqualsPlainLoopsForAllLengths) {
  const auto count = static_cast<std::int64_t>(kWindows.size());
  Matrix sums = random_matrix(kWindowRows + 1, simd::kWindowSums, 6);  // leftovers must not matter
  for (std::int32_t dim = 16; dim <= 16 * 20; dim += 16) {
    const Matrix values = random_matrix(4, dim, 3);
    std::vector<const float*> rows;
    for (std::int64_t r = 0; r < kWindowRows; ++r) rows.push_back(values.row(r * 7 % 4));
    Matrix out = random_matrix(count + 1, dim, 5);
    const Matrix before = random_matrix(count + 1, dim, 5);
    simd::sum_windows({kWindows.data(), count, kWindowRows}, rows.data(), dim, sums.row(0), out.row(0));
    for (std::int32_t d = 0; d < dim; ++d) {
      for (std::int64_t w = 0; w < count; ++w) {
        const simd::Window& window = kWindows[static_cast<std::size_t>(w)];
        double expected = 0;
        for (std::int64_t r = 0; r < kWindowRows; ++r)
          if (contains(window, r)) expected += static_cast<double>(rows[static_cast<std::size_t>(r)][d]);
        ASSERT_NEAR(out.row(w)[d], static_cast<double>(window.weight) * expected, 16 * kEpsilon)
            << dim << " " << w;
      }
      ASSERT_EQ(out.row(count)[d], before.row(count)[d]);
    }
  }
}

TEST_P(SimdKernels, AddWindowsEqualsPlainLoopsForAllLengths) {
  const auto count = static_cast<std::int64_t>(kWindows.size());
  Matrix changes = random_matrix(kWindowRows + 1, simd::kWindowSums, 6);
  for (std::int32_t dim = 16; dim <= 16 * 20; dim += 16) {
    const Matrix in = random_matrix(count, dim, 3);
    // Rows 1 and 4 are the same one.
    Matrix values = random_matrix(kWindowRows, dim, 5);
    const Matrix before = random_matrix(kWindowRows, dim, 5);
    std::vector<float*> rows;
    std::vector<float> scales;
    for (std::int64_t r = 0; r < kWindowRows; ++r) {
      rows.push_back(values.row(r == 4 ? 1 : r));
      scales.push_back(0.1F * static_cast<float>(r + 1));
    }
    simd::add_windows({kWindows.data(), count, kWindowRows}, rows.data(), scales.data(), dim, changes.row(0),
                      in.row(0));
    for (std::int32_t d = 0; d < dim; ++d) {
      std::vector<double> expected;
      for (std::int64_t r = 0; r < kWindowRows; ++r)
        expected.push_back(static_cast<double>(before.row(r)[d]));
      for (std::int64_t r = 0; r < kWindowRows; ++r)
        for (std::int64_t w = 0; w < count; ++w)
          if (const simd::Window& window = kWindows[static_cast<std::size_t>(w)]; contains(window, r))
            expected[r == 4 ? 1 : static_cast<std::size_t>(r)] +=
                static_cast<double>(scales[static_cast<std::size_t>(r)]) *
                static_cast<double>(window.gradient_weight) * static_cast<double>(in.row(w)[d]);
      for (std::int64_t r = 0; r < kWindowRows; ++r)
        ASSERT_NEAR(values.row(r)[d], expected[static_cast<std::size_t>(r)], 32 * kEpsilon)
            << dim << " " << r;
    }
  }
}

TEST_P(SimdKernels, TrainContextEqualsPlainLoopsFromTheOldValues) {
  constexpr double kScale = 0.5;
  for (std::int32_t dim = 16; dim <= 16 * 20; dim += 16) {
    for (const std::int64_t count : {1, 7, 16, 17, 40}) {
      Matrix x = random_matrix(1, dim, 1);
      Matrix y = random_matrix(40, dim, 2);
      const Matrix old_x = random_matrix(1, dim, 1);
      const Matrix old_y = random_matrix(40, dim, 2);
      Matrix scores(1, 48);
      std::vector<float> signs(48, 1.0F);
      std::vector<float> scales;
      std::vector<float*> rows;
      std::vector<double> gradients;
      double loss = 0;
      for (std::int64_t t = 0; t < count; ++t) {
        if (t % 3 == 0) signs[static_cast<std::size_t>(t)] = -1;
        scales.push_back(0.25F * static_cast<float>(1 + t % 4));
        rows.push_back(y.row(count - 1 - t));
        double score = 0;
        for (std::int32_t d = 0; d < dim; ++d)
          score += static_cast<double>(old_x.row(0)[d]) * old_y.row(count - 1 - t)[d];
        const double sign = signs[static_cast<std::size_t>(t)];
        gradients.push_back(score_gradient(score, sign));
        loss += score_loss(score, sign);
      }
      const double allowed = static_cast<double>(kEpsilon) * (dim + 8);
      EXPECT_NEAR(simd::train_context(x.row(0), static_cast<float>(kScale), count, rows.data(), scales.data(),
                                      signs.data(), dim, scores.row(0)),
                  loss, 2e-6 * loss + allowed * static_cast<double>(count));
      for (std::int32_t d = 0; d < dim; ++d) {
        double sum = 0;
        for (std::int64_t t = 0; t < count; ++t) {
          const auto i = static_cast<std::size_t>(t);
          sum += gradients[i] * old_y.row(count - 1 - t)[d];
          ASSERT_NEAR(rows[i][d], old_y.row(count - 1 - t)[d] + scales[i] * gradients[i] * old_x.row(0)[d],
                      allowed)
              << dim << " " << t << " of " << count;
        }
        ASSERT_NEAR(x.row(0)[d], old_x.row(0)[d] + kScale * sum, allowed * static_cast<double>(count))
            << dim << " " << count;
      }
    }
  }
}

// Scores from -250 to 250, most of them near 0.
float score_at(std::int64_t i) { return static_cast<float>(i % 257 - 128) * (i % 3 == 0 ? 2.0F : 0.05F); }

TEST_P(SimdKernels, SignGradientsEqualTheStepDefinition) {
  for (const std::int64_t count : {1, 4, 15, 16, 17, 300, 3000}) {
    Matrix scores(1, 3008);
    std::vector<float> signs(3008, 1.0F);
    double loss = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      scores.row(0)[i] = score_at(i);
      if (i % 5 < 2) signs[static_cast<std::size_t>(i)] = -1;
      loss += score_loss(static_cast<double>(score_at(i)),
                         static_cast<double>(signs[static_cast<std::size_t>(i)]));
    }
    // The product of 64 factors has at most 64 rounding errors, and so has its logarithm in each lane.
    EXPECT_NEAR(simd::sign_gradients(count, signs.data(), scores.row(0)), loss,
                2e-6 * loss + kEpsilon * static_cast<double>(count));
    for (std::int64_t i = 0; i < count; ++i) {
      const double expected = score_gradient(static_cast<double>(score_at(i)),
                                             static_cast<double>(signs[static_cast<std::size_t>(i)]));
      EXPECT_NEAR(scores.row(0)[i], expected, 8 * kEpsilon) << score_at(i);
    }
  }
}

TEST_P(SimdKernels, NegativeGradientsEqualTheStepDefinition) {
  for (const std::int64_t rows : {1, 7, 64, 65, 200}) {
    for (const std::int64_t columns : {16, 48}) {
      Matrix scores(rows, 64);
      std::vector<float> sizes;
      for (std::int64_t c = 0; c < columns; ++c) sizes.push_back(0.3F * static_cast<float>(c % 7));
      const auto score = [&](std::int64_t r, std::int64_t c) {
        return (r + c) % 11 == 0 ? simd::kMasked : score_at(r * 64 + c);
      };
      double loss = 0;
      for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t c = 0; c < columns; ++c) {
          scores.row(r)[c] = score(r, c);
          if (score(r, c) != simd::kMasked)
            loss += score_loss(static_cast<double>(score(r, c)),
                               -static_cast<double>(sizes[static_cast<std::size_t>(c)]));
        }
      }
      EXPECT_NEAR(simd::negative_gradients(rows, columns, sizes.data(), scores.row(0), scores.stride()), loss,
                  2e-6 * loss + 2 * kEpsilon * static_cast<double>(rows * columns));
      for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t c = 0; c < columns; ++c) {
          const double size = sizes[static_cast<std::size_t>(c)];
          const double expected =
              score(r, c) == simd::kMasked ? 0 : score_gradient(static_cast<double>(score(r, c)), -size);
          EXPECT_NEAR(scores.row(r)[c], expected, 8 * kEpsilon * (1 + size)) << score(r, c);
        }
      }
    }
  }
}

TEST_P(SimdKernels, GradientsLossOfNotANumberIsNone) {
  const std::vector<float> ones(16, 1.0F);
  Matrix scores(2, 16);
  scores.row(0)[3] = scores.row(1)[3] = NAN;
  EXPECT_TRUE(std::isnan(simd::negative_gradients(1, 16, ones.data(), scores.row(0), 16)));
  EXPECT_TRUE(std::isnan(simd::sign_gradients(16, ones.data(), scores.row(1))));
}

TEST_P(SimdKernels, SoftmaxGradientsEqualLongDoubleSoftmax) {
  for (const std::int64_t words : {2, 15, 1000, 5000}) {
    const Matrix before = random_matrix(words, 32, 3);
    Matrix scores = random_matrix(words, 32, 3);
    for (std::int64_t w = 0; w < words; ++w)
      for (std::int64_t c = 0; c < 32; ++c) scores.row(w)[c] = 40 * before.row(w)[c];
    Matrix highest(1, 32), scales(1, 32);
    std::vector<double> sums(32);
    std::fill_n(highest.row(0), 32, simd::kNoScore);
    const auto in_runs = [&](auto call) {  // of words, the last one short
      for (std::int64_t w = 0; w < words; w += 700) call(w, std::min<std::int64_t>(700, words - w));
    };
    in_runs([&](std::int64_t first, std::int64_t count) {
      simd::softmax_sums(count, 32, scores.row(first), scores.stride(), highest.row(0), sums.data());
    });
    for (std::int64_t c = 0; c < 32; ++c)
      scales.row(0)[c] = static_cast<float>(-static_cast<double>(c) / sums[static_cast<std::size_t>(c)]);
    in_runs([&](std::int64_t first, std::int64_t count) {
      simd::softmax_gradients(count, 32, highest.row(0), scales.row(0), scores.row(first), scores.stride());
    });
    for (std::int64_t c = 0; c < 32; ++c) {
      const auto exponential = [&](std::int64_t w) {
        return std::exp(static_cast<long double>(40 * before.row(w)[c]));
      };
      long double sum = 0;
      for (std::int64_t w = 0; w < words; ++w) sum += exponential(w);
      const auto log_sum = static_cast<double>(std::log(sum));
      EXPECT_NEAR(static_cast<double>(highest.row(0)[c]) + std::log(sums[static_cast<std::size_t>(c)]),
                  log_sum, 1e-6 * (1 + std::fabs(log_sum)));
      for (std::int64_t w = 0; w < words; ++w) {
        const auto p = static_cast<double>(exponential(w) / sum);
        EXPECT_NEAR(scores.row(w)[c], -static_cast<double>(c) * p,
                    static_cast<double>(c) * (1e-5 * p + 1e-7));
      }
    }
  }
}

TEST_P(SimdKernels, TransposeSwapsRowsAndColumns) {
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

TEST_P(SimdKernels, GatherCopiesRows) {
  for (const std::int32_t dim : {1, 16, 17, 100}) {
    const Matrix matrix = random_matrix(9, dim, 5);
    const std::vector<std::int64_t> rows{8, 0, 3, 3};
    std::vector<const float*> pointers;
    pointers.reserve(rows.size());
    for (const std::int64_t row : rows) pointers.push_back(matrix.row(row));
    Matrix copies(4, dim);
    simd::gather(pointers.data(), 4, matrix.stride(), copies.row(0));
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::int64_t d = 0; d < matrix.stride(); ++d)
        EXPECT_EQ(copies.row(static_cast<std::int64_t>(i))[d], matrix.row(rows[i])[d]);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, SimdKernels, ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& test) { return std::string(hwy::TargetName(test.param)); });

}  // namespace
}  // namespace warp2vec
