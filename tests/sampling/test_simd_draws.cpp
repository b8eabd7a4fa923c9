#include <warp2vec/detail/random.h>

#include "host/sampling/simd_draws.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstdint>
#include <vector>

namespace warp2vec {
namespace {

constexpr std::uint64_t kSeeds[] = {0, 1, 99, 0xFFFFFFFFU, 0x9E3779B97F4A7C15U};
constexpr std::uint32_t kEpochs[] = {0, 3, 999999, 0xFFFFFFFFU};
constexpr Stream kStreams[] = {Stream::keep, Stream::window, Stream::negative, Stream::initial_weights};
constexpr std::int64_t kBlocks[] = {0, 1, 2, 3, 5, 7, 8, 9, 16, 33};

// Calls test(draws, stream, blocks) for all of them, with each instruction set that this machine can run.
template <class Test>
void for_all(const Test& test) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const std::uint64_t seed : kSeeds)
      for (const std::uint32_t epoch : kEpochs)
        for (const Stream stream : kStreams)
          for (const std::int64_t blocks : kBlocks) test(Draws{seed, epoch}, stream, blocks);
    hwy::SetSupportedTargetsForTest(0);
  }
}

// Room for the blocks, and one value past the end that must stay unchanged.
constexpr std::uint32_t kPastTheEnd = 0xABCDEF01U;
std::vector<std::uint32_t> buffer(std::int64_t blocks) {
  std::vector<std::uint32_t> u32(static_cast<std::size_t>(simd::room_for_blocks(blocks)) + 1);
  u32.back() = kPastTheEnd;
  return u32;
}

TEST(SimdDraws, BlocksOfIndicesAreTheDefinition) {
  for_all([](const Draws& draws, Stream stream, std::int64_t blocks) {
    // An index below 2^32 fits into one value of the counter; some of these sequences cross that border.
    for (const std::uint64_t first :
         {std::uint64_t{0}, std::uint64_t{12345}, (std::uint64_t{1} << 32) - 4, (std::uint64_t{1} << 32) - 1,
          (std::uint64_t{1} << 32) + 1, (std::uint64_t{7} << 32) - 9, (std::uint64_t{1} << 61) - 3}) {
      std::vector<std::uint32_t> u32 = buffer(blocks);
      simd::draw_indices(draws, stream, first, blocks, u32.data());
      for (std::size_t i = 0; i < 4 * static_cast<std::size_t>(blocks); ++i) {
        ASSERT_EQ(u32[i], draws.block(stream, first + i / 4).w[i % 4]) << first << " " << i;
        ASSERT_EQ(u32[i], draws.u32(stream, 4 * first + i)) << first << " " << i;
      }
      ASSERT_EQ(u32.back(), kPastTheEnd);
    }
  });
}

TEST(SimdDraws, BlocksOfOneIndexAreTheDefinition) {
  for_all([](const Draws& draws, Stream stream, std::int64_t blocks) {
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{0xFFFFFFFFU}, std::uint64_t{5} << 32}) {
      for (const std::uint32_t first : {0U, 1U, 77U, 0xFFFF00U}) {
        std::vector<std::uint32_t> u32 = buffer(blocks);
        simd::draw_subs(draws, stream, index, first, blocks, u32.data());
        for (std::uint32_t i = 0; i < 4 * static_cast<std::uint32_t>(blocks); ++i)
          ASSERT_EQ(u32[i], draws.block(stream, index, first + i / 4).w[i % 4]) << index << " " << first;
        ASSERT_EQ(u32.back(), kPastTheEnd);
      }
    }
  });
}

}  // namespace
}  // namespace warp2vec
