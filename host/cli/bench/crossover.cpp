#include "host/cli/bench/crossover.h"

#include "host/cli/bench/crossover_cells.h"
#include "host/cli/bench/crossover_report.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

json settings_of(const BenchOptions& options) {
  json settings = shared_settings(options);
  for (const char* unused : {"epochs", "min_count", "sample"}) settings.erase(unused);
  settings["dim"] = options.grid.dims.at(0);
  return settings;
}

}  // namespace

Part crossover_part(const BenchOptions& options) {
  Part part{"crossover", settings_of(options), {}, {}};
  for (const Cell& cell : study_cells(options.grid)) part.cells.push_back({json(cell), to_string(cell)});
  part.measuring.measure = [&options](const NamedCell& cell, int round) {
    const UnitTime time = measure_unit(options, cell.key.get<Cell>(), round);
    return json{
        {"cell", cell.key}, {"round", round}, {"seconds_per_unit", time.seconds}, {"units", time.units}};
  };
  part.measuring.describe = [](const json& run) {
    return short_time(run.at("seconds_per_unit").get<double>()) + " each, " +
           with_commas(run.at("units").get<std::int64_t>()) + " timed";
  };
  return part;
}

}  // namespace warp2vec::cli::bench
