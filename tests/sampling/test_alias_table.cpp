#include <warp2vec/detail/random.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/error.h>

#include "tests/support/zipf_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace warp2vec {
namespace {

using Counts = std::vector<std::int64_t>;

// count^exponent / sum by definition, in extended precision.
std::vector<long double> wanted_probabilities(const Counts& counts, double exponent) {
  std::vector<long double> p;
  long double sum = 0;
  for (const std::int64_t count : counts) {
    p.push_back(std::pow(static_cast<long double>(count), static_cast<long double>(exponent)));
    sum += p.back();
  }
  for (long double& value : p) value /= sum;
  return p;
}

// The probability of each word if all columns and coins are equally likely.
std::vector<long double> table_probabilities(const AliasView& table) {
  std::vector<long double> p(table.size);
  for (std::size_t c = 0; c < table.size; ++c) {
    const AliasColumn& column = table.columns[c];
    const long double own = (static_cast<long double>(column.threshold) + 1) / 0x1p32L;
    p[c] += own / table.size;
    p.at(static_cast<std::size_t>(row_of(column.alias))) += (1 - own) / table.size;
  }
  return p;
}

void expect_met(const Counts& counts, double exponent) {
  SCOPED_TRACE(std::to_string(counts.size()) + " words, exponent " + std::to_string(exponent));
  const AliasTable owner(counts, exponent);
  const AliasView table = owner.view();
  ASSERT_EQ(table.size, counts.size());
  const std::vector<long double> wanted = wanted_probabilities(counts, exponent);
  const std::vector<long double> got = table_probabilities(table);
  // Relative to the word's probability, or to that of a column for rarer words: with a million words an
  // absolute 1e-6 would prove nothing.
  long double worst = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    worst = std::max(worst, std::fabs(got[i] - wanted[i]) / std::max(wanted[i], 1.0L / table.size));
  EXPECT_LT(worst, 1e-6L);
}

TEST(AliasTable, ProbabilitiesAreMetForAnyExponent) {
  for (const double exponent : {0.75, 1.0, 0.0, -1.0, 0.5}) {
    expect_met(zipf_counts(2), exponent);
    expect_met(zipf_counts(46677), exponent);
    expect_met(zipf_counts(1000000), exponent);
    expect_met({std::int64_t{1} << 62, std::int64_t{1} << 61, 12345678901, 7, 7, 1, 1}, exponent);
    expect_met({1, 1, 1}, exponent);
    expect_met({3, 9, 1, 27}, exponent);  // any order
  }
}

TEST(AliasTable, EveryWordCanBeDrawn) {
  const AliasTable owner(Counts{std::int64_t{1} << 62, 1, 1}, 1.0);
  const AliasView table = owner.view();
  EXPECT_EQ(table.draw(0xFFFFFFFF, 0), WordId{2});
  EXPECT_EQ(table.draw(0xFFFFFFFF, 1), WordId{0});
  EXPECT_EQ(table.draw(0, 0xFFFFFFFF), WordId{0});
}

TEST(SamplingDistribution, NoPowerOverflowsOrVanishesTogether) {
  const Counts counts{std::int64_t{1} << 62, std::int64_t{1} << 61, 1};
  for (const double exponent : {-300.0, -20.0, 20.0, 300.0, 1e300}) {
    const std::vector<double> p = sampling_distribution(counts, exponent);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-12);
    EXPECT_NEAR(p[exponent > 0 ? 0 : 2], 1, 1e-5);
  }
  EXPECT_TRUE(sampling_distribution({}, 0.75).empty());
}

TEST(SamplingDistribution, IsTheDefinition) {
  const Counts counts = zipf_counts(1000);
  for (const double exponent : {0.75, 1.0, 0.0, -1.0, 0.5}) {
    const std::vector<double> got = sampling_distribution(counts, exponent);
    const std::vector<long double> wanted = wanted_probabilities(counts, exponent);
    for (std::size_t i = 0; i < counts.size(); ++i)
      EXPECT_NEAR(got[i], static_cast<double>(wanted[i]), 1e-12 * static_cast<double>(wanted[i]));
  }
}

// Pearson's statistic of `draws` draws from a table with exponent 0.75 against the probabilities of
// `exponent`, minus the critical value at significance 0.001 (Wilson and Hilferty's approximation).
double chi_square_excess(double exponent) {
  const Counts counts = zipf_counts(1000);
  const AliasTable owner(counts, 0.75);
  const AliasView table = owner.view();
  const Draws random{12345, 0};
  constexpr std::uint64_t kBlocks = 500000;
  std::vector<std::int64_t> seen(counts.size());
  for (std::uint64_t i = 0; i < kBlocks; ++i) {
    const U32x4 r = random.block(Stream::negative, i);
    ++seen.at(static_cast<std::size_t>(row_of(table.draw(r.w[0], r.w[1]))));
    ++seen.at(static_cast<std::size_t>(row_of(table.draw(r.w[2], r.w[3]))));
  }
  double statistic = 0;
  const std::vector<long double> p = wanted_probabilities(counts, exponent);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = static_cast<double>(p[i]) * 2 * kBlocks;
    EXPECT_GT(expected, 5);
    statistic += std::pow(static_cast<double>(seen[i]) - expected, 2) / expected;
  }
  const double freedom = static_cast<double>(counts.size()) - 1;
  const double spread = 2 / (9 * freedom);
  constexpr double kNormalQuantile = 3.0902;  // of 0.999
  return statistic - freedom * std::pow(1 - spread + kNormalQuantile * std::sqrt(spread), 3);
}

TEST(AliasTable, DrawsPassAChiSquareTest) {
  EXPECT_LT(chi_square_excess(0.75), 0);
  EXPECT_GT(chi_square_excess(0.7), 0);
  EXPECT_GT(chi_square_excess(0.8), 0);
}

TEST(AliasTable, BadInputIsAnError) {
  EXPECT_THROW(AliasTable(Counts{}, 0.75), Error);
  EXPECT_THROW(AliasTable(Counts{1, 0}, 0.75), Error);
  EXPECT_THROW(AliasTable(Counts{1, -5}, 0.75), Error);
  EXPECT_THROW(AliasTable(Counts{2, 1}, std::numeric_limits<double>::quiet_NaN()), Error);
  EXPECT_THROW(AliasTable(Counts{2, 1}, std::numeric_limits<double>::infinity()), Error);
  try {
    const AliasTable table(Counts{17}, 0.75);
    FAIL() << "one word was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("needs at least two words"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace warp2vec
