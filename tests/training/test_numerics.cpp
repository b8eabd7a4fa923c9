#include <warp2vec/detail/examples.h>
#include <warp2vec/detail/numerics.h>
#include <warp2vec/detail/update_rule.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace warp2vec {
namespace {

// Largest relative error of sigmoid and softplus in units of the type's epsilon, against extended precision.
template <class Real>
void expect_exact() {
  const long double epsilon = std::numeric_limits<Real>::epsilon();
  for (int i = -8000; i <= 8000; ++i) {
    const Real x = static_cast<Real>(i) / 100;
    const long double e = std::exp(-std::fabs(static_cast<long double>(x)));
    const long double sigma = (x >= 0 ? 1 : e) / (1 + e);
    const long double plus = (x > 0 ? static_cast<long double>(x) : 0) + std::log1p(e);
    ASSERT_NEAR(sigmoid(x) / sigma, 1, 4 * epsilon) << x;
    ASSERT_NEAR(softplus(x) / plus, 1, 4 * epsilon) << x;
  }
}

TEST(Numerics, SigmoidAndSoftplusAreExactToAFewRoundings) {
  expect_exact<float>();
  expect_exact<double>();
}

template <class Real>
void expect_stable() {
  for (const Real x : {Real(1e4), Real(1e30)}) {
    EXPECT_EQ(sigmoid(x), Real(1));
    EXPECT_EQ(sigmoid(-x), Real(0));
    EXPECT_EQ(softplus(x), x);
    EXPECT_EQ(softplus(-x), Real(0));
  }
  EXPECT_EQ(sigmoid(Real(0)), Real(0.5));
  EXPECT_EQ(sigmoid(Real(0)), sigmoid(Real(-0.0)));
}

TEST(Numerics, SigmoidAndSoftplusAreStable) {
  expect_stable<float>();
  expect_stable<double>();
}

TEST(Numerics, TurnsAreSumsOfMeetings) {
  for (const double score : {-7.0, -0.3, 0.0, 2.5, 30.0}) {
    EXPECT_NEAR(turns_gradient(score, 3.0, 2.0),
                3 * score_gradient(score, 1.0) + 2 * score_gradient(score, -1.0), 1e-14);
    EXPECT_NEAR(turns_loss(score, 3.0, 2.0), 3 * score_loss(score, 1.0) + 2 * score_loss(score, -1.0), 1e-13);
  }
}

TEST(Numerics, KeepProbabilityIsTheFormula) {
  constexpr std::int64_t kTotal = 17000000;
  for (const double sample : {1e-5, 1e-4, 1e-3, 0.5})
    for (const std::int64_t count : {1000000, 50000, 5000, 1700, 500, 5}) {
      const long double ratio = static_cast<long double>(count) / kTotal / static_cast<long double>(sample);
      const long double formula = (std::sqrt(ratio) + 1) / ratio;
      const double expected = formula < 1 ? static_cast<double>(formula) : 1;
      EXPECT_NEAR(keep_probability(count, kTotal, sample), expected, 1e-14) << sample << " " << count;
    }
}

TEST(Numerics, KeepProbabilityAtItsEdges) {
  EXPECT_EQ(keep_probability(5, 100, 0), 1);
  EXPECT_EQ(keep_probability(0, 100, 1e-3), 1);
  EXPECT_EQ(keep_probability(100, 100, 1), 1);
  // (1 + sqrt(f/s)) s/f = 1 where s/f = ((3 - sqrt(5)) / 2): about 0.382.
  EXPECT_EQ(keep_probability(1000, 1000, 0.3820), 1);
  EXPECT_LT(keep_probability(1000, 1000, 0.3819), 1);
  // Thresholds so small that their inverse overflows still keep next to nothing.
  for (const double tiny : {1e-300, 1e-310, std::numeric_limits<double>::denorm_min()}) {
    EXPECT_GT(keep_probability(1000, 1000, tiny), 0);
    EXPECT_LT(keep_probability(1000, 1000, tiny), 1e-100);
  }
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_NEAR(keep_probability(most, most, 1e-4), 0.0101, 1e-12);
  EXPECT_EQ(keep_probability(1, most, 1e-4), 1);
}

TEST(Numerics, KeepThresholdIsTheShareOfWordsThatKeep) {
  EXPECT_EQ(keep_threshold(1), 0xffffffffU);
  EXPECT_EQ(keep_threshold(0.5), 0x7fffffffU);
  EXPECT_EQ(keep_threshold(0x1p-32), 0U);
  EXPECT_EQ(keep_threshold(1e-300), 0U);
  EXPECT_EQ(keep_threshold(1 - 0x1p-32), 0xfffffffeU);
  EXPECT_EQ(keep_threshold(std::nextafter(1.0, 0.0)), 0xfffffffeU);
}

TEST(Numerics, LearningRateFallsLinearlyToItsFloor) {
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0, 0), 0.025F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0, 0.5), 0.0125F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0, 0.9998), 0.025F * 2e-4F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0, 0.99995), 2.5e-6F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0, 1), 2.5e-6F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0, 1.5), 2.5e-6F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0.005, 0.25), 0.02F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0.005, 1), 0.005F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0.005, 1.5), 0.005F);
  EXPECT_FLOAT_EQ(learning_rate(0.025, 0.025, 0.7), 0.025F);
}

}  // namespace
}  // namespace warp2vec
