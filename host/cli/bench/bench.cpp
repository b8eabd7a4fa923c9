#include <warp2vec/corpus.h>
#include <warp2vec/error.h>

#include "cli/bench/bench_options.h"
#include "cli/bench/crossover_cells.h"
#include "cli/bench/crossover_report.h"
#include "cli/bench/measured_training.h"
#include "cli/bench/peers_section.h"
#include "cli/bench/report.h"
#include "cli/bench/rounds.h"
#include "cli/bench/table.h"
#include "cli/commands.h"
#include "cli/device_choice.h"
#include "cli/gpu.h"
#include "cli/interrupt.h"
#include "cli/machine.h"
#include "cli/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using bench::BenchOptions;
using bench::Cell;
using nlohmann::json;

constexpr const char* kFooter =
    "Examples:\n"
    "  warp2vec bench --input text.txt --output bench\n"
    "  warp2vec bench --input text.txt --output bench --losses ns,hs --dims 100,300 --vocab-sizes "
    "10000,100000,0\n"
    "  warp2vec bench --input text.txt --output bench --devices cpu --pairs wordsim353.tsv --epochs 5\n"
    "  warp2vec bench --study crossover --output crossover\n"
    "\n"
    "Every run is a training of its own; all are run once, then all again, so that a busy time of the "
    "machine\n"
    "meets them all. Figures are medians, with the smallest and the largest in brackets.\n";

std::optional<CudaDevices> gpus_for(const BenchOptions& options) {
  const std::vector<std::string>& devices = options.grid.devices;
  const bool wanted =
      devices.empty() || std::any_of(devices.begin(), devices.end(), [](const std::string& device) {
        return parse_device(device).may_be_gpu();
      });
  return wanted ? find_gpus() : std::optional<CudaDevices>();
}

void complete(BenchOptions& options, const std::optional<CudaDevices>& gpus) {
  bench::Grid& grid = options.grid;
  if (grid.devices.empty()) {
    grid.devices = {"cpu"};
    if (gpus && !gpus->usable.empty()) grid.devices.emplace_back("cuda");
  }
  const bool study = !options.study.empty();
  if (grid.losses.empty() && study) grid.losses = {"ns", "hs", "softmax"};
  if (grid.losses.empty()) grid.losses = {"ns", "hs"};
  if (grid.dims.empty()) grid.dims = {100};
  if (grid.vocab_sizes.empty())
    grid.vocab_sizes = study ? bench::study_sizes() : std::vector<std::int64_t>{0};
}

// The names of the GPUs that train, by --device. Throws UsageError for a device that cannot train a cell.
json check_devices(const BenchOptions& options, const std::vector<Cell>& cells,
                   const std::optional<CudaDevices>& gpus) {
  json names = json::object();
  for (const Cell& cell : cells) {
    const DeviceChoice choice =
        choose_device(parse_device(cell.device), bench::config_of(options, cell, 1), gpus);
    if (choice.gpu) names[cell.device] = choice.gpu->name;
  }
  return names;
}

void check_readable(const std::string& flag, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (!std::ifstream(file)) throw Error("cannot read " + flag + " " + file);
  }
}

json machine_json(const json& gpus) {
  const Machine machine = this_machine();
  return {{"cpu", machine.cpu}, {"threads", machine.threads}, {"cores", machine.cores}, {"gpus", gpus}};
}

// What is worth knowing, and may differ a little after an update of the system.
json facts() {
  const Machine machine = this_machine();
  return {{"system", machine.os}, {"memory_bytes", machine.memory}};
}

// What each run was measured under.
json conditions_of(const BenchOptions& options, const json& gpus) {
  json conditions = bench::shared_settings(options);
  conditions["version"] = WARP2VEC_VERSION;
  if (options.study.empty()) {
    conditions["inputs"] = options.inputs;
    conditions["input_bytes"] = Corpus(options.inputs).bytes();
    conditions["pairs"] = options.pairs;
    conditions["analogies"] = options.analogies;
  } else {
    conditions.erase("epochs");
    conditions.erase("min_count");
    conditions.erase("sample");
    conditions["dim"] = options.grid.dims;
  }
  conditions["machine"] = machine_json(gpus);
  return conditions;
}

std::vector<bench::MeasuredRun> runs_of(const bench::ResultsFile& results) {
  try {
    return results.runs().get<std::vector<bench::MeasuredRun>>();
  } catch (const json::exception& error) {
    throw Error(results.path() + " is damaged: " + error.what());
  }
}

std::vector<bench::StudyLine> lines_of(const bench::ResultsFile& results) {
  try {
    return bench::study_lines(results.runs());
  } catch (const json::exception& error) {
    throw Error(results.path() + " is damaged: " + error.what());
  }
}

std::string describe(const json& json_run) {
  const auto run = json_run.get<bench::MeasuredRun>();
  std::string text = bench::thousands(run.training_speed()) + " k words/s training, " +
                     bench::thousands(run.speed_together()) + " k end to end, loss " +
                     format_fixed(run.loss, 4);
  for (const auto& [key, value] : run.quality)
    text += ", " + bench::quality_name(key) + " " + bench::quality_text(key, value);
  return text;
}

// How measuring ended.
struct Outcome {
  int failures = 0;
  bool interrupted = false;
};

Outcome measure_all(const std::vector<Cell>& cells, int rounds, const bench::Measuring& measuring,
                    bench::ResultsFile& results, ProgressDisplay& display) {
  std::vector<bench::NamedCell> named;
  for (const Cell& cell : cells) named.push_back({json(cell), to_string(cell)});
  const InterruptGuard guard;
  try {
    return {bench::run_rounds(named, rounds, measuring, results, display), false};
  } catch (const Interrupted&) {
    return {0, true};
  }
}

// Returns the exit status.
int finish(const Outcome& outcome, const bench::ResultsFile& results, ProgressDisplay& display) {
  if (outcome.interrupted) {
    display.say(results.runs().empty() ? "stopped before a run was finished"
                                       : "stopped; finished runs are kept in " + results.path() +
                                             ", and the same command goes on");
    return exit_status_of(caught_signal());
  }
  if (outcome.failures > 0)
    throw Error(std::to_string(outcome.failures) + (outcome.failures == 1 ? " run" : " runs") +
                " failed; the reasons are in " + results.path() + ", and the same command tries again");
  return 0;
}

int run_trainings(const BenchOptions& options, const std::optional<CudaDevices>& gpus,
                  ProgressDisplay& display) {
  const std::vector<Cell> cells = bench::all_cells(options.grid);
  const json gpu_names = check_devices(options, cells, gpus);
  check_readable("--pairs", options.pairs);
  check_readable("--analogies", options.analogies);
  std::vector<bench::Section> further;
  if (!options.peers.empty()) further.push_back(bench::peers_section(options.peers));
  bench::ResultsFile results(options.output, "trainings", conditions_of(options, gpu_names), facts());
  const bench::Measuring measuring{
      [&](const bench::NamedCell& cell, int round) {
        const auto waiting = [&](double seconds) {
          stop_if_interrupted();
          display.show("round " + std::to_string(round) + ": " + cell.name + ": " + format_duration(seconds));
        };
        return json(bench::measure_training(options, cell.key.get<Cell>(), round, "/proc/self/exe", waiting));
      },
      describe};
  const Outcome outcome = measure_all(cells, options.rounds, measuring, results, display);
  const std::vector<bench::Row> rows = bench::summarise(cells, runs_of(results));
  std::cout << bench::plain_text(bench::summary_table(rows));
  const std::string report =
      bench::write_report(options.output, bench::trainings_report(results.content(), rows, further));
  display.say("report: " + report);
  return finish(outcome, results, display);
}

int run_crossover(const BenchOptions& options, const std::optional<CudaDevices>& gpus,
                  ProgressDisplay& display) {
  const json gpu_names = check_devices(options, bench::all_cells(options.grid), gpus);
  bench::ResultsFile results(options.output, "crossover", conditions_of(options, gpu_names), facts());
  const bench::Measuring measuring{
      [&](const bench::NamedCell& cell, int round) {
        const bench::UnitTime time = bench::measure_unit(options, cell.key.get<Cell>(), round);
        return json{
            {"cell", cell.key}, {"round", round}, {"seconds_per_unit", time.seconds}, {"units", time.units}};
      },
      [](const json& run) {
        return bench::short_time(run.at("seconds_per_unit").get<double>()) + " each, " +
               with_commas(run.at("units").get<std::int64_t>()) + " timed";
      }};
  const Outcome outcome =
      measure_all(bench::study_cells(options.grid), options.rounds, measuring, results, display);
  const std::vector<bench::StudyLine> lines = lines_of(results);
  std::cout << bench::plain_text(bench::study_table(lines));
  for (const std::string& text : bench::crossing_texts(lines)) std::cout << text << "\n";
  const std::string report =
      bench::write_report(options.output, bench::crossover_report(results.content(), lines));
  display.say("report: " + report);
  return finish(outcome, results, display);
}

}  // namespace

int run_bench(const Arguments& arguments) {
  BenchOptions options;
  Flags flags("bench",
              "Trains with every combination of devices, losses, dimensions and vocabulary sizes, several "
              "times, and compares speed, memory, loss and quality.",
              kFooter);
  bench::add_bench_flags(flags, options);
  if (!flags.parse(arguments)) return 0;
  bench::check_options(options);
  // A cell with few pairs has no work for a second thread, which would move the points of crossing.
  if (!options.study.empty() && !flags.given("--threads")) options.config.threads = 1;
  const std::optional<CudaDevices> gpus = gpus_for(options);
  complete(options, gpus);
  ProgressDisplay display = ProgressDisplay::on_stderr(options.quiet);
  return options.study.empty() ? run_trainings(options, gpus, display)
                               : run_crossover(options, gpus, display);
}

}  // namespace warp2vec::cli
