#include "host/evaluation/spearman.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace warp2vec {
namespace {

using Values = std::vector<double>;

TEST(Spearman, IsThePearsonCorrelationOfRanks) {
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3}, Values{10, 100, 1000}), 1);
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3}, Values{5, 4, -300}), -1);
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2}, Values{7, 8}), 1);
  // A textbook example without ties: 1 - 6 * sum of squared rank differences / (n (n^2 - 1)).
  EXPECT_NEAR(spearman(Values{106, 100, 86, 101, 99, 103, 97, 113, 112, 110},
                       Values{7, 27, 2, 50, 28, 29, 20, 12, 6, 17}),
              1 - 6 * 194.0 / 990, 1e-15);
}

TEST(Spearman, TiesShareTheMeanOfTheirRanks) {
  // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
  EXPECT_NEAR(spearman(Values{1, 2, 2, 3}, Values{1, 2, 3, 4}), 4.5 / std::sqrt(4.5 * 5), 1e-15);
  EXPECT_DOUBLE_EQ(spearman(Values{1, 1, 2, 2}, Values{3, 3, 9, 9}), 1);
}

TEST(Spearman, IsNotANumberWhereItIsUndefined) {
  EXPECT_TRUE(std::isnan(spearman({}, {})));
  EXPECT_TRUE(std::isnan(spearman(Values{1}, Values{2})));
  EXPECT_TRUE(std::isnan(spearman(Values{1, 2, 3}, Values{5, 5, 5})));
  EXPECT_TRUE(std::isnan(spearman(Values{0, 0}, Values{1, 2})));
}

}  // namespace
}  // namespace warp2vec
