#include <warp2vec/detail/bf16.h>
#include <warp2vec/detail/random.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace warp2vec {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Bf16, RoundsToTheNearestTiesToEven) {
  // Between 1 and 2 the last place is 2^-7.
  EXPECT_EQ(to_float(nearest_bf16(1.0F)), 1.0F);
  EXPECT_EQ(to_float(nearest_bf16(1.0F + 0x1p-8F)), 1.0F);
  EXPECT_EQ(to_float(nearest_bf16(1.0F + 0x1.8p-8F)), 1.0F + 0x1p-7F);
  EXPECT_EQ(to_float(nearest_bf16(1.0F + 0x3p-8F)), 1.0F + 0x1p-6F);
  EXPECT_EQ(to_float(nearest_bf16(-1.0F - 0x1.8p-8F)), -1.0F - 0x1p-7F);
  EXPECT_EQ(to_float(nearest_bf16(0.0F)), 0.0F);
  EXPECT_TRUE(std::signbit(to_float(nearest_bf16(-0.0F))));
}

TEST(Bf16, KeepsWhatIsNotFinite) {
  EXPECT_EQ(to_float(nearest_bf16(kInfinity)), kInfinity);
  EXPECT_EQ(to_float(nearest_bf16(std::numeric_limits<float>::max())), kInfinity);
  EXPECT_TRUE(std::isnan(to_float(nearest_bf16(std::nanf("")))));
  // A NaN whose upper half alone would be infinity.
  EXPECT_TRUE(std::isnan(to_float(nearest_bf16(__builtin_bit_cast(float, 0x7F800001U)))));
  EXPECT_EQ(to_float(stochastic_bf16(-kInfinity, 0xFFFF)), -kInfinity);
  EXPECT_TRUE(std::isnan(to_float(stochastic_bf16(std::nanf(""), 0xFFFF))));
}

TEST(Bf16, AllValuesSurvive) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Bf16 value{static_cast<std::uint16_t>(bits)};
    if (std::isnan(to_float(value))) continue;
    EXPECT_EQ(nearest_bf16(to_float(value)).bits, bits);
    EXPECT_EQ(stochastic_bf16(to_float(value), 0xFFFF).bits, bits);
  }
}

TEST(Bf16, StochasticRoundingIsRightOnAverage) {
  const Draws draws{7, 0};
  for (const float value : {1.0F + 0x1p-10F, -0.3F, 1e-3F, 0x1.fffp3F}) {
    double sum = 0;
    constexpr int kDraws = 65536;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const float rounded = to_float(stochastic_bf16(value, draws.u32(Stream::rounding, i) & 0xFFFFU));
      sum += rounded;
      low = std::min<double>(low, rounded);
      high = std::max<double>(high, rounded);
    }
    // Two neighbours, a last place apart: the mean of n draws is off by less than a last place / sqrt(n).
    const double last_place = high - low;
    EXPECT_LE(low, value);
    EXPECT_GE(high, value);
    EXPECT_NEAR(sum / kDraws, value, 2.5 * last_place / std::sqrt(kDraws));
    EXPECT_LE(last_place, std::fabs(value) * 0x1p-7);
  }
}

}  // namespace
}  // namespace warp2vec
