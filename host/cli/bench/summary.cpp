#include "host/cli/bench/summary.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

std::optional<Spread> spread_over(const std::vector<MeasuredRun>& runs,
                                  const std::function<double(const MeasuredRun&)>& value) {
  std::vector<double> values;
  for (const MeasuredRun& run : runs) {
    if (const double one = value(run); one > 0) values.push_back(one);
  }
  return spread_of(std::move(values));
}

using Figures = std::map<std::string, double> MeasuredRun::*;

std::map<std::string, Spread> spreads_by_name(const std::vector<MeasuredRun>& runs, Figures figures) {
  std::set<std::string> names;
  for (const MeasuredRun& run : runs)
    for (const auto& [name, value] : run.*figures) names.insert(name);
  std::map<std::string, Spread> spreads;
  for (const std::string& name : names) {
    std::vector<double> values;
    for (const MeasuredRun& run : runs) {
      if (const auto found = (run.*figures).find(name); found != (run.*figures).end())
        values.push_back(found->second);
    }
    spreads[name] = *spread_of(std::move(values));
  }
  return spreads;
}

Row row_of(const Cell& cell, const std::vector<MeasuredRun>& runs) {
  Row row;
  row.cell = cell;
  for (const MeasuredRun& run : runs) {
    if (run.cell != cell) continue;
    if (run.failure.empty()) {
      row.runs.push_back(run);
    } else {
      row.failure = run.failure;
    }
  }
  std::sort(row.runs.begin(), row.runs.end(),
            [](const MeasuredRun& a, const MeasuredRun& b) { return a.round < b.round; });
  row.training = spread_over(row.runs, &MeasuredRun::training_speed);
  row.together = spread_over(row.runs, &MeasuredRun::speed_together);
  row.peak_memory =
      spread_over(row.runs, [](const MeasuredRun& run) { return static_cast<double>(run.peak_memory); });
  row.gpu_memory =
      spread_over(row.runs, [](const MeasuredRun& run) { return static_cast<double>(run.gpu_memory); });
  row.loss = spread_over(row.runs, [](const MeasuredRun& run) { return run.loss; });
  row.seconds = spreads_by_name(row.runs, &MeasuredRun::seconds);
  row.quality = spreads_by_name(row.runs, &MeasuredRun::quality);
  return row;
}

std::optional<Spread> lead(const Row& fast, const Row& slow, double (MeasuredRun::*speed)() const) {
  std::vector<double> ratios;
  for (const MeasuredRun& a : fast.runs) {
    for (const MeasuredRun& b : slow.runs) {
      if (a.round == b.round && (a.*speed)() > 0 && (b.*speed)() > 0)
        ratios.push_back((a.*speed)() / (b.*speed)());
    }
  }
  return spread_of(std::move(ratios));
}

}  // namespace

std::vector<Row> summarise(const std::vector<MeasuredRun>& runs) {
  std::vector<Cell> cells;
  for (const MeasuredRun& run : runs) {
    if (std::find(cells.begin(), cells.end(), run.cell) == cells.end()) cells.push_back(run.cell);
  }
  const auto order = [](const Cell& cell) {
    return std::pair(cell.vocab_size > 0 ? cell.vocab_size : std::numeric_limits<std::int64_t>::max(),
                     cell.dim);
  };
  std::stable_sort(cells.begin(), cells.end(),
                   [&](const Cell& a, const Cell& b) { return order(a) < order(b); });
  std::vector<Row> rows;
  rows.reserve(cells.size());
  for (const Cell& cell : cells) rows.push_back(row_of(cell, runs));
  for (Row& row : rows) {
    Cell on_cpu = row.cell;
    on_cpu.device = "cpu";
    const auto cpu =
        std::find_if(rows.begin(), rows.end(), [&](const Row& other) { return other.cell == on_cpu; });
    if (!is_gpu(row.cell.device) || cpu == rows.end()) continue;
    row.lead_in_training = lead(row, *cpu, &MeasuredRun::training_speed);
    row.lead_together = lead(row, *cpu, &MeasuredRun::speed_together);
  }
  return rows;
}

}  // namespace warp2vec::cli::bench
