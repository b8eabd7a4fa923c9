#include <warp2vec/detail/examples.h>
#include <warp2vec/detail/samplers.h>

#include "host/sampling/negative_draws.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace warp2vec {
namespace {

TEST(NegativeDraws, EqualTheDefinitionForAnyRun) {
  std::vector<std::int64_t> counts;
  for (std::int64_t i = 0; i < 1000; ++i) counts.push_back(5000 / (i + 1) + 1);
  const AliasTable table(counts, 0.75);
  const AliasView alias = table.view();
  NegativeDraws negatives;
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{1} << 40}) {
    const Draws draws{seed, 4};
    for (const std::int64_t owner : {std::int64_t{0}, std::int64_t{31}, (std::int64_t{1} << 32) + 5}) {
      for (const std::int32_t first : {0, 1, 6, 55}) {
        for (const std::int32_t count : {0, 1, 2, 5, 15, 32, 64, 1000}) {
          const std::span<const WordId> drawn = negatives.draw(draws, alias, owner, first, first + count);
          ASSERT_EQ(drawn.size(), static_cast<std::size_t>(count));
          for (std::int32_t i = 0; i < count; ++i)
            ASSERT_EQ(drawn[static_cast<std::size_t>(i)], negative_of(draws, alias, owner, first + i))
                << first << " " << i;
        }
      }
    }
  }
}

TEST(NegativeDraws, EqualTheNegativesOfTilesWindowsAndPairs) {
  const AliasTable table(std::vector<std::int64_t>{9, 8, 7, 6, 5, 4, 3, 2, 1}, 0.75);
  const AliasView alias = table.view();
  const Draws draws{12, 1};
  NegativeDraws negatives;
  const std::span<const WordId> shared = negatives.draw(draws, alias, 1234, 0, 32);
  for (std::int32_t m = 0; m < 32; ++m) {
    EXPECT_EQ(shared[static_cast<std::size_t>(m)], tile_negative(draws, alias, 1234, m));
    EXPECT_EQ(shared[static_cast<std::size_t>(m)], window_negative(draws, alias, 1234, m));
  }
  constexpr std::int32_t kWindow = 3;
  constexpr std::int32_t kNegatives = 5;
  const std::span<const WordId> pairs =
      negatives.draw(draws, alias, 1234, (kWindow - 2) * kNegatives, (kWindow + 2) * kNegatives);
  std::size_t at = 0;
  for (std::int32_t offset = -2; offset < 2; ++offset)
    for (std::int32_t k = 0; k < kNegatives; ++k, ++at)
      EXPECT_EQ(pairs[at], pair_negative(draws, alias, 1234, kWindow, offset, kNegatives, k)) << offset;
}

}  // namespace
}  // namespace warp2vec
