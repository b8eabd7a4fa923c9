#include "benchmarks/peak.h"

#include <atomic>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "benchmarks/peak.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace warp2vec::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Twelve accumulators: more than the latency of a multiply-add in cycles times two units.
std::int64_t multiply_add(std::int64_t rounds) {
  const hn::CappedTag<float, 16> tag;
  const auto factor = hn::Set(tag, 0.999F);
  // Different values, or the compiler would see that one chain is enough.
  auto a0 = hn::Set(tag, 1.0F);
  auto a1 = hn::Set(tag, 2.0F);
  auto a2 = hn::Set(tag, 3.0F);
  auto a3 = hn::Set(tag, 4.0F);
  auto a4 = hn::Set(tag, 5.0F);
  auto a5 = hn::Set(tag, 6.0F);
  auto a6 = hn::Set(tag, 7.0F);
  auto a7 = hn::Set(tag, 8.0F);
  auto a8 = hn::Set(tag, 9.0F);
  auto a9 = hn::Set(tag, 10.0F);
  auto a10 = hn::Set(tag, 11.0F);
  auto a11 = hn::Set(tag, 12.0F);
  for (std::int64_t i = 0; i < rounds; ++i) {
    a0 = hn::MulAdd(a0, factor, factor);
    a1 = hn::MulAdd(a1, factor, factor);
    a2 = hn::MulAdd(a2, factor, factor);
    a3 = hn::MulAdd(a3, factor, factor);
    a4 = hn::MulAdd(a4, factor, factor);
    a5 = hn::MulAdd(a5, factor, factor);
    a6 = hn::MulAdd(a6, factor, factor);
    a7 = hn::MulAdd(a7, factor, factor);
    a8 = hn::MulAdd(a8, factor, factor);
    a9 = hn::MulAdd(a9, factor, factor);
    a10 = hn::MulAdd(a10, factor, factor);
    a11 = hn::MulAdd(a11, factor, factor);
  }
  const auto sum =
      hn::Add(hn::Add(hn::Add(hn::Add(a0, a1), hn::Add(a2, a3)), hn::Add(hn::Add(a4, a5), hn::Add(a6, a7))),
              hn::Add(hn::Add(a8, a9), hn::Add(a10, a11)));
  static std::atomic<float> sink;  // so that the sums are needed
  sink.store(hn::GetLane(hn::SumOfLanes(tag, sum)), std::memory_order_relaxed);
  return rounds * 12 * 2 * static_cast<std::int64_t>(hn::Lanes(tag));
}

}  // namespace warp2vec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace warp2vec {

HWY_EXPORT(multiply_add);

std::int64_t multiply_add(std::int64_t rounds) { return HWY_DYNAMIC_DISPATCH(multiply_add)(rounds); }

}  // namespace warp2vec
#endif
