// Reading, counting and encoding text: bytes of text per second of wall clock, with one and two threads. The
// text is generated, or the file that the environment variable WARP2VEC_CORPUS names.

#include <warp2vec/corpus.h>
#include <warp2vec/detail/random.h>
#include <warp2vec/detail/samplers.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/zipf_counts.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace warp2vec {
namespace {

constexpr std::int64_t kMinCount = 5;
constexpr std::int64_t kTypes = 250'000;
constexpr std::size_t kTextBytes = 40'000'000;

// Pronounceable, and longer the rarer, as in English: 5 letters a token in Zipf text.
std::string word_of(std::int64_t rank) {
  std::string word;
  for (std::int64_t rest = rank + 1; rest > 0; rest /= 5)
    word += (word.size() % 2 == 0 ? "tnsrl" : "aeiou")[rest % 5];
  return word;
}

std::string zipf_text() {
  const AliasTable owner(zipf_counts(kTypes), 1.0);
  const AliasView table = owner.view();
  const Draws draws{1, 0};
  std::string text;
  for (std::uint64_t index = 0; text.size() < kTextBytes; ++index) {
    const U32x4 r = draws.block(Stream::negative, index);
    text += word_of(row_of(table.draw(r.w[0], r.w[1])));
    text += r.w[2] % 20 == 0 ? '\n' : ' ';
  }
  return text;
}

const Corpus& corpus() {
  static const TemporaryFolder folder;
  static const char* const named = std::getenv("WARP2VEC_CORPUS");  // NOLINT(concurrency-mt-unsafe)
  static const Corpus corpus({named != nullptr ? named : folder.write("zipf.txt", zipf_text())});
  return corpus;
}

void one_and_two_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
  benchmark->MeasureProcessCPUTime()->UseRealTime();
}

void count_text(benchmark::State& state) {
  const Corpus& text = corpus();
  for (auto _ : state)
    benchmark::DoNotOptimize(count_words(text, kMinCount, 0, static_cast<int>(state.range(0))).tokens);
  state.SetBytesProcessed(state.iterations() * text.bytes());
}
BENCHMARK(count_text)->Apply(one_and_two_threads);

void encode_text(benchmark::State& state) {
  const Corpus& text = corpus();
  const CorpusCounts counts = count_words(text, kMinCount, 0, 2);
  for (auto _ : state)
    benchmark::DoNotOptimize(encode(text, counts.vocabulary, static_cast<int>(state.range(0))).ids.data());
  state.SetBytesProcessed(state.iterations() * text.bytes());
}
BENCHMARK(encode_text)->Apply(one_and_two_threads);

void count_and_encode(benchmark::State& state) {
  const Corpus& text = corpus();
  const auto threads = static_cast<int>(state.range(0));
  for (auto _ : state) {
    const CorpusCounts counts = count_words(text, kMinCount, 0, threads);
    benchmark::DoNotOptimize(encode(text, counts.vocabulary, threads).ids.data());
  }
  state.SetBytesProcessed(state.iterations() * text.bytes());
}
BENCHMARK(count_and_encode)->Apply(one_and_two_threads);

}  // namespace
}  // namespace warp2vec
