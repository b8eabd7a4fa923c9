#include "host/cli/bench/summary.h"

#include "host/cli/terminal/text.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

constexpr const char* kNothing = "-";

std::optional<Spread> spread_over(const std::vector<MeasuredRun>& runs,
                                  const std::function<double(const MeasuredRun&)>& value) {
  std::vector<double> values;
  for (const MeasuredRun& run : runs) {
    if (const double one = value(run); one > 0) values.push_back(one);
  }
  return spread_of(std::move(values));
}

std::map<std::string, Spread> spreads_by_name(const std::vector<MeasuredRun>& runs,
                                              std::map<std::string, double> MeasuredRun::*figures) {
  std::map<std::string, std::vector<double>> values;
  for (const MeasuredRun& run : runs)
    for (const auto& [name, value] : run.*figures) values[name].push_back(value);
  std::map<std::string, Spread> spreads;
  for (auto& [name, all] : values) spreads[name] = *spread_of(std::move(all));
  return spreads;
}

Row row_of(const Cell& cell, const std::vector<MeasuredRun>& runs,
           const std::map<std::string, double>& bandwidths) {
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
  const auto spread = [&row](auto member) {
    return spread_over(
        row.runs, [member](const MeasuredRun& run) { return static_cast<double>(std::invoke(member, run)); });
  };
  row.training = spread(&MeasuredRun::training_speed);
  row.together = spread(&MeasuredRun::speed_together);
  row.peak_memory = spread(&MeasuredRun::peak_memory);
  row.gpu_memory = spread(&MeasuredRun::gpu_memory);
  row.loss = spread(&MeasuredRun::loss);
  row.seconds = spreads_by_name(row.runs, &MeasuredRun::seconds);
  row.quality = spreads_by_name(row.runs, &MeasuredRun::quality);
  if (const auto bandwidth = bandwidths.find(cell.device); bandwidth != bandwidths.end())
    row.of_ceiling = spread_over(
        row.runs, [&](const MeasuredRun& run) { return run.bytes_per_second() / bandwidth->second; });
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

const Row* row_with(const std::vector<Row>& rows, const Cell& cell) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.cell == cell; });
  return found == rows.end() ? nullptr : &*found;
}

std::string seconds_text(double seconds) { return format_fixed(seconds, seconds < 9.995 ? 2 : 1); }
std::string bytes_text(double bytes) { return format_bytes(std::llround(bytes)); }
std::string loss_text(double loss) { return format_fixed(loss, 4); }
std::string lead_text(double lead) { return factor_text(lead) + "x"; }
std::string share_text(double share) { return format_fixed(100 * share, 1) + "%"; }

std::string median_text(const std::optional<Spread>& spread, const std::function<std::string(double)>& text) {
  return spread ? text(spread->median) : kNothing;
}

std::optional<Spread> found_in(const std::map<std::string, Spread>& spreads, const std::string& name) {
  const auto found = spreads.find(name);
  return found == spreads.end() ? std::nullopt : std::optional(found->second);
}

// A table of one line a row that grows by columns.
class Columns {
 public:
  // Begins with the settings in which rows differ.
  explicit Columns(const std::vector<Row>& rows) : rows_(rows), table_(rows.size() + 1) {
    add("device", [](const Row& row) { return row.cell.device; });
    add("loss", [](const Row& row) { return row.cell.loss; });
    add("dim", [](const Row& row) { return std::to_string(row.cell.dim); });
    add("words", size_text);
    if (any([](const Row& row) { return !row.cell.variant.empty(); }))
      add("variant", [](const Row& row) { return row.cell.variant.empty() ? kNothing : row.cell.variant; });
  }

  void add(const std::string& title, const std::function<std::string(const Row&)>& text) {
    table_[0].push_back(title);
    for (std::size_t r = 0; r < rows_.size(); ++r) table_[r + 1].push_back(text(rows_[r]));
  }
  bool any(const std::function<bool(const Row&)>& has) const {
    return std::any_of(rows_.begin(), rows_.end(), has);
  }
  // Only if a row has it.
  void add(const std::string& title, std::optional<Spread> Row::*spread,
           const std::function<std::string(double)>& text, bool range = true) {
    if (!any([&](const Row& row) { return (row.*spread).has_value(); })) return;
    add(title, [&](const Row& row) {
      return range ? with_range(row.*spread, text) : median_text(row.*spread, text);
    });
  }
  Table table() { return std::move(table_); }

 private:
  const std::vector<Row>& rows_;
  Table table_;
};

Table speed_table(const std::vector<Row>& rows) {
  Columns columns(rows);
  columns.add("runs", [](const Row& row) {
    return std::to_string(row.runs.size()) + (row.failure.empty() ? "" : " (failed)");
  });
  columns.add("training, k words/s", [](const Row& row) { return with_range(row.training, thousands); });
  columns.add("end to end, k words/s", [](const Row& row) { return with_range(row.together, thousands); });
  columns.add("GPU by CPU, training", &Row::lead_in_training, lead_text);
  columns.add("GPU by CPU, end to end", &Row::lead_together, lead_text);
  if (columns.any([](const Row& row) { return row.of_ceiling.has_value(); })) {
    columns.add("kept words", [](const Row& row) {
      if (row.runs.empty() || row.runs[0].trained_tokens == 0) return std::string(kNothing);
      return share_text(static_cast<double>(row.runs[0].kept_tokens) /
                        static_cast<double>(row.runs[0].trained_tokens));
    });
    columns.add("bytes a kept word", [](const Row& row) {
      return row.of_ceiling ? with_commas(std::llround(row.runs[0].bytes_per_kept_word)) : kNothing;
    });
    columns.add("of the memory bandwidth", &Row::of_ceiling, share_text);
  }
  return columns.table();
}

Table seconds_table(const std::vector<Row>& rows) {
  Columns columns(rows);
  const auto phase = [&](const char* title, const char* name, bool of_gpu) {
    columns.add(title, [name, of_gpu](const Row& row) {
      return of_gpu && !row.gpu_memory ? kNothing : median_text(found_in(row.seconds, name), seconds_text);
    });
  };
  for (const char* name : kPhases) phase(name, name, false);
  if (columns.any([](const Row& row) { return row.gpu_memory.has_value(); })) {
    phase("GPU kernels", kKernels, true);
    phase("GPU subsampling", kSubsampling, true);
    phase("upload", "upload", true);
    phase("download", "download", true);
  }
  phase(kTogether, kTogether, false);
  return columns.table();
}

Table outcome_table(const std::vector<Row>& rows) {
  Columns columns(rows);
  columns.add("peak memory", [](const Row& row) { return median_text(row.peak_memory, bytes_text); });
  columns.add("GPU memory", &Row::gpu_memory, bytes_text, false);
  columns.add("loss", [](const Row& row) { return with_range(row.loss, loss_text); });
  for (const std::string& key : quality_keys(rows))
    columns.add(quality_name(key), [&key](const Row& row) {
      return with_range(found_in(row.quality, key), [&](double value) { return quality_text(key, value); });
    });
  return columns.table();
}

// "3,870 / 1,638": the figures of rows, "-" for those that there are not.
std::string beside(const std::vector<const Row*>& rows, const std::function<std::string(const Row&)>& text) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i)
    out += (i > 0 ? " / " : "") + (rows[i] != nullptr ? text(*rows[i]) : std::string(kNothing));
  return out;
}

// The rows that differ in `member` alone side by side, a line for each vocabulary size and all else.
Table comparison(const std::vector<Row>& rows, std::string Cell::*member, std::string Cell::*other,
                 const char* other_title) {
  std::vector<std::string> values;
  for (const Row& row : rows) {
    if (std::find(values.begin(), values.end(), row.cell.*member) == values.end())
      values.push_back(row.cell.*member);
  }
  std::string names;
  for (const std::string& value : values) names += (names.empty() ? "" : " / ") + value;
  const bool variants =
      std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.cell.variant.empty(); });
  Table table{{"words", "dim", other_title}};
  if (variants) table[0].emplace_back("variant");
  table[0].push_back("training, k words/s: " + names);
  table[0].emplace_back("fastest by slowest");
  const std::vector<std::string> keys = quality_keys(rows);
  for (const std::string& key : keys) table[0].push_back(quality_name(key) + ": " + names);
  std::set<const Row*> done;
  for (const Row& row : rows) {
    std::vector<const Row*> own;
    std::vector<double> speeds;
    for (const std::string& value : values) {
      Cell cell = row.cell;
      cell.*member = value;
      own.push_back(row_with(rows, cell));
      if (own.back() == nullptr) continue;
      if (own.back()->training) speeds.push_back(own.back()->training->median);
    }
    if (speeds.size() < 2 || done.contains(&row)) continue;
    done.insert(own.begin(), own.end());
    std::vector<std::string> line{size_text(row), std::to_string(row.cell.dim), row.cell.*other};
    if (variants) line.push_back(row.cell.variant.empty() ? kNothing : row.cell.variant);
    line.push_back(beside(own, [](const Row& one) { return median_text(one.training, thousands); }));
    const auto [slowest, fastest] = std::minmax_element(speeds.begin(), speeds.end());
    line.push_back(lead_text(*fastest / *slowest));
    for (const std::string& key : keys)
      line.push_back(beside(own, [&](const Row& one) {
        return median_text(found_in(one.quality, key),
                           [&](double value) { return quality_text(key, value); });
      }));
    table.push_back(std::move(line));
  }
  return table;
}

}  // namespace

std::optional<Spread> spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return Spread{values.front(), median, values.back()};
}

std::vector<Row> summarise(const std::vector<MeasuredRun>& runs,
                           const std::map<std::string, double>& bandwidths) {
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
  for (const Cell& cell : cells) rows.push_back(row_of(cell, runs, bandwidths));
  for (Row& row : rows) {
    Cell on_cpu = row.cell;
    on_cpu.device = "cpu";
    const Row* cpu = row_with(rows, on_cpu);
    if (!is_gpu(row.cell.device) || cpu == nullptr) continue;
    row.lead_in_training = lead(row, *cpu, &MeasuredRun::training_speed);
    row.lead_together = lead(row, *cpu, &MeasuredRun::speed_together);
  }
  return rows;
}

std::vector<NamedTable> comparison_tables(const std::vector<Row>& rows) {
  std::vector<NamedTable> tables;
  if (Table losses = comparison(rows, &Cell::loss, &Cell::device, "device"); losses.size() > 1)
    tables.push_back({"Losses side by side", std::move(losses)});
  if (Table devices = comparison(rows, &Cell::device, &Cell::loss, "loss"); devices.size() > 1)
    tables.push_back({"Devices side by side", std::move(devices)});
  return tables;
}

std::vector<NamedTable> summary_tables(const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  return {{"Speed", speed_table(rows)},
          {"Seconds", seconds_table(rows)},
          {"Memory, loss and quality", outcome_table(rows)}};
}

std::string plain_text(const NamedTable& named) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : named.table) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  std::string out = named.title + "\n";
  for (const std::vector<std::string>& row : named.table) {
    for (std::size_t c = 0; c < row.size(); ++c)
      out += c + 1 < row.size() ? pad_right(row[c], widths[c] + 2) : row[c];
    out += '\n';
  }
  return out;
}

std::string size_text(const Row& row) {
  if (!row.runs.empty()) return with_commas(row.runs[0].vocabulary);
  return row.cell.vocab_size > 0 ? with_commas(row.cell.vocab_size) : "all";
}

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
  if (!key.starts_with("spearman")) return share_text(value);
  return format_fixed(value, 3);
}

std::vector<std::string> quality_keys(const std::vector<Row>& rows) {
  std::set<std::string> keys;
  for (const Row& row : rows)
    for (const auto& [key, spread] : row.quality) keys.insert(key);
  return {keys.begin(), keys.end()};
}

}  // namespace warp2vec::cli::bench
