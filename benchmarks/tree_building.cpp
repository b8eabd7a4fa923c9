// What the host does for hierarchical softmax before training starts, by size of the vocabulary: counts as
// Zipf has them, sample 1e-4, window 5.

#include <warp2vec/detail/samplers.h>
#include <warp2vec/trainer.h>

#include "host/training/hot_rows.h"
#include "tests/support/zipf_counts.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

constexpr std::int64_t kCentresInFlight = 4096;

// A vocabulary with Zipf counts, and what is trained on it.
class Words {
 public:
  explicit Words(std::int64_t words) {
    const std::vector<std::int64_t> counts = zipf_counts(words);
    std::vector<std::string> names;
    names.reserve(counts.size());
    std::vector<std::pair<std::string_view, std::int64_t>> entries;
    entries.reserve(counts.size());
    for (const std::int64_t count : counts) {
      names.push_back(std::to_string(names.size()));
      entries.emplace_back(names.back(), count);
    }
    vocabulary_ = Vocabulary(entries, 1, 0);
    config_.loss = parse_loss("hs");
    config_.sample = 1e-4;
    config_.window = 5;
  }

  // The last that was asked for is kept.
  static const Words& of(std::int64_t words) {
    static Words last(2);
    if (last.vocabulary_.size() != words) last = Words(words);
    return last;
  }

  std::span<const std::int64_t> counts() const { return vocabulary_.counts(); }
  TrainingData data() const { return {config_, vocabulary_, tokens_}; }

 private:
  Config config_;
  Vocabulary vocabulary_;
  TokenStream tokens_{{WordId{0}}, {1}};
};

void build_tree(benchmark::State& state) {
  const Words& words = Words::of(state.range(0));
  for (auto _ : state) {
    const HuffmanTree tree(words.counts());
    benchmark::DoNotOptimize(tree.view().code_lengths);
  }
}

// Thresholds of subsampling and the tree.
void make_training_data(benchmark::State& state) {
  const Words& words = Words::of(state.range(0));
  for (auto _ : state) {
    const TrainingData data = words.data();
    benchmark::DoNotOptimize(data.keep_thresholds.data());
  }
}

// How often each row is met, and the damping of those that are met too often.
void make_hot_rows(benchmark::State& state) {
  const TrainingData data = Words::of(state.range(0)).data();
  for (auto _ : state) {
    const HotMatrices hot(data, {.negatives = kCentresInFlight, .paths = kCentresInFlight});
    benchmark::DoNotOptimize(hot.nodes.view().pairs_elsewhere);
  }
}

// The tables that a GPU gets, as DeviceTables uploads them.
class Tables {
 public:
  explicit Tables(const TrainingData& data)
      : hot_(data, {.negatives = kCentresInFlight, .paths = kCentresInFlight}),
        tables_{std::as_bytes(std::span(data.keep_thresholds)),
                std::as_bytes(std::span(data.tree.view().levels, kMaxCodeLength + 1)),
                std::as_bytes(std::span(data.tree.view().code_lengths,
                                        static_cast<std::size_t>(data.tree.view().words))),
                bytes_of(hot_.input_under_tree), bytes_of(hot_.nodes)} {}

  // Into buffers of 16 MiB in turn, as Uploader stages them. These are not page-locked, and nothing leaves
  // the host.
  std::int64_t copy(std::array<std::vector<std::byte>, 2>& buffers) const {
    std::int64_t copied = 0;
    std::size_t next = 0;
    for (std::span<const std::byte> table : tables_) {
      while (!table.empty()) {
        std::vector<std::byte>& buffer = buffers[next];
        next = 1 - next;
        const std::size_t size = std::min(buffer.size(), table.size());
        std::memcpy(buffer.data(), table.data(), size);
        benchmark::ClobberMemory();
        table = table.subspan(size);
        copied += static_cast<std::int64_t>(size);
      }
    }
    return copied;
  }

 private:
  static std::span<const std::byte> bytes_of(const HotRows& rows) {
    return std::as_bytes(std::span(rows.view().pairs_elsewhere, static_cast<std::size_t>(rows.view().size)));
  }

  const HotMatrices hot_;
  const std::array<std::span<const std::byte>, 5> tables_;
};

void copy_tables(benchmark::State& state) {
  const TrainingData data = Words::of(state.range(0)).data();
  const Tables tables(data);
  std::array<std::vector<std::byte>, 2> buffers;
  buffers.fill(std::vector<std::byte>(std::size_t{16} << 20));
  std::int64_t copied = 0;
  for (auto _ : state) copied += tables.copy(buffers);
  state.SetBytesProcessed(copied);
  state.counters["bytes"] = static_cast<double>(copied) / static_cast<double>(state.iterations());
}

// All of it.
void prepare_and_copy(benchmark::State& state) {
  const Words& words = Words::of(state.range(0));
  std::array<std::vector<std::byte>, 2> buffers;
  buffers.fill(std::vector<std::byte>(std::size_t{16} << 20));
  for (auto _ : state) {
    const TrainingData data = words.data();
    benchmark::DoNotOptimize(Tables(data).copy(buffers));
  }
}

const bool registered = [] {
  const std::pair<const char*, void (*)(benchmark::State&)> pieces[] = {
      {"build_tree", build_tree},
      {"make_training_data", make_training_data},
      {"make_hot_rows", make_hot_rows},
      {"copy_tables", copy_tables},
      {"prepare_and_copy", prepare_and_copy}};
  for (const std::int64_t words : {50'000, 1'000'000, 3'000'000, 10'000'000})
    for (const auto& [name, piece] : pieces)
      benchmark::RegisterBenchmark(name, piece)->Arg(words)->Unit(benchmark::kMillisecond);
  return true;
}();

}  // namespace
}  // namespace warp2vec
