#include "host/cli/bench/trainings.h"

#include <warp2vec/corpus.h>
#include <warp2vec/error.h>

#include "host/cli/bench/measured_training.h"
#include "host/cli/bench/table.h"
#include "host/cli/run/interrupt.h"
#include "host/cli/terminal/text.h"
#include "host/text/text_files.h"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

void check_readable(const std::string& flag, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (!std::ifstream(file)) throw Error("cannot read " + flag + (" " + file));
  }
}

// When the newest of the files was written, "2026-11-23T01:23:45Z".
std::string modified(const Corpus& corpus) {
  std::time_t newest = 0;
  for (const Corpus::File& file : corpus.files()) {
    struct stat status {};
    if (::stat(file.name.c_str(), &status) == 0) newest = std::max(newest, status.st_mtime);
  }
  std::tm utc{};
  std::array<char, 32> text{};
  ::gmtime_r(&newest, &utc);
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

json settings_of(const BenchOptions& options) {
  const Corpus corpus(options.inputs);
  json settings = shared_settings(options);
  settings["inputs"] = options.inputs;
  settings["input_bytes"] = corpus.bytes();
  settings["input_modified"] = modified(corpus);
  settings["pairs"] = options.pairs;
  settings["analogies"] = options.analogies;
  return settings;
}

std::string describe(const json& json_run) {
  const auto run = json_run.get<MeasuredRun>();
  std::string text = thousands(run.training_speed()) + " k words/s training, " +
                     thousands(run.speed_together()) + " k end to end, loss " + format_fixed(run.loss, 4);
  for (const auto& [key, value] : run.quality)
    text += ", " + quality_name(key) + " " + quality_text(key, value);
  return text;
}

}  // namespace

Part trainings_part(const BenchOptions& options, ProgressDisplay& display) {
  check_readable("--pairs", options.pairs);
  check_readable("--analogies", options.analogies);
  Part part{"trainings", settings_of(options), {}, {}};
  for (const Cell& cell : all_cells(options.grid)) part.cells.push_back({json(cell), to_string(cell)});
  part.measuring.measure = [&options, &display](const NamedCell& cell, int round) {
    const auto waiting = [&](double seconds) {
      stop_if_interrupted();
      display.show("round " + std::to_string(round) + ": " + cell.name + ": " + format_duration(seconds));
    };
    return json(measure_training(options, cell.key.get<Cell>(), round, "/proc/self/exe", waiting));
  };
  part.measuring.describe = describe;
  return part;
}

}  // namespace warp2vec::cli::bench
