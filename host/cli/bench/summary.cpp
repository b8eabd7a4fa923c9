#include "host/cli/bench/summary.h"

#include "host/cli/terminal/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

constexpr const char* kNothing = "-";

std::string seconds_text(double seconds) { return format_fixed(seconds, seconds < 9.995 ? 2 : 1); }
std::string bytes_text(double bytes) { return format_bytes(std::llround(bytes)); }
std::string whole_text(double value) { return with_commas(std::llround(value)); }
std::string loss_text(double loss) { return format_fixed(loss, 4); }
std::string lead_text(double lead) { return factor_text(lead) + "x"; }
std::string share_text(double share) { return format_fixed(100 * share, 1) + "%"; }
std::string rho_text(double rho) { return format_fixed(rho, 3); }

const Figure kKept{"kept", "kept words", share_text};
const Figure kBytes{"bytes", "bytes a kept word", whole_text};
const Figure kPeakMemory{"peak memory", "peak memory", bytes_text};
const Figure kGpuMemory{"GPU memory", "GPU memory", bytes_text};

// By key.
using Figures = std::map<std::string, double>;

Figures figures_of(const json& run, const std::map<std::string, double>& bandwidths) {
  if (run.contains("seconds_per_unit")) return {{kUnitTime.key, run.at("seconds_per_unit").get<double>()}};
  const auto device = run.at("cell").get<Cell>().device;
  Figures figures;
  for (const auto& [phase, value] : run.at("seconds").items())
    if (is_gpu(device) || (phase != "upload" && phase != "download")) figures[phase] = value.get<double>();
  const auto seconds = [&](const char* phase) { return figures.contains(phase) ? figures.at(phase) : 0; };
  const double training = seconds(is_gpu(device) ? "kernels" : "train");
  const auto tokens = run.at("trained_tokens").get<double>();
  const double kept = run.value("kept_tokens", 0.0);
  const double bytes = run.value("bytes_per_kept_word", 0.0);
  const auto add = [&](const Figure& figure, double value, double by = 1) {
    if (value > 0 && by > 0) figures[figure.key] = value / by;
  };
  add(kTogetherSpeed, tokens, seconds(kTogether));
  if (training > 0) add(kTrainingSpeed, tokens, training + seconds("subsampling"));
  add(kKept, kept, tokens);
  add(kBytes, bytes);
  if (const auto bandwidth = bandwidths.find(device); bandwidth != bandwidths.end())
    add(kCeiling, kept * bytes, training * bandwidth->second);
  add(kPeakMemory, run.at("peak_memory_bytes").get<double>());
  add(kGpuMemory, run.at("gpu_memory_bytes").get<double>());
  add(kLoss, run.at("loss").get<double>());
  for (const auto& [key, value] : run.at("quality").items()) figures[key] = value.get<double>();
  return figures;
}

// The distribution of each figure over all runs that have it.
std::map<std::string, Spread> spreads_of(const std::vector<Figures>& runs) {
  std::map<std::string, std::vector<double>> values;
  for (const auto& figures : runs)
    for (const auto& [key, value] : figures) values[key].push_back(value);
  std::map<std::string, Spread> spreads;
  for (auto& [key, all] : values) spreads[key] = *spread_of(std::move(all));
  return spreads;
}

const Row* row_with(const std::vector<Row>& rows, const Cell& cell) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.cell == cell; });
  return found == rows.end() ? nullptr : &*found;
}

void add_leads(Row& gpu, const Row& cpu) {
  std::vector<Figures> leads;
  for (const json& a : gpu.runs)
    for (const json& b : cpu.runs) {
      if (a.at("round") != b.at("round")) continue;
      const auto fast = figures_of(a, {}), slow = figures_of(b, {});
      leads.emplace_back();
      for (const auto& [lead, speed] :
           {std::pair(&kTrainingLead, &kTrainingSpeed), {&kTogetherLead, &kTogetherSpeed}})
        if (fast.contains(speed->key) && slow.contains(speed->key))
          leads.back()[lead->key] = fast.at(speed->key) / slow.at(speed->key);
    }
  gpu.figures.merge(spreads_of(leads));
}

bool has_variants(const std::vector<Row>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.cell.variant.empty(); });
}

std::string size_text(const Row& row) { return row.words() > 0 ? with_commas(row.words()) : "all"; }
std::string variant_text(const Row& row) { return row.cell.variant.empty() ? kNothing : row.cell.variant; }

// One line per row, with the settings in which rows differ, and the figures that any row has.
Table table_of(const std::string& title, const std::vector<Row>& rows, const std::vector<Figure>& figures,
               bool with_runs = false) {
  Table table{title, std::vector<std::vector<std::string>>(rows.size() + 1)};
  const auto add = [&](const std::string& column, const std::function<std::string(const Row&)>& text) {
    table.rows[0].push_back(column);
    for (std::size_t r = 0; r < rows.size(); ++r) table.rows[r + 1].push_back(text(rows[r]));
  };
  add("device", [](const Row& row) { return row.cell.device; });
  add("loss", [](const Row& row) { return row.cell.loss; });
  add("dim", [](const Row& row) { return std::to_string(row.cell.dim); });
  add("words", size_text);
  if (has_variants(rows)) add("variant", variant_text);
  if (with_runs)
    add("runs", [](const Row& row) {
      return std::to_string(row.runs.size()) + (row.failure.empty() ? "" : " (failed)");
    });
  for (const Figure& figure : figures)
    if (any_has(rows, figure.key)) add(figure.title, [&](const Row& row) { return shown(row, figure); });
  return table;
}

// Rows that differ only in `member`, side by side: one line per vocabulary size and other settings.
Table comparison(const std::string& title, const std::vector<Row>& rows, std::string Cell::*member,
                 std::string Cell::*other, const char* other_title) {
  std::vector<std::string> values;
  for (const Row& row : rows)
    if (std::find(values.begin(), values.end(), row.cell.*member) == values.end())
      values.push_back(row.cell.*member);
  const std::vector<Figure> qualities = quality_figures(rows);
  const bool variants = has_variants(rows);
  const std::string names = ": " + joined(values, " / ");
  Table table{title, {{"words", "dim", other_title}}};
  if (variants) table.rows[0].emplace_back("variant");
  table.rows[0].push_back(kTrainingSpeed.title + names);
  table.rows[0].emplace_back("fastest by slowest");
  for (const Figure& quality : qualities) table.rows[0].push_back(quality.title + names);
  std::set<const Row*> done;
  for (const Row& row : rows) {
    std::vector<const Row*> own;
    std::vector<double> speeds;
    for (const std::string& value : values) {
      Cell cell = row.cell;
      cell.*member = value;
      own.push_back(row_with(rows, cell));
      const Spread* speed = own.back() == nullptr ? nullptr : own.back()->find(kTrainingSpeed.key);
      if (speed != nullptr) speeds.push_back(speed->median);
    }
    if (speeds.size() < 2 || done.contains(&row)) continue;
    done.insert(own.begin(), own.end());
    const auto beside = [&](Figure figure) {  // "3,870 / 1,638"
      figure.range = false;
      std::vector<std::string> texts;
      texts.reserve(own.size());
      for (const Row* one : own) texts.push_back(one != nullptr ? shown(*one, figure) : kNothing);
      return joined(texts, " / ");
    };
    std::vector<std::string> line{size_text(row), std::to_string(row.cell.dim), row.cell.*other};
    if (variants) line.push_back(variant_text(row));
    line.push_back(beside(kTrainingSpeed));
    const auto [slowest, fastest] = std::minmax_element(speeds.begin(), speeds.end());
    line.push_back(lead_text(*fastest / *slowest));
    for (const Figure& quality : qualities) line.push_back(beside(quality));
    table.rows.push_back(std::move(line));
  }
  return table;
}

}  // namespace

const Figure kTrainingSpeed{"training speed", "training, k words/s", thousands, true};
const Figure kTogetherSpeed{"speed together", "end to end, k words/s", thousands, true};
const Figure kTrainingLead{"training lead", "GPU by CPU, training", lead_text, true};
const Figure kTogetherLead{"lead together", "GPU by CPU, end to end", lead_text, true};
const Figure kCeiling{"ceiling", "of the memory bandwidth", share_text, true};
const Figure kLoss{"loss", "loss", loss_text, true};
const Figure kUnitTime{"seconds_per_unit", "time", short_time, true};

std::optional<Spread> spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return Spread{median, values.front(), values.back()};
}

std::int64_t Row::words() const {
  return runs.empty() ? cell.vocab_size : runs[0].value("vocabulary", cell.vocab_size);
}

const Spread* Row::find(const std::string& key) const {
  const auto found = figures.find(key);
  return found == figures.end() ? nullptr : &found->second;
}

std::vector<Row> summarise(const json& runs, const std::map<std::string, double>& bandwidths) {
  std::vector<Row> rows;
  for (const json& run : runs) {
    const auto cell = run.at("cell").get<Cell>();
    auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.cell == cell; });
    if (row == rows.end()) row = rows.insert(row, {cell, {}, {}, {}});
    if (run.contains("failure"))
      run.at("failure").get_to(row->failure);
    else
      row->runs.push_back(run);
  }
  const auto or_last = [](std::int64_t value) {
    return value > 0 ? value : std::numeric_limits<std::int64_t>::max();
  };
  const auto order = [&](const Row& row) {
    return std::pair(or_last(row.cell.vocab_size), or_last(row.cell.dim));
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return order(a) < order(b); });
  for (Row& row : rows) {
    std::sort(row.runs.begin(), row.runs.end(),
              [](const json& a, const json& b) { return a.at("round") < b.at("round"); });
    std::vector<Figures> figures;
    figures.reserve(row.runs.size());
    for (const json& run : row.runs) figures.push_back(figures_of(run, bandwidths));
    row.figures = spreads_of(figures);
  }
  for (Row& row : rows) {
    Cell on_cpu = row.cell;
    on_cpu.device = "cpu";
    const Row* cpu = row_with(rows, on_cpu);
    if (is_gpu(row.cell.device) && cpu != nullptr) add_leads(row, *cpu);
  }
  return rows;
}

bool any_has(const std::vector<Row>& rows, const std::string& key) {
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.find(key) != nullptr; });
}

std::vector<Figure> quality_figures(const std::vector<Row>& rows) {
  std::map<std::string, Figure> found;
  for (const Row& row : rows)
    for (const auto& [key, spread] : row.figures) {
      const bool rho = key.starts_with("spearman ");
      if (!rho && !key.starts_with("analogies ")) continue;
      const std::string file = key.substr(key.find(' ') + 1);
      found[key] = {key, file.substr(0, file.rfind('.')) + (rho ? " rho" : " right"),
                    rho ? rho_text : share_text, true};
    }
  std::vector<Figure> figures;
  figures.reserve(found.size());
  for (auto& [key, figure] : found) figures.push_back(std::move(figure));
  return figures;
}

std::string range_text(const Spread& spread, const std::function<std::string(double)>& text) {
  const std::string low = text(spread.min);
  const std::string high = text(spread.max);
  return low == high ? low : text(spread.median) + " (" + low + " to " + high + ")";
}

std::string shown(const Row& row, const Figure& figure) {
  const Spread* spread = row.find(figure.key);
  if (spread == nullptr) return kNothing;
  return figure.range ? range_text(*spread, figure.text) : figure.text(spread->median);
}

std::string describe(const json& run) {
  const Row row = summarise(json::array({run})).at(0);
  if (run.contains("units"))
    return shown(row, kUnitTime) + " each, " + with_commas(run.at("units").get<std::int64_t>()) + " timed";
  std::string text = shown(row, kTrainingSpeed) + " k words/s training, " + shown(row, kTogetherSpeed) +
                     " k end to end, loss " + shown(row, kLoss);
  for (const Figure& quality : quality_figures({row}))
    text += ", " + quality.title + " " + shown(row, quality);
  return text;
}

std::vector<Table> comparison_tables(const std::vector<Row>& rows) {
  std::vector<Table> tables{comparison("Losses side by side", rows, &Cell::loss, &Cell::device, "device"),
                            comparison("Devices side by side", rows, &Cell::device, &Cell::loss, "loss")};
  std::erase_if(tables, [](const Table& table) { return table.rows.size() < 2; });
  return tables;
}

std::vector<Table> summary_tables(const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  std::vector<Figure> seconds, outcome{kPeakMemory, kGpuMemory, kLoss};
  for (const char* phase : {"vocabulary", "encode", "prepare", "train", "save"})
    seconds.push_back({phase, phase, seconds_text});
  for (const char* phase : {"kernels", "subsampling"})
    seconds.push_back({phase, std::string("GPU ") + phase, seconds_text});
  for (const char* phase : {"upload", "download", kTogether}) seconds.push_back({phase, phase, seconds_text});
  for (Figure& quality : quality_figures(rows)) outcome.push_back(std::move(quality));
  return {
      table_of("Speed", rows,
               {kTrainingSpeed, kTogetherSpeed, kTrainingLead, kTogetherLead, kKept, kBytes, kCeiling}, true),
      table_of("Seconds", rows, seconds), table_of("Memory, loss and quality", rows, outcome)};
}

std::vector<Line> lines_of(const std::vector<Row>& rows, const Figure& figure) {
  std::vector<Line> lines;
  for (const Row& row : rows) {
    const Spread* spread = row.find(figure.key);
    if (spread == nullptr) continue;
    Cell kind = row.cell;
    kind.vocab_size = 0;
    auto line = std::find_if(lines.begin(), lines.end(), [&](const Line& one) { return one.cell == kind; });
    if (line == lines.end()) line = lines.insert(line, {kind, {}});
    line->points.push_back({static_cast<double>(row.words()), *spread});
  }
  return lines;
}

}  // namespace warp2vec::cli::bench
