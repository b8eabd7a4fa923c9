#include "host/cli/bench/report.h"

#include <warp2vec/error.h>

#include "host/cli/bench/charts.h"
#include "host/cli/bench/crossover_report.h"
#include "host/cli/bench/page.h"
#include "host/cli/bench/results_file.h"
#include "host/cli/bench/summary.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace warp2vec::cli::bench {

using nlohmann::json;

json runs_of(const json& content, const char* part) {
  return content.contains(part) ? content.at(part).at("runs") : json::array();
}

Findings findings_of(const json& content) {
  Findings findings{summarise(runs_of(content, "trainings").get<std::vector<MeasuredRun>>()),
                    study_lines(runs_of(content, "crossover"))};
  if (content.contains("crossover"))
    content.at("crossover").at("settings").at("threads").get_to(findings.study_threads);
  return findings;
}

namespace {

// "2.1" or "1.9 to 2.3": medians of several settings.
std::string range_text(const std::vector<double>& medians,
                       const std::function<std::string(double)>& text = factor_text) {
  const auto [low, high] = std::minmax_element(medians.begin(), medians.end());
  return text(*low) == text(*high) ? text(*low) : text(*low) + " to " + text(*high);
}

std::string settings_text(std::size_t count) {
  return count == 1 ? " (one setting)" : " (" + std::to_string(count) + " settings)";
}

std::vector<std::string> devices_compared(const Findings& findings) {
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> leads;
  for (const Row& row : findings.rows) {
    if (!row.lead_together) continue;
    leads[row.cell.device].second.push_back(row.lead_together->median);
    if (row.lead_in_training) leads[row.cell.device].first.push_back(row.lead_in_training->median);
  }
  std::vector<std::string> texts;
  for (const auto& [device, lead] : leads) {
    const auto& [training, together] = lead;
    std::string text = device + " against cpu:";
    if (!training.empty()) text += " " + range_text(training) + " times the words a second in training,";
    texts.push_back(text + " " + range_text(together) + " times end to end" + settings_text(together.size()));
  }
  const std::string beside = " (with " + std::to_string(findings.study_threads) +
                             (findings.study_threads == 1 ? " thread" : " threads") + " on the CPU)";
  for (const std::string& text : crossing_texts(findings.lines, Compared::devices))
    texts.push_back(std::string("a pair of ").append(text).append(beside));
  if (texts.empty()) texts.emplace_back("No GPU was measured beside the CPU.");
  return texts;
}

template <class Value>
std::vector<Value> distinct(const std::vector<Row>& rows, Value(Cell::*member)) {
  std::vector<Value> values;
  for (const Row& row : rows) {
    if (std::find(values.begin(), values.end(), row.cell.*member) == values.end())
      values.push_back(row.cell.*member);
  }
  return values;
}

const Row* row_of(const std::vector<Row>& rows, const Cell& cell) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.cell == cell; });
  return found == rows.end() || !found->training ? nullptr : &*found;
}

// How often as fast `fast` trains as `slow`, for each setting that has both.
std::vector<double> ratios(const std::vector<Row>& rows, const std::string& device, const std::string& fast,
                           const std::string& slow) {
  std::vector<double> found;
  for (const Row& row : rows) {
    if (row.cell.device != device || row.cell.loss != fast || !row.training) continue;
    Cell other = row.cell;
    other.loss = slow;
    if (const Row* beside = row_of(rows, other))
      found.push_back(row.training->median / beside->training->median);
  }
  return found;
}

std::string speeds_compared(const std::string& device, const std::string& a, const std::string& b,
                            std::vector<double> by) {
  std::string fast = a;
  std::string slow = b;
  if (*std::max_element(by.begin(), by.end()) < 1) {
    std::swap(fast, slow);
    for (double& ratio : by) ratio = 1 / ratio;
  }
  return device + ": " + fast + " trains " + range_text(by) + " times as many words a second as " + slow +
         settings_text(by.size());
}

// "ws353 rho: ns 0.610 to 0.652, hs 0.600": medians of all devices and settings.
std::vector<std::string> qualities(const std::vector<Row>& rows) {
  std::set<std::string> keys;
  for (const Row& row : rows)
    for (const auto& [key, spread] : row.quality) keys.insert(key);
  std::vector<std::string> texts;
  for (const std::string& key : keys) {
    std::string text;
    for (const std::string& loss : distinct(rows, &Cell::loss)) {
      std::vector<double> medians;
      for (const Row& row : rows) {
        const auto found = row.quality.find(key);
        if (row.cell.loss == loss && found != row.quality.end()) medians.push_back(found->second.median);
      }
      if (medians.empty()) continue;
      text += (text.empty() ? ": " : ", ") + loss + " " +
              range_text(medians, [&](double value) { return quality_text(key, value); });
    }
    texts.push_back(quality_name(key) + text);
  }
  return texts;
}

std::vector<std::string> losses_compared(const std::vector<Row>& rows) {
  std::vector<std::string> texts;
  const std::vector<std::string> losses = distinct(rows, &Cell::loss);
  for (const std::string& device : distinct(rows, &Cell::device)) {
    for (std::size_t a = 0; a < losses.size(); ++a) {
      for (std::size_t b = a + 1; b < losses.size(); ++b) {
        const std::vector<double> by = ratios(rows, device, losses[a], losses[b]);
        if (!by.empty()) texts.push_back(speeds_compared(device, losses[a], losses[b], by));
      }
    }
  }
  if (texts.empty())
    texts.emplace_back(
        "No two losses were trained under the same settings: bench --input TEXT --losses ns,hs");
  for (std::string& text : qualities(rows)) texts.push_back(std::move(text));
  return texts;
}

}  // namespace

std::vector<Answer> answers(const Findings& findings) {
  std::vector<std::string> crossing = crossing_texts(findings.lines, Compared::losses);
  if (crossing.empty()) crossing.emplace_back("Not measured: bench --study crossover");
  return {{"GPU or CPU?", devices_compared(findings)},
          {"Which method?", losses_compared(findings.rows)},
          {"From which vocabulary on?", std::move(crossing)}};
}

namespace {

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
  const auto times = [](double value) { return factor_text(value) + "x"; };
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

// The series of this name; a new one at the end if there is none.
Series& named(std::vector<Series>& all, const std::string& name) {
  auto found = std::find_if(all.begin(), all.end(), [&](const Series& one) { return one.name == name; });
  if (found == all.end()) found = all.insert(all.end(), {name, {}});
  return *found;
}

struct LossChart {
  std::string title;
  std::int64_t vocab_size = 0;  // as asked for: two limits may leave the same words
  std::vector<Series> series;
};

std::string loss_curves(const std::vector<Row>& rows) {
  std::vector<LossChart> charts;
  for (const Row& row : rows) {
    if (row.runs.empty() || row.runs[0].loss_curve.size() < 2) continue;
    const std::string title = row.cell.loss + ", " + size_of(row);
    auto chart = std::find_if(charts.begin(), charts.end(), [&](const LossChart& one) {
      return one.title == title && one.vocab_size == row.cell.vocab_size;
    });
    if (chart == charts.end()) chart = charts.insert(charts.end(), {title, row.cell.vocab_size, {}});
    Series& series = named(chart->series, row.cell.device + ", d=" + std::to_string(row.cell.dim));
    for (const LossPoint& point : row.runs[0].loss_curve)
      series.points.push_back({.x = point.seconds, .y = point.loss});
  }
  if (charts.empty()) return "";
  std::string out = paragraph(
      "Mean loss of a pair over the seconds since training began; the first round of each. Losses of "
      "different objectives and vocabularies cannot be compared, so each has a chart of its own.");
  const auto number = [](double value) { return format_significant(value, 4); };
  for (const LossChart& chart : charts)
    out += heading(chart.title) + line_chart("Loss over seconds of training, " + chart.title,
                                             {"seconds of training", false, number},
                                             {"loss a pair, nats", false, number}, chart.series);
  return out;
}

std::string by_vocabulary(const std::vector<Row>& rows) {
  std::vector<Series> lines;
  std::set<std::int64_t> sizes;
  for (const Row& row : rows) {  // by rising size
    if (!row.training) continue;
    sizes.insert(row.runs[0].vocabulary);
    named(lines, row.cell.device + ", " + row.cell.loss + ", d=" + std::to_string(row.cell.dim))
        .points.push_back({static_cast<double>(row.runs[0].vocabulary), row.training->median,
                           row.training->min, row.training->max});
  }
  if (sizes.size() < 2) return "";
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

std::vector<Section> trainings_sections(const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  std::string tables;
  for (const NamedTable& table : summary_tables(rows))
    tables += heading(table.title) + html_table(table.table);
  return {{"GPU against CPU", leads(rows)},
          {"Speed", noise_note(rows) + speeds(rows)},
          {"Phases", phases(rows)},
          {"Loss over time", loss_curves(rows)},
          {"Speed by vocabulary", by_vocabulary(rows)},
          {"All figures of the trainings", tables},
          {"Trainings that failed", failures(rows)}};
}

namespace {

using nlohmann::json;

std::string lead(const json& row, const char* phase) {
  if (row.at("program") == "warp2vec" || !row.contains("times_the_seconds_of_warp2vec")) return "";
  const json& leads = row.at("times_the_seconds_of_warp2vec");
  return leads.contains(phase) && leads.at(phase).is_number()
             ? format_fixed(leads.at(phase).get<double>(), 1) + "x"
             : "";
}

std::string bar_name(const std::string& program, const std::string& threads) {
  return program + ", threads: " + threads;
}

std::string section_html(const json& results) {
  const json& summary = results.at("summary");
  std::set<std::string> quality;
  for (const json& row : summary)
    for (const auto& [key, value] : row.at("quality").items()) quality.insert(key);
  Table table{{"program", "threads", "runs", "k words/s", "warp2vec's lead", "together, s", "lead together",
               "peak memory"}};
  for (const std::string& key : quality) table[0].push_back(quality_name(key));
  std::vector<Bar> bars;
  for (const json& row : summary) {
    const auto speed = row.at("words_per_second").get<double>();
    const auto program = row.at("program").get<std::string>();
    const std::string threads = std::to_string(row.at("threads").get<int>());
    const std::optional<Spread> spread =
        spread_of(row.at("words_per_second_of_runs").get<std::vector<double>>());
    table.push_back({program, threads, std::to_string(row.at("runs").get<int>()),
                     with_range(spread, thousands), lead(row, "training"),
                     format_fixed(row.at("seconds").at("together").get<double>(), 2), lead(row, "together"),
                     format_bytes(row.at("peak_memory_bytes").get<std::int64_t>())});
    for (const std::string& key : quality) {
      const json value = row.at("quality").value(key, json());
      table.back().push_back(value.is_number() ? quality_text(key, value.get<double>()) : "-");
    }
    bars.push_back({bar_name(program, threads), thousands(speed) + " k words/s", speed,
                    spread ? spread->min : speed, spread ? spread->max : speed,
                    program == "warp2vec" ? std::size_t{0} : std::size_t{7}});
  }
  const json& machine = results.at("machine");
  std::vector<std::string> notes{machine.at("cpu").get<std::string>() + ", " +
                                 std::to_string(machine.at("cores").get<int>()) + " cores; " +
                                 results.at("date").get<std::string>() + "; commit " +
                                 results.at("commit").get<std::string>() + "; text " +
                                 results.at("corpus").at("name").get<std::string>()};
  for (const json& note : results.value("notes", json::array())) notes.push_back(note.get<std::string>());
  return bar_chart("Words a second of training beside other programs", bars) + html_table(table) +
         bullet_list(notes);
}

}  // namespace

json load_peers(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error("cannot read --peers " + path);
  try {
    json results = json::parse(in);
    peers_section(results);
    return results;
  } catch (const json::exception& error) {
    throw Error("--peers " + path + " is not what benchmarks/compare_peers writes: " + error.what());
  }
}

Section peers_section(const json& results) { return {"Beside other programs", section_html(results)}; }

namespace {

using nlohmann::json;

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  for (const json& one : value) out += (out.empty() ? "" : ", ") + text_of(one);
  return out;
}

// "epochs 1, lr 0.025"
std::string settings_text(const json& settings) {
  std::string out;
  for (const auto& [name, value] : settings.items()) {
    if (value.is_array() && value.empty()) continue;
    out += (out.empty() ? "" : ", ") + name + " " + text_of(value);
  }
  return out;
}

Section answers_section(const Findings& findings) {
  std::string html;
  for (const Answer& answer : answers(findings)) html += heading(answer.question) + bullet_list(answer.texts);
  return {"In short", html};
}

Section conditions_section(const json& content) {
  Table table{{"what", "value"}};
  const json& machine = content.at("machine");
  table.push_back({"processor", text_of(machine.at("cpu")) + ", " + text_of(machine.at("cores")) +
                                    " cores, " + text_of(machine.at("threads")) + " hardware threads"});
  for (const auto& [device, name] : content.at("gpus").items()) table.push_back({device, text_of(name)});
  for (const auto& [name, value] : content.at("remarks").items()) table.push_back({name, text_of(value)});
  table.push_back({"warp2vec", settings_text(content.at("program"))});
  for (const char* part : {"trainings", "crossover"}) {
    if (content.contains(part)) table.push_back({part, settings_text(content.at(part).at("settings"))});
  }
  return {"Machine and settings", html_table(table, Cells::words)};
}

}  // namespace

std::string report_page(const json& content, const Findings& findings) {
  std::vector<Section> sections{answers_section(findings)};
  const auto add = [&sections](std::vector<Section> more) {
    for (Section& section : more) sections.push_back(std::move(section));
  };
  add(trainings_sections(findings.rows));
  add(crossover_sections(findings.lines, runs_of(content, "crossover")));
  if (content.contains("peers")) sections.push_back(peers_section(content.at("peers")));
  sections.push_back(conditions_section(content));
  return html_page("warp2vec bench", sections);
}

std::string write_report(const std::string& folder, const std::string& html) {
  std::string path = (std::filesystem::path(folder) / kReportFile).string();
  AtomicFile file(path);
  file.write(html);
  file.commit();
  return path;
}

}  // namespace warp2vec::cli::bench
