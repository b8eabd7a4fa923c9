#include "cli/bench/report.h"

#include "atomic_file.h"
#include "cli/bench/charts.h"
#include "cli/bench/svg.h"
#include "cli/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

std::string heading(const std::string& text) { return "<h3>" + escaped(text) + "</h3>\n"; }

std::string size_of(const Row& row) {
  return row.runs.empty() ? words_of(row.cell) : with_commas(row.runs[0].vocabulary) + " words";
}

std::string name_of(const Row& row) {
  return row.cell.device + ", " + row.cell.loss + ", d=" + std::to_string(row.cell.dim) + ", " + size_of(row);
}

Bar bar_of(const std::string& label, const Spread& spread, const std::string& text, std::size_t colour) {
  return {label, text, spread.median, spread.min, spread.max, colour};
}

std::string leads(const std::vector<Row>& rows) {
  std::vector<Bar> bars;
  const auto times = [](double value) { return format_fixed(value, 1) + "x"; };
  for (const Row& row : rows) {
    const std::string name =
        row.cell.loss + ", d=" + std::to_string(row.cell.dim) + ", " + size_of(row) + ", " + row.cell.device;
    if (row.lead_in_training)
      bars.push_back(
          bar_of(name + ", training", *row.lead_in_training, times(row.lead_in_training->median), 0));
    if (row.lead_together)
      bars.push_back(bar_of(name + ", end to end", *row.lead_together, times(row.lead_together->median), 5));
  }
  if (bars.empty()) return paragraph("No GPU was measured beside the CPU.");
  return paragraph(
             "How many times as fast as the CPU under the same settings, in the same round. Training: "
             "seconds of the GPU's kernels against seconds of training on the CPU. End to end: from the "
             "start "
             "of the program to its end.") +
         bar_chart("Speed of the GPU by that of the CPU", bars);
}

std::string speeds(const std::vector<Row>& rows) {
  std::vector<Bar> bars;
  for (const Row& row : rows) {
    if (row.training)
      bars.push_back(bar_of(name_of(row) + ", training", *row.training, thousands(row.training->median), 0));
    if (row.together)
      bars.push_back(
          bar_of(name_of(row) + ", end to end", *row.together, thousands(row.together->median), 5));
  }
  if (bars.empty()) return "";
  return paragraph(
             "Thousand words of the text a second, before subsampling: medians, with a line from the slowest "
             "to the fastest round. Training alone (on a GPU its kernels alone), and from the start of the "
             "program to its end.") +
         bar_chart("Words a second", bars);
}

double seconds_of(const Row& row, const std::string& phase) {
  const auto found = row.seconds.find(phase);
  return found == row.seconds.end() ? 0 : std::max(0.0, found->second.median);
}

std::string phases(const std::vector<Row>& rows) {
  const bool gpu =
      std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.seconds.contains(kKernels); });
  std::vector<std::string> names{"vocabulary", "encode", "prepare"};
  const std::vector<std::string> on_gpu{kKernels, "subsampling", "upload", "download"};
  if (gpu) names.insert(names.end(), on_gpu.begin(), on_gpu.end());
  names.emplace_back(gpu ? "train, rest of it" : "train");
  const std::vector<Row>& all = rows;
  std::vector<Stack> stacks;
  for (const Row& row : all) {
    if (row.runs.empty()) continue;
    Stack stack{name_of(row), format_duration(seconds_of(row, kTogether)), {}};
    double train = seconds_of(row, "train");
    for (const char* phase : {"vocabulary", "encode", "prepare"})
      stack.parts.push_back(seconds_of(row, phase));
    if (gpu) {
      for (const std::string& phase : on_gpu) {
        const double part = row.seconds.contains(kKernels) ? seconds_of(row, phase) : 0;
        stack.parts.push_back(part);
        train -= part;
      }
    }
    stack.parts.push_back(std::max(0.0, train));
    stack.parts.push_back(seconds_of(row, "save"));
    double sum = 0;
    for (const double part : stack.parts) sum += part;
    stack.parts.push_back(std::max(0.0, seconds_of(row, kTogether) - sum));
    stacks.push_back(std::move(stack));
  }
  names.emplace_back("save");
  names.emplace_back("start and end");
  if (stacks.empty()) return "";
  return paragraph("Median seconds of each phase, and of the whole run.") +
         stacked_chart("Seconds by phase", names, stacks);
}

std::string loss_curves(const std::vector<Row>& rows) {
  std::map<std::tuple<std::string, std::int64_t>, std::vector<const Row*>> groups;
  for (const Row& row : rows) {
    if (!row.runs.empty() && row.runs[0].loss_curve.size() > 1)
      groups[{row.cell.loss, row.cell.vocab_size}].push_back(&row);
  }
  std::string out;
  for (const auto& [key, members] : groups) {
    std::vector<Series> series;
    for (const Row* row : members) {
      Series one{row->cell.device + ", d=" + std::to_string(row->cell.dim), {}};
      for (const LossPoint& point : row->runs[0].loss_curve)
        one.points.emplace_back(point.seconds, point.loss);
      series.push_back(std::move(one));
    }
    const auto number = [](double value) { return format_significant(value, 4); };
    out += heading(std::get<0>(key) + ", " + size_of(*members[0])) +
           line_chart("Loss over seconds of training, " + std::get<0>(key),
                      {"seconds of training", false, number}, {"loss a pair, nats", false, number}, series);
  }
  if (out.empty()) return "";
  return paragraph(
             "Mean loss of a pair over the seconds since training began; the first round of each. Losses of "
             "different objectives and vocabularies cannot be compared, so each has a chart of its own.") +
         out;
}

std::string by_vocabulary(const std::vector<Row>& rows) {
  std::map<std::string, std::map<double, double>> series;
  std::set<std::int64_t> sizes;
  for (const Row& row : rows) {
    if (!row.training) continue;
    sizes.insert(row.runs[0].vocabulary);
    series[row.cell.device + ", " + row.cell.loss + ", d=" + std::to_string(row.cell.dim)]
          [static_cast<double>(row.runs[0].vocabulary)] = row.training->median;
  }
  if (sizes.size() < 2) return "";
  std::vector<Series> lines;
  for (const auto& [name, points] : series) lines.push_back({name, {points.begin(), points.end()}});
  return paragraph("Words a second of training alone (on a GPU of its kernels); both axes are logarithmic.") +
         line_chart("Words a second over the size of the vocabulary",
                    {"words of the vocabulary", true, short_number}, {"words/s", true, short_number}, lines);
}

std::string failures(const std::vector<Row>& rows) {
  std::vector<std::string> texts;
  for (const Row& row : rows) {
    if (!row.failure.empty()) texts.push_back(to_string(row.cell) + ": " + row.failure);
  }
  return bullet_list(texts);
}

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  for (const json& one : value) out += (out.empty() ? "" : ", ") + text_of(one);
  return out;
}

std::string noise_note(const std::vector<Row>& rows) {
  std::size_t fewest = SIZE_MAX;
  double widest = 0;
  for (const Row& row : rows) {
    if (!row.together) continue;
    fewest = std::min(fewest, row.runs.size());
    widest = std::max(widest, row.together->max / row.together->min);
  }
  if (fewest == SIZE_MAX) return "";
  std::string text = "Each combination was run " +
                     (fewest == 1 ? std::string("once") : "at least " + std::to_string(fewest) + " times") +
                     ", in rounds. ";
  if (fewest < 3) text += "That is too little to tell noise from difference. ";
  if (widest > 1)
    text +=
        "The fastest round of a combination was up to " + format_fixed(widest, 2) +
        " times as fast as its slowest, end to end: smaller differences between combinations mean little.";
  return paragraph(text);
}

}  // namespace

Section conditions_section(const json& content) {
  const json& conditions = content.at("conditions");
  Table table{{"what", "value"}};
  if (conditions.contains("machine")) {
    const json& machine = conditions.at("machine");
    table.push_back({"processor", text_of(machine.value("cpu", json(""))) + ", " +
                                      text_of(machine.value("cores", json(0))) + " cores, " +
                                      text_of(machine.value("threads", json(0))) + " hardware threads"});
    const json gpus = machine.value("gpus", json::object());
    for (const auto& [device, name] : gpus.items()) table.push_back({device, text_of(name)});
  }
  if (content.contains("memory_bytes"))
    table.push_back({"memory", format_bytes(content.at("memory_bytes").get<std::int64_t>())});
  if (content.contains("system")) table.push_back({"system", text_of(content.at("system"))});
  for (const auto& [name, value] : conditions.items()) {
    if (name == "machine" || (value.is_array() && value.empty())) continue;
    table.push_back({name == "input_bytes" ? "input" : name,
                     name == "input_bytes" ? format_bytes(value.get<std::int64_t>()) : text_of(value)});
  }
  return {"Machine and settings", html_table(table, Cells::words)};
}

std::string trainings_report(const json& content, const std::vector<Row>& rows,
                             const std::vector<Section>& further) {
  std::vector<Section> sections{{"", noise_note(rows)},
                                {"GPU against CPU", leads(rows)},
                                {"Speed", speeds(rows)},
                                {"Phases", phases(rows)},
                                {"Loss over time", loss_curves(rows)},
                                {"Speed by vocabulary", by_vocabulary(rows)},
                                {"All figures", html_table(summary_table(rows))},
                                {"Failed", failures(rows)}};
  sections.insert(sections.end(), further.begin(), further.end());
  sections.push_back(conditions_section(content));
  return html_page("warp2vec bench", sections);
}

std::string write_report(const std::string& folder, const std::string& html) {
  const std::string path = (std::filesystem::path(folder) / "report.html").string();
  AtomicFile file(path);
  file.write(html);
  file.commit();
  return path;
}

}  // namespace warp2vec::cli::bench
