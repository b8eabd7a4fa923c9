// The components of training a tile or a path of the Huffman tree: arithmetic with the shapes of the default
// settings, row accesses that miss the caches, whole epochs. peak.cpp measures the peak of the processor.

#include <warp2vec/detail/random.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cli/bench/synthetic_text.h"
#include "host/cpu/simd_kernels.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace warp2vec {
namespace {

constexpr std::int32_t kDim = 100;
constexpr std::int64_t kNegatives = 32;
constexpr std::int64_t kContexts = 74;  // of 64 centres with windows of 5
constexpr std::int64_t kPairs = 384;    // of 64 centres, with 6 each on average

void count_flops(benchmark::State& state, std::int64_t flops) {
  state.counters["FLOP/s"] =
      benchmark::Counter(static_cast<double>(flops), benchmark::Counter::kIsIterationInvariantRate);
}

Matrix random_matrix(std::int64_t rows, std::int32_t cols) {
  Matrix matrix(rows, cols);
  const Draws draws{1, 0};
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int32_t c = 0; c < cols; ++c)
      matrix.row(r)[c] =
          to_unit(draws.u32(Stream::initial_weights, static_cast<std::uint64_t>(r * cols + c))) - 0.5F;
  return matrix;
}

// The three products of a tile: scores, updates of the negatives, updates of the contexts.
void multiply(benchmark::State& state, std::int64_t m, std::int64_t n, std::int64_t k, bool transposed) {
  const Matrix a = transposed ? random_matrix(k, static_cast<std::int32_t>(m))
                              : random_matrix(m, static_cast<std::int32_t>(k));
  const Matrix b = random_matrix(k, static_cast<std::int32_t>(n));
  Matrix c(m, static_cast<std::int32_t>(n));
  const simd::Operand operand{a.row(0), transposed ? 1 : a.stride(), transposed ? a.stride() : 1};
  for (auto _ : state) {
    simd::multiply(m, n, k, operand, b.row(0), b.stride(), c.row(0), c.stride(), false);
    benchmark::ClobberMemory();
  }
  count_flops(state, 2 * m * n * k);
}
BENCHMARK_CAPTURE(multiply, scores, kNegatives, simd::padded(kContexts), kDim, false);
BENCHMARK_CAPTURE(multiply, negative_steps, kNegatives, simd::padded(kDim), kContexts, false);
BENCHMARK_CAPTURE(multiply, context_steps, kContexts, simd::padded(kDim), kNegatives, true);

void dots(benchmark::State& state) {
  const Matrix x = random_matrix(kContexts, kDim);
  const Matrix y = random_matrix(64, kDim);
  Matrix scores(1, kPairs);
  std::vector<const float*> xs, ys;
  for (std::int64_t i = 0; i < kPairs; ++i) {
    xs.push_back(x.row((i / 6 + i % 7) % kContexts));
    ys.push_back(y.row(i / 6));
  }
  for (auto _ : state) {
    simd::dots(kPairs, xs.data(), ys.data(), x.stride(), scores.row(0));
    benchmark::ClobberMemory();
  }
  count_flops(state, 2 * kPairs * x.stride());
}
BENCHMARK(dots);

// Updates of the contexts from their own centres.
void add_combination(benchmark::State& state) {
  Matrix x = random_matrix(kContexts, kDim);
  const Matrix y = random_matrix(64, kDim);
  const std::vector<float> weights(6, 1e-6F);
  std::vector<const float*> ys;
  for (std::int64_t i = 0; i < 64; ++i) ys.push_back(y.row(i));
  for (auto _ : state) {
    for (std::int64_t c = 0; c < 64; ++c)
      simd::add_combination(x.row(c), 1e-6F, nullptr, 6, weights.data(), ys.data() + c % 58, x.stride());
    benchmark::ClobberMemory();
  }
  count_flops(state, std::int64_t{2} * 64 * 7 * x.stride());
}
BENCHMARK(add_combination);

void negative_gradients(benchmark::State& state) {
  const Matrix scores = random_matrix(kNegatives, simd::padded(kContexts));
  Matrix gradients = random_matrix(kNegatives, simd::padded(kContexts));
  const std::vector<float> sizes(static_cast<std::size_t>(scores.stride()), 0.9F);
  for (auto _ : state) {
    benchmark::DoNotOptimize(simd::negative_gradients(kNegatives, scores.stride(), sizes.data(),
                                                      gradients.row(0), gradients.stride()));
  }
  state.SetItemsProcessed(state.iterations() * kNegatives * scores.stride());
}
BENCHMARK(negative_gradients);

// Copies rows of a 1 GB matrix in groups of as many rows as a tile has, with or without prefetching each
// group while the previous one is copied.
void gather(benchmark::State& state, bool prefetched) {
  static const Matrix matrix = random_matrix(2400000, kDim);
  constexpr std::int64_t kRows = 170;
  std::vector<const float*> rows[2];
  for (auto& group : rows) group.resize(kRows);
  Matrix copies(kRows, kDim);
  const Draws draws{1, 0};
  std::uint64_t drawn = 0;
  const auto draw = [&](std::vector<const float*>& group) {
    for (const float*& row : group)
      row = matrix.row(
          to_below(draws.u32(Stream::negative, drawn++), static_cast<std::uint32_t>(matrix.rows())));
    if (prefetched) simd::prefetch(group.data(), kRows, matrix.stride());
  };
  draw(rows[0]);
  std::size_t now = 0;
  for (auto _ : state) {
    draw(rows[1 - now]);
    simd::gather(rows[now].data(), kRows, matrix.stride(), copies.row(0));
    benchmark::ClobberMemory();
    now = 1 - now;
  }
  state.SetBytesProcessed(state.iterations() * kRows * matrix.stride() * 4);
}
BENCHMARK_CAPTURE(gather, prefetched, true);
BENCHMARK_CAPTURE(gather, not_prefetched, false);

// One epoch, sample 1e-4; words are counted before subsampling.
void train_epoch(benchmark::State& state, const char* loss, Sharing sharing) {
  const Vocabulary vocabulary = cli::bench::zipf_vocabulary(state.range(1));
  const TokenStream tokens = cli::bench::drawn_tokens(vocabulary, 2'000'000);
  Config config;
  config.loss = parse_loss(loss);
  config.sharing = sharing;
  config.sample = 1e-4;
  config.epochs = 1;
  config.threads = static_cast<std::int32_t>(state.range(0));
  const TrainingData data(config, vocabulary, tokens);
  Embeddings embeddings = initial_embeddings(vocabulary.size(), config);
  for (auto _ : state) {
    const auto backend = make_cpu_backend(data);
    benchmark::DoNotOptimize(train(data, *backend, embeddings).pairs);
  }
  state.SetItemsProcessed(state.iterations() * tokens.tokens());
}

void threads_and_words(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"threads", "words"})->UseRealTime()->Unit(benchmark::kMillisecond);
  for (const std::int64_t threads : {1, 2}) benchmark->Args({threads, 50000});
}
BENCHMARK_CAPTURE(train_epoch, ns_tile, "ns", Sharing::tile)->Apply(threads_and_words)->Args({1, 3000000});
BENCHMARK_CAPTURE(train_epoch, ns_window, "ns", Sharing::window)->Apply(threads_and_words);
BENCHMARK_CAPTURE(train_epoch, ns_pair, "ns", Sharing::pair)->Apply(threads_and_words);
BENCHMARK_CAPTURE(train_epoch, hs, "hs", Sharing::tile)->Apply(threads_and_words)->Args({1, 3000000});

}  // namespace
}  // namespace warp2vec
