// Building the alias table and drawing negatives, for a small and a large vocabulary.

#include <warp2vec/detail/random.h>
#include <warp2vec/detail/samplers.h>

#include "tests/support/zipf_counts.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace warp2vec {
namespace {

constexpr std::int64_t kSmall = 46677;
constexpr std::int64_t kLarge = 3000000;

void build_alias_table(benchmark::State& state) {
  const std::vector<std::int64_t> counts = zipf_counts(state.range(0));
  for (auto _ : state) {
    const AliasTable table(counts, 0.75);
    benchmark::DoNotOptimize(table.view().columns);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(build_alias_table)->Arg(kSmall)->Arg(kLarge)->Unit(benchmark::kMillisecond);

// Two negatives to a Philox block, as the update rules draw them.
void draw_negatives(benchmark::State& state) {
  const AliasTable owner(zipf_counts(state.range(0)), 0.75);
  const AliasView table = owner.view();
  const Draws draws{1, 0};
  std::uint64_t index = 0;
  for (auto _ : state) {
    const U32x4 r = draws.block(Stream::negative, index++);
    benchmark::DoNotOptimize(table.draw(r.w[0], r.w[1]));
    benchmark::DoNotOptimize(table.draw(r.w[2], r.w[3]));
  }
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(draw_negatives)->Arg(kSmall)->Arg(kLarge);

}  // namespace
}  // namespace warp2vec
