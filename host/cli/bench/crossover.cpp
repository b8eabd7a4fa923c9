#include "host/cli/bench/crossover.h"

#include <warp2vec/detail/random.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "host/cli/bench/summary.h"
#include "host/cli/bench/synthetic_text.h"
#include "host/cli/flags/device_choice.h"
#include "host/cli/run/interrupt.h"
#include "host/cli/terminal/gpu.h"
#include "host/cli/terminal/machine.h"
#include "host/cli/terminal/text.h"
#include "host/training/memory_plan.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// `work` does some units and returns how many; it is repeated until the clock can tell.
UnitTime timed(const std::function<std::int64_t()>& work) {
  constexpr double kLongEnough = 0.05;
  work();  // memory and caches are warm from here on
  UnitTime time;
  const auto begin = Clock::now();
  do {
    time.units += work();
    time.seconds = seconds_since(begin);
    stop_if_interrupted();
  } while (time.seconds < kLongEnough);
  time.seconds /= static_cast<double>(time.units);
  return time;
}

UnitTime time_of_draws(const std::vector<std::int64_t>& counts, double exponent) {
  const AliasTable table(counts, exponent);
  const AliasView view = table.view();
  const Draws draws{1, 0};
  std::uint64_t next = 0;
  volatile std::int64_t sink = 0;  // so that the draws are made
  return timed([&] {
    constexpr std::int64_t kBlocks = 100'000;
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < kBlocks; ++i) {
      const U32x4 r = draws.block(Stream::negative, next++);
      sum += row_of(view.draw(r.w[0], r.w[1])) + row_of(view.draw(r.w[2], r.w[3]));
    }
    sink = sink + sum;
    return 2 * kBlocks;
  });
}

// One training: the seconds of all its pairs, and how many they were. Of a GPU the seconds of its kernels, by
// its own clock: the host's would add to a short training how long it takes to start and to wait for one.
UnitTime train_once(const TrainingData& data, const std::string& device, Embeddings& embeddings) {
  const auto go_on = [](const Progress&) { return caught_signal() == 0; };
  const DeviceRequest request = parse_device(device);
  if (request.kind == DeviceKind::cuda) {
    const DeviceChoice choice = choose_device(request, data.config, find_gpus());
    const std::unique_ptr<CudaBackend> gpu = make_gpu_backend(data, choice.gpu->index).backend;
    const TrainingSummary summary = train(data, *gpu, embeddings, go_on);
    return {gpu->kernel_seconds().kernels, summary.pairs};
  }
  const std::unique_ptr<Backend> cpu =
      request.kind == DeviceKind::reference ? make_reference_backend(data) : make_cpu_backend(data);
  const TrainingSummary summary = train(data, *cpu, embeddings, go_on);
  return {summary.seconds - summary.upload_seconds - summary.download_seconds, summary.pairs};
}

UnitTime time_of_builds(const std::vector<std::int64_t>& counts, const auto& build) {
  return timed([&] {
    build(counts);
    return std::int64_t{1};
  });
}

UnitTime time_of(const BenchOptions& options, const Cell& cell, int round) {
  const double exponent = options.config.ns_exponent;
  if (cell.loss == kDraw) return time_of_draws(zipf_counts(cell.vocab_size), exponent);
  if (cell.loss == kAliasTable)
    return time_of_builds(zipf_counts(cell.vocab_size),
                          [&](const auto& counts) { return AliasTable(counts, exponent); });
  if (cell.loss == kTree)
    return time_of_builds(zipf_counts(cell.vocab_size),
                          [](const auto& counts) { return HuffmanTree(counts); });
  return time_of_pairs(options, cell, round, study_tokens(cell, thread_count(options.config)));
}

}  // namespace

std::vector<std::int64_t> study_sizes() {
  return {10, 30, 100, 300, 1000, 3000, 10'000, 46'677, 100'000, 300'000, 1'000'000, 3'000'000};
}

std::vector<Cell> study_cells(const Grid& grid) {
  std::vector<Cell> cells;
  for (const std::int64_t words : grid.vocab_sizes) {
    for (const std::string& loss : grid.losses)
      for (const std::string& device : grid.devices) cells.push_back({device, loss, grid.dims.at(0), words});
    for (const char* part : {kDraw, kAliasTable, kTree}) cells.push_back({"cpu", part, 0, words});
  }
  return cells;
}

std::int64_t study_tokens(const Cell& cell, int threads) {
  constexpr double kPairsOfToken = 6;   // with the default window
  constexpr double kSeconds = 0.5;      // for full softmax
  constexpr double kThreadSpeed = 5e9;  // operations a second, rather too few than too many
  constexpr double kGpuSpeed = 5e12;
  const bool reference = cell.device == "reference";
  const std::int64_t most = is_gpu(cell.device) ? 4'000'000 : reference ? 50'000 : 1'000'000;
  if (!parse_loss(cell.loss).softmax) return most;
  const double speed = is_gpu(cell.device) ? kGpuSpeed : kThreadSpeed * (reference ? 1 : threads);
  const double work = 6.0 * static_cast<double>(cell.vocab_size) * cell.dim * kPairsOfToken;
  const double tokens = kSeconds * speed / work;
  return std::clamp(static_cast<std::int64_t>(std::min(tokens, 1e9)), std::int64_t{8}, most);
}

UnitTime time_of_pairs(const BenchOptions& options, const Cell& cell, int round, std::int64_t tokens) {
  Config config = config_of(options, cell, round);
  config.max_vocab = 0;
  config.sample = 0;
  config.epochs = 1;
  config.min_count = 1;
  config.sharing = choose_sharing(config, cell.vocab_size, is_gpu(cell.device));
  const std::int64_t needed = host_bytes(memory_plan({cell.vocab_size, cell.vocab_size * 8, tokens}, config));
  const std::int64_t available = available_memory();
  if (available > 0 && needed > available)
    throw Error("it needs " + format_bytes(needed) + " of memory; " + format_bytes(available) +
                " are available");
  const Vocabulary vocabulary = zipf_vocabulary(cell.vocab_size);
  const TokenStream stream = drawn_tokens(vocabulary, tokens);
  stop_if_interrupted();
  const TrainingData data(config, vocabulary, stream);
  Embeddings embeddings = initial_embeddings(vocabulary.size(), config);
  UnitTime time;
  for (int turn = 0; turn < 2; ++turn) {
    time = train_once(data, cell.device, embeddings);
    stop_if_interrupted();
  }
  if (time.units == 0) throw Error("the synthetic text has no pairs");
  time.seconds /= static_cast<double>(time.units);
  return time;
}

Part crossover_part(const BenchOptions& options) {
  json settings = shared_settings(options.config);
  for (const char* unused : {"epochs", "min_count", "sample"}) settings.erase(unused);
  settings["dim"] = options.grid.dims.at(0);
  const auto measure = [&options](const Cell& cell, int round, double) {
    const UnitTime time = time_of(options, cell, round);
    return json{{kUnitTime.key, time.seconds}, {"units", time.units}};
  };
  return {"crossover", settings, study_cells(options.grid), measure};
}

}  // namespace warp2vec::cli::bench
