// The peak performance of the processor in the instruction set that training uses: fused multiply-adds of
// vectors in registers, without loads.
#include <benchmark/benchmark.h>

#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "benchmarks/peak.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace warp2vec::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Runs `rounds` multiply-adds on each of `sums`, and returns a value that depends on all of them.
template <class Tag, class... Vector>
float run_chains(std::int64_t rounds, Tag tag, Vector... sums) {
  const auto factor = hn::Set(tag, 0.999F);
  for (std::int64_t i = 0; i < rounds; ++i) ((sums = hn::MulAdd(sums, factor, factor)), ...);
  auto all = hn::Zero(tag);
  ((all = hn::Add(all, sums)), ...);
  return hn::GetLane(hn::SumOfLanes(tag, all));
}

// Returns the number of floating-point operations.
std::int64_t multiply_add(std::int64_t rounds) {
  const hn::CappedTag<float, 16> tag;
  // Twelve chains are more than the latency of a multiply-add in cycles times two units. Their initial values
  // differ, or the compiler could merge them.
  const auto start = [&](float value) HWY_ATTR { return hn::Set(tag, value); };
  benchmark::DoNotOptimize(run_chains(rounds, tag, start(1), start(2), start(3), start(4), start(5), start(6),
                                      start(7), start(8), start(9), start(10), start(11), start(12)));
  return rounds * 12 * 2 * static_cast<std::int64_t>(hn::Lanes(tag));
}

}  // namespace warp2vec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace warp2vec {
namespace {

HWY_EXPORT(multiply_add);

void peak(benchmark::State& state) {
  std::int64_t flops = 0;
  for (auto _ : state) flops += HWY_DYNAMIC_DISPATCH(multiply_add)(100000);
  state.counters["FLOP/s"] = benchmark::Counter(static_cast<double>(flops), benchmark::Counter::kIsRate);
}
BENCHMARK(peak);

}  // namespace
}  // namespace warp2vec
#endif
