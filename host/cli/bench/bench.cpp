#include <warp2vec/error.h>

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/crossover.h"
#include "host/cli/bench/memory_ceiling.h"
#include "host/cli/bench/report.h"
#include "host/cli/bench/results.h"
#include "host/cli/bench/trainings.h"
#include "host/cli/commands/commands.h"
#include "host/cli/flags/device_choice.h"
#include "host/cli/flags/input_flags.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/terminal/gpu.h"
#include "host/cli/terminal/machine.h"
#include "host/cli/terminal/text.h"
#include "host/cli/terminal/version.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec::cli {
namespace {

using bench::BenchOptions;
using bench::Cell;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr const char* kFooter = R"(Examples:
  warp2vec bench --input text.txt --output bench
  warp2vec bench --input text.txt --output bench --losses ns,hs --dims 100,300 --vocab-sizes 10000,100000,0
  warp2vec bench --input text.txt --output bench --devices cpu --pairs wordsim353.tsv --epochs 1
  warp2vec bench --input text.txt --output bench --variants sharing=tile,sharing=pair --seeds 5
  warp2vec bench --synthetic --vocab-sizes 1000000,3000000 --output bench --time-budget 600
  warp2vec bench --study crossover --output bench            (joins the same report)

Every run is a training of its own; all are run once, then all again, so that a busy time of the machine
meets them all. Figures are medians, with the smallest and the largest in brackets.
)";

// Returns the GPUs of this machine, if they may be needed.
std::optional<CudaDevices> complete(BenchOptions& options) {
  bench::Grid& grid = options.grid;
  std::optional<CudaDevices> gpus;
  if (grid.devices.empty() || std::any_of(grid.devices.begin(), grid.devices.end(), bench::is_gpu))
    gpus = find_gpus();
  if (grid.devices.empty()) {
    grid.devices = {"cpu"};
    if (gpus && !gpus->usable.empty()) grid.devices.emplace_back("cuda");
  }
  const bool study = !options.study.empty();
  if (grid.losses.empty() && study) grid.losses = {"ns", "hs", "softmax"};
  if (grid.losses.empty()) grid.losses = {"ns", "hs"};
  if (grid.dims.empty()) grid.dims = {100};
  if (grid.vocab_sizes.empty() && study) grid.vocab_sizes = bench::study_sizes();
  if (grid.vocab_sizes.empty()) grid.vocab_sizes = {options.synthetic ? 1'000'000 : 0};
  return gpus;
}

// The names of the GPUs used for training, by --device. Throws UsageError for a device that cannot train a
// cell.
json check_devices(const BenchOptions& options, const std::vector<Cell>& cells,
                   const std::optional<CudaDevices>& gpus) {
  json names = json::object();
  for (const Cell& cell : cells) {
    const DeviceChoice choice =
        choose_device(parse_device(cell.device), bench::config_of(options, cell, 1), gpus);
    if (!choice.gpus.empty()) names[cell.device] = choice.gpus.front().name;
  }
  return names;
}

// The known memory bandwidths of the devices, in bytes per second.
json bandwidths_of(const BenchOptions& options, const json& gpus) {
  json bandwidths = json::object();
  for (const std::string& device : options.grid.devices) {
    if (device == "cpu") {
      bandwidths[device] = bench::measured_bandwidth(thread_count(options.config));
    } else if (bench::is_gpu(device)) {
      const std::optional<double> known = options.bandwidth > 0
                                              ? options.bandwidth * 1e9
                                              : bench::gpu_bandwidth(gpus.at(device).get<std::string>());
      if (known) bandwidths[device] = *known;
    }
  }
  return bandwidths;
}

// In the form that ResultsFile expects.
json conditions_of(const bench::Part& part, const json& gpus, const json& bandwidths) {
  const Machine machine = this_machine();
  return {{"program", {{"version", version()}, {"commit", commit()}}},
          {"machine", {{"cpu", machine.cpu}, {"threads", machine.threads}, {"cores", machine.cores}}},
          {"gpus", gpus},
          {"bandwidths", bandwidths},
          {"remarks",
           {{"date", format_time(std::time(nullptr), "%Y-%m-%d")},
            {"system", machine.os},
            {"memory", format_bytes(machine.memory)},
            {"CUDA", gpu_support()}}},
          {part.name, {{"settings", part.settings}}}};
}

// Returns the name of the page. It is written before anything is printed, after which `saving` is reset.
std::string report(const BenchOptions& options, const bench::Part& part, const bench::ResultsFile& results,
                   std::optional<SignalGuard>& saving) {
  try {
    std::string page = bench::write_report(options.output, bench::report_page(results.content()));
    saving.reset();
    for (const bench::Table& table : bench::tables_of(results.content(), part.name))
      std::cout << bench::plain_text(table) << "\n";
    return page;
  } catch (const json::exception& error) {
    throw Error(results.path() + " is damaged: " + error.what());
  }
}

// Returns the exit status.
int finish(const bench::Outcome& outcome, const bench::ResultsFile& results, ProgressDisplay& display) {
  if (outcome.interrupted) {
    display.say(results.runs().empty() ? "stopped before a run was finished"
                                       : "stopped; finished runs are kept in " + results.path() +
                                             ", and the same command goes on");
    return exit_status_of(caught_signal());
  }
  if (!outcome.missed.empty())
    display.say("the time budget was over before " + std::to_string(outcome.missed.size()) +
                " runs; the same command goes on with them");
  if (outcome.failures > 0)
    throw Error(std::to_string(outcome.failures) + (outcome.failures == 1 ? " run" : " runs") +
                " failed; the reasons are in " + results.path() + ", and the same command tries again");
  return 0;
}

Clock::time_point end_of(const BenchOptions& options) {
  if (options.time_budget == 0) return Clock::time_point::max();
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(
                            std::chrono::duration<double>(std::min(options.time_budget, 1e9)));
}

// `all_threads`: --threads was not given.
int measure(BenchOptions& options, bool all_threads) {
  bench::check_options(options);
  const Clock::time_point end = end_of(options);
  const json peers = options.peers.empty() ? json() : bench::load_peers(options.peers);
  ProgressDisplay display = ProgressDisplay::on_stderr(options.quiet);
  if (options.only_peers()) {
    bench::make_folder(options.output);
    display.say("report: " + bench::write_report(options.output, bench::peers_page(peers)));
    return 0;
  }
  const bool study = !options.study.empty();
  // A cell with few pairs has no work for a second thread, which would shift the crossing points.
  if (study && all_threads) options.config.threads = 1;
  const std::optional<CudaDevices> gpus = complete(options);
  const json gpu_names = check_devices(options, bench::trained_cells(options), gpus);

  std::optional<SignalGuard> saving(std::in_place, SignalAction::ignore_closed_pipes);
  const bench::Part part = study ? bench::crossover_part(options) : bench::trainings_part(options, display);
  const json bandwidths = study ? json::object() : bandwidths_of(options, gpu_names);
  bench::ResultsFile results(options.output, part.name, conditions_of(part, gpu_names, bandwidths));
  if (!peers.is_null()) results.keep("peers", peers);
  const bench::Outcome outcome = bench::run_rounds(part, options.rounds, end, results, display);
  if (!results.runs().empty() || !outcome.missed.empty())
    display.say("report: " + report(options, part, results, saving));
  return finish(outcome, results, display);
}

}  // namespace

int run_bench(const Arguments& arguments) {
  BenchOptions options;
  Flags flags("bench",
              "Trains with every combination of devices, losses, dimensions, vocabulary sizes and further "
              "settings, several times, and compares speed, memory, loss and quality.",
              kFooter);
  bench::add_bench_flags(flags, options);
  flags.parse(arguments);
  options.inputs = with_patterns_expanded(options.inputs);
  set_default_lr(flags, options.config);
  try {
    return measure(options, !flags.given("--threads"));
  } catch (const UsageError& error) {
    throw UsageError(bench::with_bench_flags(error.what()));
  } catch (const Error& error) {
    throw Error(bench::with_bench_flags(error.what()));
  }
}

}  // namespace warp2vec::cli
