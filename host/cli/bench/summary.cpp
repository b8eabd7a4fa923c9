#include "host/cli/bench/summary.h"

#include "host/cli/terminal/text.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

namespace warp2vec::cli::bench {

std::optional<Spread> spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return Spread{values.front(), median, values.back()};
}

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

namespace {

constexpr const char* kNothing = "-";

std::string seconds_text(double seconds) { return format_fixed(seconds, seconds < 9.995 ? 2 : 1); }
std::string bytes_text(double bytes) { return format_bytes(std::llround(bytes)); }
std::string loss_text(double loss) { return format_fixed(loss, 4); }
std::string lead_text(double lead) { return factor_text(lead) + "x"; }

std::string median_text(const std::optional<Spread>& spread, std::string (*text)(double)) {
  return spread ? text(spread->median) : kNothing;
}

std::string phase_text(const Row& row, const std::string& phase) {
  const auto found = row.seconds.find(phase);
  return found == row.seconds.end() ? kNothing : seconds_text(found->second.median);
}

template <class Has>
bool any(const std::vector<Row>& rows, Has has) {
  return std::any_of(rows.begin(), rows.end(), has);
}

bool is_of_gpu(const Row& row) { return row.gpu_memory.has_value(); }

// What every table has first.
const std::vector<std::string> kSettings{"device", "loss", "dim", "words"};

std::vector<std::string> settings_of(const Row& row) {
  return {row.cell.device, row.cell.loss, std::to_string(row.cell.dim),
          row.runs.empty() ? words_of(row.cell) : with_commas(row.runs[0].vocabulary)};
}

Table speed_table(const std::vector<Row>& rows) {
  const bool lead = any(rows, [](const Row& row) { return row.lead_together.has_value(); });
  Table table{kSettings};
  for (const char* name : {"runs", "training, k words/s", "end to end, k words/s"})
    table[0].emplace_back(name);
  if (lead) {
    for (const char* name : {"GPU by CPU, training", "GPU by CPU, end to end"}) table[0].emplace_back(name);
  }
  for (const Row& row : rows) {
    std::vector<std::string> line = settings_of(row);
    line.push_back(std::to_string(row.runs.size()) + (row.failure.empty() ? "" : " (failed)"));
    line.push_back(with_range(row.training, thousands));
    line.push_back(with_range(row.together, thousands));
    if (lead) {
      line.push_back(with_range(row.lead_in_training, lead_text));
      line.push_back(with_range(row.lead_together, lead_text));
    }
    table.push_back(std::move(line));
  }
  return table;
}

Table seconds_table(const std::vector<Row>& rows) {
  const bool gpu = any(rows, is_of_gpu);
  Table table{kSettings};
  table[0].insert(table[0].end(), std::begin(kPhases), std::end(kPhases));
  if (gpu) table[0].insert(table[0].end(), {"GPU kernels", "GPU subsampling", "upload", "download"});
  table[0].emplace_back(kTogether);
  for (const Row& row : rows) {
    std::vector<std::string> line = settings_of(row);
    for (const char* phase : kPhases) line.push_back(phase_text(row, phase));
    for (const char* phase : kGpuPhases) {
      if (gpu) line.push_back(is_of_gpu(row) ? phase_text(row, phase) : kNothing);
    }
    line.push_back(phase_text(row, kTogether));
    table.push_back(std::move(line));
  }
  return table;
}

Table outcome_table(const std::vector<Row>& rows) {
  const bool gpu = any(rows, is_of_gpu);
  std::set<std::string> quality;
  for (const Row& row : rows)
    for (const auto& [key, spread] : row.quality) quality.insert(key);
  Table table{kSettings};
  table[0].emplace_back("peak memory");
  if (gpu) table[0].emplace_back("GPU memory");
  table[0].emplace_back("loss");
  for (const std::string& key : quality) table[0].push_back(quality_name(key));
  for (const Row& row : rows) {
    std::vector<std::string> line = settings_of(row);
    line.push_back(median_text(row.peak_memory, bytes_text));
    if (gpu) line.push_back(median_text(row.gpu_memory, bytes_text));
    line.push_back(with_range(row.loss, loss_text));
    for (const std::string& key : quality) {
      const auto found = row.quality.find(key);
      line.push_back(found == row.quality.end() ? kNothing : with_range(found->second, [&](double value) {
        return quality_text(key, value);
      }));
    }
    table.push_back(std::move(line));
  }
  return table;
}

}  // namespace

std::string thousands(double words) {
  const double value = words / 1000;
  return value < 99.95 ? format_fixed(value, 1) : with_commas(std::llround(value));
}

std::string factor_text(double factor) {
  if (factor < 0.995) return format_significant(factor, 2);
  if (factor < 99.95) return format_fixed(factor, 1);
  const double last_digit = std::pow(10, std::floor(std::log10(factor)) - 2);  // of three
  return with_commas(std::llround(std::round(factor / last_digit) * last_digit));
}

std::string with_range(const std::optional<Spread>& spread, const std::function<std::string(double)>& text) {
  if (!spread) return kNothing;
  const std::string low = text(spread->min);
  const std::string high = text(spread->max);
  return low == high ? low : text(spread->median) + " (" + low + " to " + high + ")";
}

std::string quality_name(const std::string& key) {
  const std::size_t space = key.find(' ');
  const std::string file = key.substr(space + 1);
  return file.substr(0, file.rfind('.')) + (key.starts_with("spearman") ? " rho" : " right");
}

std::string quality_text(const std::string& key, double value) {
  if (!key.starts_with("spearman")) return format_fixed(100 * value, 1) + "%";
  return format_fixed(value, 3);
}

std::vector<NamedTable> summary_tables(const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  return {{"Speed", speed_table(rows)},
          {"Seconds", seconds_table(rows)},
          {"Memory, loss and quality", outcome_table(rows)}};
}

std::string plain_text(const NamedTable& table) { return table.title + "\n" + plain_text(table.table); }

std::string plain_text(const Table& table) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : table) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  std::string out;
  for (const std::vector<std::string>& row : table) {
    for (std::size_t c = 0; c < row.size(); ++c)
      out += c + 1 < row.size() ? pad_right(row[c], widths[c] + 2) : row[c];
    out += '\n';
  }
  return out;
}

}  // namespace warp2vec::cli::bench
