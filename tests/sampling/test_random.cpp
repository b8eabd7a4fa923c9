#include <warp2vec/detail/random.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#ifdef WARP2VEC_HAVE_RANDOM123
#include <Random123/philox.h>
#endif

namespace warp2vec {
namespace {

using Block = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;

Block block_of(const U32x4& values) { return {values.w[0], values.w[1], values.w[2], values.w[3]}; }

// Random123's published known answers for philox4x32 with 10 rounds (its file kat_vectors).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(block_of(philox4x32_10({{0, 0, 0, 0}}, 0, 0)),
            Block(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(block_of(philox4x32_10({{kOnes, kOnes, kOnes, kOnes}}, kOnes, kOnes)),
            Block(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_EQ(
      block_of(philox4x32_10({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0)),
      Block(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(Philox, EqualsRandom123) {
#ifdef WARP2VEC_HAVE_RANDOM123
  std::uint32_t state = 1;
  const auto next = [&] { return state = state * 1664525U + 1013904223U; };
  for (int i = 0; i < 10000; ++i) {
    const U32x4 counter{{next(), next(), next(), next()}};
    const std::uint32_t key0 = next();
    const std::uint32_t key1 = next();
    const r123::Philox4x32::ctr_type their_counter = {
        {counter.w[0], counter.w[1], counter.w[2], counter.w[3]}};
    const r123::Philox4x32::ukey_type their_key = {{key0, key1}};
    const auto theirs = r123::Philox4x32()(their_counter, their_key);
    ASSERT_EQ(block_of(philox4x32_10(counter, key0, key1)),
              Block(theirs[0], theirs[1], theirs[2], theirs[3]));
  }
#else
  GTEST_SKIP() << "Random123 (librandom123-dev) was not found when this was built";
#endif
}

TEST(Draws, NoTwoPlacesShareABlock) {
  std::set<Block> seen;
  std::size_t drawn = 0;
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1} << 32})
    for (const std::uint32_t epoch : {0U, 1U, 999999U})
      for (const Stream stream : {Stream::keep, Stream::window, Stream::negative, Stream::initial_weights})
        for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 24,
                                          std::uint64_t{1} << 31, std::uint64_t{1} << 32, ~std::uint64_t{0}})
          for (const std::uint32_t sub : {0U, 1U, 2U, 0xffffffU}) {
            seen.insert(block_of(Draws{seed, epoch}.block(stream, index, sub)));
            ++drawn;
          }
  EXPECT_EQ(seen.size(), drawn);
}

TEST(Draws, ABlockHoldsTheDrawsOfConsecutiveIndices) {
  const Draws draws{7, 3};
  std::set<std::uint32_t> seen;
  for (std::uint64_t index = 0; index < 64; ++index) {
    EXPECT_EQ(draws.u32(Stream::keep, index), draws.block(Stream::keep, index / 4).w[index % 4]);
    seen.insert(draws.u32(Stream::keep, index));
  }
  EXPECT_EQ(seen.size(), 64U);
}

TEST(Draws, ToUnitIsNeverOne) {
  EXPECT_EQ(to_unit(0), 0.0F);
  EXPECT_EQ(to_unit(0xffffffff), 1.0F - 0x1p-24F);
  EXPECT_LT(to_unit(0xffffffff), 1.0F);
  EXPECT_EQ(to_unit(0x80000000), 0.5F);
}

TEST(Draws, ToBelowCoversItsRangeEvenly) {
  for (const std::uint32_t n : {1U, 2U, 3U, 46677U, 0x7fffffffU, 0xffffffffU}) {
    EXPECT_EQ(to_below(0, n), 0U);
    EXPECT_EQ(to_below(0xffffffff, n), n - 1);
  }
  constexpr std::uint32_t kValues = 7;
  constexpr std::uint64_t kBlocks = 50000;
  std::vector<std::int64_t> seen(kValues);
  const Draws draws{1, 0};
  for (std::uint64_t i = 0; i < kBlocks; ++i)
    for (const std::uint32_t draw : draws.block(Stream::window, i).w) ++seen.at(to_below(draw, kValues));
  const double expected = 4.0 * kBlocks / kValues;
  // Five standard deviations of a binomial count.
  for (const std::int64_t count : seen)
    EXPECT_NEAR(static_cast<double>(count), expected, 5 * std::sqrt(expected));
}

}  // namespace
}  // namespace warp2vec
