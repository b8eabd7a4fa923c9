#include "host/sampling/simd_draws.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "host/sampling/simd_draws.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace warp2vec::simd::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR  // no widening multiplication

void draw(const Draws& draws, Stream stream, std::uint64_t index, std::uint32_t sub, bool of_one_index,
          std::int64_t blocks, std::uint32_t* out) {
  for (std::int64_t i = 0; i < blocks; ++i) {
    for (const std::uint32_t value : draws.block(stream, index, sub).w) *out++ = value;
    of_one_index ? static_cast<void>(++sub) : static_cast<void>(++index);
  }
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<std::uint64_t, kBlocksAtOnce>;
using Halves = hn::Repartition<std::uint32_t, Tag>;
using Vec = hn::Vec<Tag>;

HWY_INLINE Vec product(Vec a, Vec b) {
  return hn::MulEven(hn::BitCast(Halves(), a), hn::BitCast(Halves(), b));
}

// The lower halves of two vectors.
HWY_INLINE Vec pairs_of(Vec first, Vec second) {
  const auto odd = hn::BitCast(Halves(), hn::ShiftLeft<32>(second));
  return hn::BitCast(Tag(), hn::OddEven(odd, hn::BitCast(Halves(), first)));
}

// One 64-bit lane per block, so that products need no shuffles: a value is the lower half of its lane; the
// upper half is arbitrary.
void draw(const Draws& draws, Stream stream, std::uint64_t index, std::uint32_t sub, bool of_one_index,
          std::int64_t blocks, std::uint32_t* out) {
  const Tag tag;
  const auto lanes = hn::Lanes(tag);
  // Even lanes hold the first half of the blocks, odd lanes the second: interleaving stores them in order.
  const Vec half = hn::ShiftRight<1>(hn::Iota(tag, 0));
  const Vec block = hn::OddEven(hn::Add(half, hn::Set(tag, lanes / 2)), half);
  const Vec step = hn::Set(tag, lanes);
  const Vec none = hn::Zero(tag);
  Vec indices = hn::Add(hn::Set(tag, index), of_one_index ? none : block);
  Vec subs = hn::Add(hn::Set(tag, (std::uint64_t{static_cast<std::uint32_t>(stream)} << 24) | sub),
                     of_one_index ? block : none);
  const Vec factor0 = hn::Set(tag, 0xD2511F53U);
  const Vec factor1 = hn::Set(tag, 0xCD9E8D57U);
  std::uint64_t keys[10][2] = {{static_cast<std::uint32_t>(draws.seed), draws.seed >> 32}};
  for (int round = 1; round < 10; ++round) {
    keys[round][0] = keys[round - 1][0] + 0x9E3779B9U;
    keys[round][1] = keys[round - 1][1] + 0xBB67AE85U;
  }
  for (std::int64_t done = 0; done < blocks; done += static_cast<std::int64_t>(lanes)) {
    Vec w0 = indices;
    Vec w1 = hn::ShiftRight<32>(indices);
    Vec w2 = hn::Set(tag, draws.epoch);
    Vec w3 = subs;
    for (const std::uint64_t(&key)[2] : keys) {
      const Vec product0 = product(w0, factor0);
      const Vec product1 = product(w2, factor1);
      w0 = hn::Xor3(hn::ShiftRight<32>(product1), w1, hn::Set(tag, key[0]));
      w1 = product1;
      w2 = hn::Xor3(hn::ShiftRight<32>(product0), w3, hn::Set(tag, key[1]));
      w3 = product0;
    }
    const Vec first = pairs_of(w0, w1);
    const Vec second = pairs_of(w2, w3);
    hn::StoreU(hn::BitCast(Halves(), hn::InterleaveLower(tag, first, second)), Halves(), out);
    hn::StoreU(hn::BitCast(Halves(), hn::InterleaveUpper(tag, first, second)), Halves(), out + 2 * lanes);
    out += 4 * lanes;
    indices = hn::Add(indices, of_one_index ? none : step);
    subs = hn::Add(subs, of_one_index ? step : none);
  }
}

#endif

}  // namespace warp2vec::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace warp2vec::simd {

HWY_EXPORT(draw);

void draw_indices(const Draws& draws, Stream stream, std::uint64_t first, std::int64_t blocks,
                  std::uint32_t* out) {
  HWY_DYNAMIC_DISPATCH(draw)(draws, stream, first, 0, false, blocks, out);
}

void draw_subs(const Draws& draws, Stream stream, std::uint64_t index, std::uint32_t first_sub,
               std::int64_t blocks, std::uint32_t* out) {
  HWY_DYNAMIC_DISPATCH(draw)(draws, stream, index, first_sub, true, blocks, out);
}

}  // namespace warp2vec::simd
#endif
