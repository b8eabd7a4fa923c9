#include "host/cli/bench/report.h"

#include <warp2vec/error.h>

#include "host/cli/bench/charts.h"
#include "host/cli/bench/results_file.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

std::string words_text(const Row& row) { return size_text(row) + " words"; }

// "cuda, ns, d=100, 70,000 words, sharing=pair"
std::string name_of(const Row& row) {
  Cell cell = row.cell;
  cell.vocab_size = 0;
  cell.variant.clear();
  return to_string(cell) + ", " + words_text(row) + (row.cell.variant.empty() ? "" : ", " + row.cell.variant);
}

// Without its vocabulary: what becomes a line over them.
std::string kind_of(const Row& row) {
  Cell cell = row.cell;
  cell.vocab_size = 0;
  return to_string(cell);
}

// A bar for each of the two figures that a row has.
std::vector<Bar> bars_of(const std::vector<Row>& rows, std::optional<Spread> Row::*training,
                         std::optional<Spread> Row::*together,
                         const std::function<std::string(double)>& text) {
  std::vector<Bar> bars;
  const auto add = [&](const Row& row, const char* name, const std::optional<Spread>& spread,
                       std::size_t colour) {
    if (spread)
      bars.push_back({name_of(row) + ", " + name,
                      text(spread->median),
                      {spread->median},
                      spread->min,
                      spread->max,
                      colour});
  };
  for (const Row& row : rows) {
    add(row, "training", row.*training, 0);
    add(row, "end to end", row.*together, 5);
  }
  return bars;
}

std::string leads(const std::vector<Row>& rows) {
  const std::vector<Bar> bars = bars_of(rows, &Row::lead_in_training, &Row::lead_together,
                                        [](double value) { return factor_text(value) + "x"; });
  if (bars.empty()) return paragraph("No GPU was measured beside the CPU.");
  return paragraph(
             "How many times as fast as the CPU under the same settings, in the same round. Training: "
             "seconds "
             "of the GPU's kernels against seconds of training on the CPU. End to end: from the start of the "
             "program to its end.") +
         bar_chart("Speed of the GPU by that of the CPU", bars);
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

std::string speeds(const std::vector<Row>& rows) {
  const std::vector<Bar> bars = bars_of(rows, &Row::training, &Row::together, thousands);
  if (bars.empty()) return "";
  return noise_note(rows) +
         paragraph(
             "Thousand words of the text a second, before subsampling: medians, with a line from the slowest "
             "to the fastest round. Training alone (on a GPU its kernels alone), and from the start of the "
             "program to its end.") +
         bar_chart("Words a second", bars);
}

std::string phases(const std::vector<Row>& rows) {
  std::vector<std::string> names(std::begin(kPhases), std::end(kPhases));
  const auto kernels = [](const Row& row) { return row.seconds.contains(kKernels); };
  const bool gpu = std::any_of(rows.begin(), rows.end(), kernels);
  if (gpu) {
    names.insert(names.begin() + 3, std::begin(kGpuPhases), std::end(kGpuPhases));
    *(names.end() - 2) = "train, rest of it";
  }
  names.emplace_back("start and end");
  std::vector<Bar> bars;
  for (const Row& row : rows) {
    if (row.runs.empty()) continue;
    const auto seconds = [&row](const char* phase) {
      const auto found = row.seconds.find(phase);
      return found == row.seconds.end() ? 0.0 : std::max(0.0, found->second.median);
    };
    std::vector<double> parts;
    double train = seconds("train");
    double rest = seconds(kTogether) - train;
    for (const char* phase : {"vocabulary", "encode", "prepare"}) rest -= parts.emplace_back(seconds(phase));
    for (const char* phase : kGpuPhases) {
      if (gpu) train -= parts.emplace_back(kernels(row) ? seconds(phase) : 0);
    }
    parts.push_back(std::max(0.0, train));
    rest -= parts.emplace_back(seconds("save"));
    parts.push_back(std::max(0.0, rest));
    bars.push_back({name_of(row), format_duration(seconds(kTogether)), std::move(parts)});
  }
  if (bars.empty()) return "";
  return paragraph("Median seconds of each phase, and of the whole run.") +
         bar_chart("Seconds by phase", bars, names);
}

// The series of this name; a new one at the end if there is none.
Series& named(std::vector<Series>& all, const std::string& name) {
  auto found = std::find_if(all.begin(), all.end(), [&](const Series& one) { return one.name == name; });
  if (found == all.end()) found = all.insert(all.end(), {name, {}});
  return *found;
}

std::string four_digits(double value) { return format_significant(value, 4); }

std::string quality_charts(const std::vector<Row>& rows) {
  std::string out;
  for (const std::string& key : quality_keys(rows)) {
    std::vector<Series> series;
    for (const Row& row : rows) {
      const auto found = row.quality.find(key);
      if (found == row.quality.end()) continue;
      const Spread& quality = found->second;
      series.push_back(
          {name_of(row), {{row.seconds.at(kTogether).median, quality.median, quality.min, quality.max}}});
    }
    const std::string name = quality_name(key);
    out += line_chart(name + " over seconds", {"seconds, end to end", true, four_digits},
                      {name, false, [&](double value) { return quality_text(key, value); }}, series);
  }
  if (out.empty()) return "";
  return paragraph(
             "What vectors are worth over what they cost: medians, with a line from the worst to the best "
             "round. Up and to the left is better.") +
         out;
}

std::string loss_curves(const std::vector<Row>& rows) {
  // By title and by the size that was asked for: two limits may leave the same words.
  std::vector<std::pair<std::pair<std::string, std::int64_t>, std::vector<Series>>> charts;
  for (const Row& row : rows) {
    if (row.runs.empty() || row.runs[0].loss_curve.size() < 2) continue;
    const std::pair key(row.cell.loss + ", " + words_text(row), row.cell.vocab_size);
    auto chart =
        std::find_if(charts.begin(), charts.end(), [&](const auto& one) { return one.first == key; });
    if (chart == charts.end()) chart = charts.insert(charts.end(), {key, {}});
    Series& series = named(chart->second, kind_of(row));
    for (const LossPoint& point : row.runs[0].loss_curve)
      series.points.push_back({.x = point.seconds, .y = point.loss});
  }
  if (charts.empty()) return "";
  std::string out = paragraph(
      "Mean loss of a pair over the seconds since training began; the first round of each. Losses of "
      "different objectives and vocabularies cannot be compared, so each has a chart of its own.");
  for (const auto& [key, series] : charts)
    out +=
        line_chart("Loss over seconds of training, " + key.first, {"seconds of training", false, four_digits},
                   {"loss a pair, nats: " + key.first, false, four_digits}, series);
  return out;
}

std::string by_vocabulary(const std::vector<Row>& rows) {
  std::vector<Series> lines;
  std::set<std::int64_t> sizes;
  for (const Row& row : rows) {  // by rising size
    if (!row.training) continue;
    sizes.insert(row.runs[0].vocabulary);
    named(lines, kind_of(row))
        .points.push_back({static_cast<double>(row.runs[0].vocabulary), row.training->median,
                           row.training->min, row.training->max});
  }
  if (sizes.size() < 2) return "";
  return paragraph("Words a second of training alone (on a GPU of its kernels); both axes are logarithmic.") +
         line_chart("Words a second over the size of the vocabulary",
                    {"words of the vocabulary", true, short_number}, {"words/s", true, short_number}, lines);
}

std::vector<std::string> failures(const json& runs) {
  std::vector<std::string> texts;
  for (const json& run : runs) {
    if (run.contains("failure"))
      texts.push_back(to_string(run.at("cell").get<Cell>()) + ": " + run.at("failure").get<std::string>());
  }
  return texts;
}

std::vector<Row> rows_of(const json& content, const std::string& part) {
  if (!content.contains(part)) return {};
  return summarise(content.at(part).at("runs").get<std::vector<MeasuredRun>>(),
                   content.value("bandwidths", std::map<std::string, double>()));
}

std::vector<StudyLine> lines_of(const json& content) {
  return content.contains("crossover") ? study_lines(content.at("crossover").at("runs"))
                                       : std::vector<StudyLine>();
}

std::string bandwidth_note(const json& content, const std::vector<Row>& rows) {
  std::string text;
  for (const auto& [device, bytes] : content.value("bandwidths", std::map<std::string, double>()))
    text += (text.empty() ? "" : ", ") + device + " " + format_bytes(std::llround(bytes)) + "/s";
  if (!std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.of_ceiling.has_value(); }))
    return "";
  return paragraph(
      "Of the memory bandwidth: the least bytes that the kept words need, each row read and "
      "written once, by the seconds of training (on a GPU of its training kernels), by " +
      text + ". Rows that stay in caches may bring it above 100%.");
}

// Of the trainings in `part`; `of` ends the titles.
std::vector<Section> trainings_sections(const json& content, const std::string& part, const std::string& of) {
  const std::vector<Row> rows = rows_of(content, part);
  if (rows.empty()) return {};
  return {{"GPU against CPU" + of, leads(rows)},
          {"Speed" + of, speeds(rows)},
          {"Quality against time" + of, quality_charts(rows)},
          {"Phases" + of, phases(rows)},
          {"Loss over time" + of, loss_curves(rows)},
          {"Speed by vocabulary" + of, by_vocabulary(rows)},
          {"All figures of the trainings" + of,
           bandwidth_note(content, rows) + html_tables(summary_tables(rows))}};
}

Section comparisons(const json& content) {
  std::string html;
  html += html_tables(comparison_tables(rows_of(content, "trainings")));
  for (const NamedTable& table : comparison_tables(rows_of(content, "synthetic")))
    html += heading(table.title + ", synthetic text") + html_table(table.table);
  if (html.empty())
    html = paragraph(
        "No two losses or devices were trained under the same settings: bench --input TEXT "
        "--losses ns,hs");
  const std::vector<StudyLine> lines = lines_of(content);
  std::vector<std::string> crossing = crossing_texts(lines, Compared::losses);
  for (std::string& text : crossing_texts(lines, Compared::devices)) crossing.push_back(std::move(text));
  html += heading("From which vocabulary on?");
  html += crossing.empty() ? paragraph("Not measured: bench --study crossover") : bullet_list(crossing);
  if (!crossing.empty())
    html += paragraph("Threads of the CPU in the study: " +
                      content.at("crossover").at("settings").at("threads").dump() + ".");
  return {"In short", html};
}

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

constexpr const char* kParts[] = {"trainings", "synthetic", "crossover"};

Section conditions_section(const json& content) {
  Table table{{"what", "value"}};
  const json& machine = content.at("machine");
  table.push_back({"processor", text_of(machine.at("cpu")) + ", " + text_of(machine.at("cores")) +
                                    " cores, " + text_of(machine.at("threads")) + " hardware threads"});
  for (const auto& [device, name] : content.at("gpus").items()) table.push_back({device, text_of(name)});
  for (const auto& [name, value] : content.at("remarks").items()) table.push_back({name, text_of(value)});
  table.push_back({"warp2vec", settings_text(content.at("program"))});
  for (const char* part : kParts) {
    if (content.contains(part)) table.push_back({part, settings_text(content.at(part).at("settings"))});
  }
  return {"Machine and settings", html_table(table)};
}

std::vector<std::string> missed_in(const json& content, const std::string& part) {
  return content.contains(part) ? content.at(part).value("not_measured", std::vector<std::string>())
                                : std::vector<std::string>();
}

// "warp2vec bench: wiki8.txt, NVIDIA H100, AMD EPYC, 2026-11-29"
std::string title_of(const json& content) {
  std::vector<std::string> parts;
  if (content.contains("trainings"))
    for (const json& input : content.at("trainings").at("settings").at("inputs"))
      parts.push_back(std::filesystem::path(input.get<std::string>()).filename().string());
  if (content.contains("synthetic")) parts.emplace_back("synthetic text");
  if (content.contains("crossover")) parts.emplace_back("crossover study");
  for (const auto& [device, name] : content.at("gpus").items()) parts.push_back(text_of(name));
  parts.push_back(text_of(content.at("machine").at("cpu")));
  if (content.at("remarks").contains("date")) parts.push_back(text_of(content.at("remarks").at("date")));
  std::string title = "warp2vec bench: ";
  for (std::size_t i = 0; i < parts.size(); ++i) title += (i > 0 ? ", " : "") + parts[i];
  return title;
}

std::string lead_of(const json& row, const char* phase) {
  if (row.at("program") == "warp2vec" || !row.contains("times_the_seconds_of_warp2vec")) return "";
  const json& leads = row.at("times_the_seconds_of_warp2vec");
  return leads.contains(phase) && leads.at(phase).is_number()
             ? format_fixed(leads.at(phase).get<double>(), 1) + "x"
             : "";
}

Section peers_section(const json& results) {
  const json& summary = results.at("summary");
  std::set<std::string> quality;
  for (const json& row : summary)
    for (const auto& [key, value] : row.at("quality").items()) quality.insert(key);
  Table table{{"program", "threads", "runs", "k words/s", "warp2vec's lead", "together, s", "lead together",
               "peak memory"}};
  for (const std::string& key : quality) table[0].push_back(quality_name(key));
  const std::vector<std::string> phases{"vocabulary", "training", "save", "rest"};
  std::vector<Bar> bars;
  std::vector<Bar> times;
  for (const json& row : summary) {
    const auto speed = row.at("words_per_second").get<double>();
    const auto program = row.at("program").get<std::string>();
    const std::string threads = std::to_string(row.at("threads").get<int>());
    const std::optional<Spread> spread =
        spread_of(row.at("words_per_second_of_runs").get<std::vector<double>>());
    table.push_back(
        {program, threads, std::to_string(row.at("runs").get<int>()), with_range(spread, thousands),
         lead_of(row, "training"), format_fixed(row.at("seconds").at("together").get<double>(), 2),
         lead_of(row, "together"), format_bytes(row.at("peak_memory_bytes").get<std::int64_t>())});
    for (const std::string& key : quality) {
      const json value = row.at("quality").value(key, json());
      table.back().push_back(value.is_number() ? quality_text(key, value.get<double>()) : "-");
    }
    std::string label = program;
    label.append(", threads: ").append(threads);
    times.push_back({label, format_fixed(row.at("seconds").at("together").get<double>(), 2) + " s", {}});
    for (const std::string& phase : phases)
      times.back().parts.push_back(std::max(0.0, row.at("seconds").at(phase).get<double>()));
    bars.push_back({label,
                    thousands(speed) + " k words/s",
                    {speed},
                    spread ? spread->min : speed,
                    spread ? spread->max : speed,
                    program == "warp2vec" ? std::size_t{0} : std::size_t{7}});
  }
  const json& machine = results.at("machine");
  std::vector<std::string> notes{text_of(machine.at("cpu")) + ", " + text_of(machine.at("cores")) +
                                 " cores; " + text_of(results.at("date")) + "; commit " +
                                 text_of(results.at("commit")) + "; text " +
                                 text_of(results.at("corpus").at("name"))};
  for (const json& note : results.value("notes", json::array())) notes.push_back(note.get<std::string>());
  return {"Beside other programs", bar_chart("Words a second of training beside other programs", bars) +
                                       bar_chart("Seconds by phase beside other programs", times, phases) +
                                       html_table(table) + bullet_list(notes)};
}

}  // namespace

std::string report_page(const json& content) {
  std::vector<Section> sections{comparisons(content)};
  const auto add = [&sections](std::vector<Section> more) {
    for (Section& section : more) sections.push_back(std::move(section));
  };
  add(trainings_sections(content, "trainings", ""));
  add(trainings_sections(content, "synthetic", ", synthetic text"));
  if (content.contains("crossover")) add(crossover_sections(lines_of(content)));
  for (const std::string part : kParts) {
    if (!content.contains(part)) continue;
    add({{"Failed: " + part, bullet_list(failures(content.at(part).at("runs")))},
         {"Not measured, for the time budget was over: " + part, bullet_list(missed_in(content, part))}});
  }
  if (content.contains("peers")) sections.push_back(peers_section(content.at("peers")));
  sections.push_back(conditions_section(content));
  return html_page(title_of(content), sections);
}

std::vector<NamedTable> tables_of(const json& content, const std::string& part) {
  std::vector<NamedTable> tables;
  const auto add = [&tables](std::vector<NamedTable> more) {
    for (NamedTable& table : more) tables.push_back(std::move(table));
  };
  const auto add_list = [&](const char* title, const std::vector<std::string>& texts) {
    Table table;
    for (const std::string& text : texts) table.push_back({text});
    if (!texts.empty()) tables.push_back({title, std::move(table)});
  };
  if (part == "crossover") {
    const std::vector<StudyLine> lines = lines_of(content);
    add(study_tables(lines));
    for (const Compared compared : {Compared::losses, Compared::devices})
      add_list("Crossings", crossing_texts(lines, compared));
  } else {
    const std::vector<Row> rows = rows_of(content, part);
    add(summary_tables(rows));
    add(comparison_tables(rows));
  }
  add_list("Not measured, for the time budget was over", missed_in(content, part));
  return tables;
}

std::string write_report(const std::string& folder, const std::string& html) {
  std::string path = (std::filesystem::path(folder) / kReportFile).string();
  AtomicFile file(path);
  file.write(html);
  file.commit();
  return path;
}

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

std::string peers_page(const json& peers) {
  return html_page("warp2vec bench: other programs, " + text_of(peers.at("corpus").at("name")) + ", " +
                       text_of(peers.at("machine").at("cpu")) + ", " + text_of(peers.at("date")),
                   {peers_section(peers)});
}

}  // namespace warp2vec::cli::bench
