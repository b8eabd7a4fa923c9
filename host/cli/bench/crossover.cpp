#include "host/cli/bench/crossover.h"

#include <warp2vec/detail/random.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "host/cli/bench/synthetic_text.h"
#include "host/cli/flags/device_choice.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/run/requirements.h"
#include "host/cli/terminal/gpu.h"
#include "host/cli/terminal/text.h"
#include "host/planning/memory_plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <set>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

// `work` does a number of units and returns it; it is repeated until the total time is long enough to
// measure.
UnitTime timed(const std::function<std::int64_t()>& work) {
  constexpr double kLongEnough = 0.05;
  work();  // warms up memory and caches
  UnitTime time;
  const auto begin = Clock::now();
  do {
    time.units += work();
    time.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
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
  volatile std::int64_t sink = 0;  // prevents the draws from being optimised away
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

// Runs one training; returns the time of all its pairs, and their number. On a GPU this is the time of its
// kernels, measured on the GPU: host time would include launch and synchronisation, which matter in a short
// training.
UnitTime train_once(const TrainingData& data, const std::string& device, Embeddings& embeddings) {
  const auto go_on = [](const Progress&) { return caught_signal() == 0; };
  const DeviceRequest request = parse_device(device);
  if (request.kind == DeviceKind::cuda) {
    const DeviceChoice choice = choose_device(request, data.config, find_gpus());
    const std::unique_ptr<CudaBackend> gpu = make_gpu_backend(data, choice.gpus.front().index).backend;
    const TrainingSummary summary = train(data, *gpu, embeddings, go_on);
    return {gpu->kernel_seconds().kernels, summary.pairs};
  }
  const std::unique_ptr<Backend> cpu =
      request.kind == DeviceKind::reference ? make_reference_backend(data) : make_cpu_backend(data);
  const TrainingSummary summary = train(data, *cpu, embeddings, go_on);
  return {summary.seconds - summary.upload_seconds - summary.download_seconds, summary.pairs};
}

bool is_loss(const Cell& cell) { return cell.loss != kDraw && !is_build(cell); }

UnitTime time_of(const BenchOptions& options, const Cell& cell, int round) {
  if (is_loss(cell))
    return time_of_pairs(options, cell, round, study_tokens(cell, thread_count(options.config)));
  const std::vector<std::int64_t> counts = zipf_counts(cell.vocab_size);
  const double exponent = options.config.ns_exponent;
  if (cell.loss == kDraw) return time_of_draws(counts, exponent);
  return timed([&] {
    if (cell.loss == kTree)
      static_cast<void>(HuffmanTree(counts));
    else
      static_cast<void>(AliasTable(counts, exponent));
    return std::int64_t{1};
  });
}

const Point* point_at(const Line& line, double words) {
  const auto found = std::find_if(line.points.begin(), line.points.end(),
                                  [&](const Point& point) { return point.x == words; });
  return found == line.points.end() ? nullptr : &*found;
}

std::string words_text(double words) { return with_commas(std::llround(words)) + " words"; }

// Two lines at one vocabulary size.
struct Meeting {
  double words = 0;
  double ratio = 1;   // of the medians: second line / first line
  bool apart = true;  // the ranges of their rounds do not overlap

  // "2.0x with 100 words"; "1.028x with 10 words", where one decimal would round to 1.0.
  std::string text(bool inverse) const {
    const double factor = inverse ? 1 / ratio : ratio;
    const bool near = factor > 0.9 && factor < 1.1;
    return (apart ? (near ? format_fixed(factor, 3) : factor_text(factor)) + "x" : "within the noise") +
           " with " + words_text(words);
  }
};

void add_comparisons(const Line& a, const Line& b, const std::string& of, const std::string& name_a,
                     const std::string& name_b, std::vector<Comparison>& found) {
  std::vector<Meeting> points;
  for (const Point& one : a.points)
    if (const Point* other = point_at(b, one.x))
      points.push_back(
          {one.x, other->y.median / one.y.median, one.y.max < other->y.min || other->y.max < one.y.min});
  const auto add = [&](bool b_cheaper, double words, bool clear) {
    found.push_back({of, b_cheaper ? name_b : name_a, b_cheaper ? name_a : name_b, words, clear,
                     points.front().text(b_cheaper), points.back().text(b_cheaper)});
  };
  const std::size_t before = found.size();
  for (std::size_t i = 1; i < points.size(); ++i) {
    const Meeting &left = points[i - 1], &right = points[i];
    if ((left.ratio > 1) == (right.ratio > 1)) continue;
    const double share = std::log(left.ratio) / std::log(left.ratio / right.ratio);
    add(right.ratio <= 1, left.words * std::pow(right.words / left.words, share), left.apart && right.apart);
  }
  if (found.size() == before && !points.empty()) add(points[0].ratio <= 1, 0, true);
}

std::string from_text(const Comparison& comparison) {
  if (comparison.words == 0) return "the smallest measured";
  return "about " + words_text(comparison.words) + (comparison.clear ? "" : ", within the noise");
}

// One row per size, one column per line.
Table times_table(const std::string& title, const std::vector<Line>& lines) {
  std::set<double> sizes;
  Table table{title, {{"words"}}};
  for (const Line& line : lines) {
    table.rows[0].push_back(to_string(line.cell));
    for (const Point& point : line.points) sizes.insert(point.x);
  }
  for (const double words : sizes) {
    table.rows.push_back({with_commas(std::llround(words))});
    for (const Line& line : lines) {
      const Point* point = point_at(line, words);
      table.rows.back().push_back(point == nullptr ? "-" : range_text(point->y, short_time));
    }
  }
  return table;
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
  constexpr double kThreadSpeed = 5e9;  // operations per second, a conservative estimate
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
  config.sharing = choose_sharing(config, cell.vocab_size, std::numeric_limits<double>::infinity(),
                                  is_gpu(cell.device));  // as for a long training
  const std::int64_t needed = host_bytes(memory_plan({cell.vocab_size, cell.vocab_size * 8, tokens}, config));
  require_memory(needed, 0, available_memory());
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

std::vector<Line> study_lines(const json& runs) {
  std::vector<Row> rows = summarise(runs);
  for (Row& row : rows) row.cell.dim = 0;  // the same for all
  return lines_of(rows, kUnitTime);
}

bool is_build(const Cell& cell) { return cell.loss == kTree || cell.loss == kAliasTable; }

std::vector<Comparison> compare(const std::vector<Line>& lines) {
  std::vector<Comparison> losses, devices;
  for (auto a = lines.begin(); a != lines.end(); ++a)
    for (auto b = a + 1; b != lines.end(); ++b) {
      if (!is_loss(a->cell) || !is_loss(b->cell)) continue;
      const Cell &one = a->cell, &other = b->cell;
      if (one.device == other.device) add_comparisons(*a, *b, one.device, one.loss, other.loss, losses);
      const bool cpu_and_gpu =
          (one.device == "cpu" && is_gpu(other.device)) || (other.device == "cpu" && is_gpu(one.device));
      if (one.loss == other.loss && cpu_and_gpu)
        add_comparisons(*a, *b, one.loss, one.device, other.device, devices);
    }
  losses.insert(losses.end(), devices.begin(), devices.end());
  return losses;
}

Table crossing_table(const std::vector<Comparison>& comparisons) {
  Table table{"From which vocabulary on? The time of a trained pair",
              {{"with", "cheaper", "dearer", "from", "dearer by cheaper, fewest words",
                "dearer by cheaper, most words"}}};
  for (const Comparison& one : comparisons)
    table.rows.push_back({one.of, one.cheaper, one.dearer, from_text(one), one.fewest, one.most});
  return table;
}

std::vector<Table> study_tables(const std::vector<Line>& lines) {
  std::vector<Line> losses, rest;
  for (const Line& line : lines) (is_loss(line.cell) ? losses : rest).push_back(line);
  std::vector<Table> tables{
      times_table("Time of a trained pair", losses),
      times_table("Time of one negative draw, and of building table and tree once", rest)};
  std::erase_if(tables, [](const Table& table) { return table.rows.size() < 2; });
  return tables;
}

Table claims_table(const std::vector<Line>& lines) {
  constexpr double kClaimedSize = 46'677;
  Table table{"", {{"work", "claim", "here, medians"}}};
  const auto add = [&](const std::string& what, const char* loss, double units, const std::string& claim) {
    for (const Line& line : lines) {
      const Point* point = line.cell.loss == loss ? point_at(line, kClaimedSize) : nullptr;
      if (point == nullptr) continue;
      table.rows.push_back({what + (is_loss(line.cell) ? ", " + to_string(line.cell) : ""), claim,
                            short_time(point->y.median * units)});
    }
  };
  add("20 negatives of 46,677 words", kDraw, 20, "0.02 s a call of numpy's choice");
  add("20 negatives for each of a batch of 100", kDraw, 2000, "2 s");
  add("training a batch of 100 pairs, draws included", "ns", 100, "0.1 s for the gradient step");
  add("Huffman tree of 46,677 words", kTree, 1, "7 to 8 s of CPU");
  for (const Comparison& one : compare(lines))
    if (one.cheaper == "ns" && one.dearer == "softmax")
      table.rows.push_back({"negative sampling instead of full softmax, " + one.of,
                            "pays only for large vocabularies", "from " + from_text(one) + " on"});
  return table;
}

}  // namespace warp2vec::cli::bench
