#include "host/cli/bench/summary.h"

#include "host/cli/bench/crossover.h"
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

// For each figure of any run the values of all.
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

std::string variant_text(const Row& row) { return row.cell.variant.empty() ? kNothing : row.cell.variant; }

// A line for each row, with the settings in which rows differ, and with the figures that any has.
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
  add("words", &Row::words);
  if (has_variants(rows)) add("variant", variant_text);
  if (with_runs)
    add("runs", [](const Row& row) {
      return std::to_string(row.runs.size()) + (row.failure.empty() ? "" : " (failed)");
    });
  for (const Figure& figure : figures)
    if (std::any_of(rows.begin(), rows.end(),
                    [&](const Row& row) { return row.figures.contains(figure.key); }))
      add(figure.title, [&](const Row& row) { return shown(row, figure); });
  return table;
}

// The rows that differ in `member` alone side by side, a line for each vocabulary size and all else.
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
      if (own.back() != nullptr && own.back()->figures.contains(kTrainingSpeed.key))
        speeds.push_back(own.back()->figures.at(kTrainingSpeed.key).median);
    }
    if (speeds.size() < 2 || done.contains(&row)) continue;
    done.insert(own.begin(), own.end());
    const auto beside = [&](Figure figure) {  // "3,870 / 1,638"
      figure.range = false;
      std::vector<std::string> texts;
      for (const Row* one : own) texts.push_back(one != nullptr ? shown(*one, figure) : kNothing);
      return joined(texts, " / ");
    };
    std::vector<std::string> line{row.words(), std::to_string(row.cell.dim), row.cell.*other};
    if (variants) line.push_back(variant_text(row));
    line.push_back(beside(kTrainingSpeed));
    const auto [slowest, fastest] = std::minmax_element(speeds.begin(), speeds.end());
    line.push_back(lead_text(*fastest / *slowest));
    for (const Figure& quality : qualities) line.push_back(beside(quality));
    table.rows.push_back(std::move(line));
  }
  return table;
}

bool is_loss(const Line& line) { return line.cell.loss != kDraw && !is_build(line); }

const Point* point_at(const Line& line, double words) {
  const auto found = std::find_if(line.points.begin(), line.points.end(),
                                  [&](const Point& point) { return point.x == words; });
  return found == line.points.end() ? nullptr : &*found;
}

// Two lines at one size.
struct Meeting {
  double words = 0;
  double log_ratio = 0;  // of the medians
  bool apart = true;     // no round of one took as long as one of the other
};

std::vector<Meeting> meetings(const Line& a, const Line& b) {
  std::vector<Meeting> out;
  for (const Point& one : a.points)
    if (const Point* other = point_at(b, one.x); other != nullptr)
      out.push_back({one.x, std::log(one.y / other->y), one.high < other->low || other->high < one.low});
  return out;
}

std::string words_text(double words) { return with_commas(std::llround(words)) + " words"; }

// "2.0x with 100 words"; "1.028x with 10 words", which would be rounded to 1.0.
std::string ratio_text(const Meeting& meeting, bool a_cheaper) {
  const double ratio = std::exp(a_cheaper ? -meeting.log_ratio : meeting.log_ratio);
  const bool near = ratio > 0.9 && ratio < 1.1;
  return (meeting.apart ? (near ? format_fixed(ratio, 3) : factor_text(ratio)) + "x" : "within the noise") +
         " with " + words_text(meeting.words);
}

void add_comparisons(const Line& a, const Line& b, const std::string& of, const std::string& name_a,
                     const std::string& name_b, std::vector<Comparison>& found) {
  const std::vector<Meeting> points = meetings(a, b);
  const auto add = [&](bool a_cheaper, double words, bool clear) {
    found.push_back({of, a_cheaper ? name_a : name_b, a_cheaper ? name_b : name_a, words, clear,
                     ratio_text(points.front(), a_cheaper), ratio_text(points.back(), a_cheaper)});
  };
  bool crossed = false;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const Meeting& left = points[i - 1];
    const Meeting& right = points[i];
    if ((left.log_ratio < 0) == (right.log_ratio < 0)) continue;
    crossed = true;
    const double share = left.log_ratio / (left.log_ratio - right.log_ratio);
    add(right.log_ratio < 0, left.words * std::pow(right.words / left.words, share),
        left.apart && right.apart);
  }
  if (!crossed && !points.empty()) add(points[0].log_ratio < 0, 0, true);
}

std::string from_text(const Comparison& comparison) {
  if (comparison.words == 0) return "the smallest measured";
  return "about " + words_text(comparison.words) + (comparison.clear ? "" : ", within the noise");
}

// A row for each size, a column for each of the lines that are `wanted`.
Table times_table(const std::string& title, const std::vector<Line>& lines,
                  const std::function<bool(const Line&)>& wanted) {
  std::set<double> sizes;
  Table table{title, {{"words"}}};
  for (const Line& line : lines) {
    if (!wanted(line)) continue;
    table.rows[0].push_back(to_string(line.cell));
    for (const Point& point : line.points) sizes.insert(point.x);
  }
  for (const double words : sizes) {
    std::vector<std::string> row{with_commas(std::llround(words))};
    for (const Line& line : lines) {
      if (!wanted(line)) continue;
      const Point* point = point_at(line, words);
      row.push_back(point == nullptr ? "-" : range_text({point->low, point->y, point->high}, short_time));
    }
    table.rows.push_back(std::move(row));
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
  return Spread{values.front(), median, values.back()};
}

std::string Row::words() const {
  if (!runs.empty() && runs[0].contains("vocabulary"))
    return with_commas(runs[0].at("vocabulary").get<std::int64_t>());
  return cell.vocab_size > 0 ? with_commas(cell.vocab_size) : "all";
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
  for (auto& [key, figure] : found) figures.push_back(std::move(figure));
  return figures;
}

std::string range_text(const Spread& spread, const std::function<std::string(double)>& text) {
  const std::string low = text(spread.min);
  const std::string high = text(spread.max);
  return low == high ? low : text(spread.median) + " (" + low + " to " + high + ")";
}

std::string shown(const Row& row, const Figure& figure) {
  const auto found = row.figures.find(figure.key);
  if (found == row.figures.end()) return kNothing;
  return figure.range ? range_text(found->second, figure.text) : figure.text(found->second.median);
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
    const auto spread = row.figures.find(figure.key);
    if (spread == row.figures.end()) continue;
    Cell kind = row.cell;
    kind.vocab_size = 0;
    auto line = std::find_if(lines.begin(), lines.end(), [&](const Line& one) { return one.cell == kind; });
    if (line == lines.end()) line = lines.insert(line, {kind, {}});
    const auto& [min, median, max] = spread->second;
    line->points.push_back(
        {row.runs[0].value("vocabulary", static_cast<double>(row.cell.vocab_size)), median, min, max});
  }
  return lines;
}

std::vector<Line> study_lines(const json& runs) {
  std::vector<Row> rows = summarise(runs);
  for (Row& row : rows) row.cell.dim = 0;  // all have the same
  return lines_of(rows, kUnitTime);
}

bool is_build(const Line& line) { return line.cell.loss == kTree || line.cell.loss == kAliasTable; }

std::vector<Comparison> compare(const std::vector<Line>& lines) {
  std::vector<Comparison> losses, devices;
  for (auto a = lines.begin(); a != lines.end(); ++a)
    for (auto b = a + 1; b != lines.end(); ++b) {
      if (!is_loss(*a) || !is_loss(*b)) continue;
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
  std::vector<Table> tables{times_table("Time of a trained pair", lines, is_loss),
                            times_table("Time of one negative draw, and of building table and tree once",
                                        lines, std::not_fn(is_loss))};
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
      table.rows.push_back(
          {what + (is_loss(line) ? ", " + to_string(line.cell) : ""), claim, short_time(point->y * units)});
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

std::string factor_text(double factor) {
  if (factor < 0.995) return format_significant(factor, 2);
  if (factor < 99.95) return format_fixed(factor, 1);
  const double last_digit = std::pow(10, std::floor(std::log10(factor)) - 2);  // of three
  return with_commas(std::llround(std::round(factor / last_digit) * last_digit));
}

std::string short_time(double seconds) {
  const struct {
    double least;
    double unit;
    const char* name;
  } units[] = {{0.9995, 1, " s"}, {0.9995e-3, 1e-3, " ms"}, {0.9995e-6, 1e-6, " us"}, {0, 1e-9, " ns"}};
  for (const auto& unit : units) {
    if (seconds < unit.least) continue;
    const double value = seconds / unit.unit;
    return (value >= 999.5 ? with_commas(std::llround(value)) : format_significant(value, 3)) + unit.name;
  }
  return "?";
}

std::string short_number(double value) {
  if (value >= 999'950) return format_significant(value / 1e6, 3) + "M";
  if (value >= 1000) return format_significant(value / 1e3, 3) + "k";
  return format_significant(value, 3);
}

std::string thousands(double words) {
  const double value = words / 1000;
  return value < 99.95 ? format_fixed(value, 1) : with_commas(std::llround(value));
}

}  // namespace warp2vec::cli::bench
