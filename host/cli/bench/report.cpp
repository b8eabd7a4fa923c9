#include "host/cli/bench/report.h"

#include <warp2vec/error.h>

#include "host/cli/bench/crossover.h"
#include "host/cli/bench/summary.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

constexpr const char* kParts[] = {"trainings", "synthetic", "crossover"};

// Notes on the charts and tables of the page.
constexpr const char* kLeadsNote =
    R"(How many times as fast as the CPU under the same settings, in the same round. Training: seconds of the GPU's
kernels against seconds of training on the CPU. End to end: from the start of the program to its end.)";
constexpr const char* kSpeedsNote =
    R"(Thousand words of the text a second, before subsampling: medians, with a line from the slowest to the fastest
round. Training alone (on a GPU its kernels alone), and from the start of the program to its end. Figures whose
lines overlap are not known to differ, and fewer than three rounds are too few to tell noise from difference.)";
constexpr const char* kQualityNote =
    R"(What vectors are worth over what they cost: medians, with a line from the worst to the best round. Up and to
the left is better.)";
constexpr const char* kLossNote =
    R"(Mean loss of a pair over the seconds since training began; the first round of each. Losses of different
objectives and vocabularies cannot be compared, so each has a chart of its own.)";
constexpr const char* kCeilingNote =
    R"(Of the memory bandwidth: the least bytes that the kept words need, each row read and written once, by the
seconds of training (on a GPU of its training kernels), by the bandwidth that is named below. Rows that stay in
caches may bring it above 100%.)";
constexpr const char* kStudyNote =
    R"(Synthetic text with Zipf counts; nothing is subsampled. A pair is a context word that is trained to predict a
centre. Full softmax looks at every word for each pair, negative sampling at a few, hierarchical softmax at the path
of the word in a Huffman tree; which pairs share these is --sharing's rule, which is chosen for each size as in
training unless it is given. Medians, with a line from the fastest to the slowest round; a second training is timed
after a first that warms the memory, without preparation and transfers. Dashed lines: where two losses, or GPU and
CPU, cross, unless their rounds overlap there.)";

// "cuda, ns, d=100, 70,000 words, sharing=pair"
std::string name_of(const Row& row) {
  Cell cell = row.cell;
  cell.vocab_size = row.words();
  return to_string(cell);
}

// The meaning of the bars, and one bar for each of the two figures that a row has; "" if no row has any.
std::string two_bars(const std::vector<Row>& rows, const Figure& training, const Figure& together,
                     const std::string& title, const std::string& meaning) {
  std::vector<Bar> bars;
  const auto add = [&](const Row& row, const char* name, const Figure& figure, std::size_t colour) {
    if (const Spread* one = row.find(figure.key))
      bars.push_back({name_of(row) + ", " + name, figure.text(one->median), {one->median}, *one, colour});
  };
  for (const Row& row : rows) {
    add(row, "training", training, 0);
    add(row, "end to end", together, 5);
  }
  return bars.empty() ? "" : paragraph(meaning) + bar_chart(title, bars);
}

std::string phases(const std::vector<Row>& rows) {
  const bool gpu = any_has(rows, "kernels");
  std::vector<std::string> names{"vocabulary", "encode", "prepare"};
  const std::size_t before_train = names.size();
  if (gpu) names.insert(names.end(), {"kernels", "subsampling", "upload", "download"});
  std::vector<Bar> bars;
  for (const Row& row : rows) {
    if (row.runs.empty()) continue;
    const auto seconds = [&row](const std::string& phase) {
      const Spread* found = row.find(phase);
      return found == nullptr ? 0.0 : found->median;
    };
    std::vector<double> parts;
    double train = seconds("train");
    double rest = seconds(kTogether) - train - seconds("save");
    for (std::size_t i = 0; i < names.size(); ++i)
      (i < before_train ? rest : train) -= parts.emplace_back(seconds(names[i]));
    for (const double part : {train, seconds("save"), rest}) parts.push_back(std::max(0.0, part));
    bars.push_back({name_of(row), format_duration(seconds(kTogether)), std::move(parts)});
  }
  if (bars.empty()) return "";
  for (const char* name : {gpu ? "train, rest of it" : "train", "save", "start and end"})
    names.emplace_back(name);
  return paragraph("Median seconds of each phase, and of the whole run.") +
         bar_chart("Seconds by phase", bars, names);
}

std::string four_digits(double value) { return format_significant(value, 4); }

std::string quality_charts(const std::vector<Row>& rows) {
  std::string out;
  for (const Figure& quality : quality_figures(rows)) {
    std::vector<Series> series;
    for (const Row& row : rows)
      if (const Spread* one = row.find(quality.key))
        series.push_back({name_of(row), {{row.figures.at(kTogether).median, *one}}});
    out += line_chart(quality.title + " over seconds", {"seconds, end to end", true, four_digits},
                      {quality.title, false, quality.text}, series);
  }
  if (out.empty()) return "";
  return paragraph(kQualityNote) + out;
}

std::string loss_curves(const std::vector<Row>& rows) {
  // Grouped by title and by requested size: two limits may result in the same number of words.
  std::vector<std::pair<std::pair<std::string, std::int64_t>, std::vector<Series>>> charts;
  for (const Row& row : rows) {
    if (row.runs.empty() || row.runs[0].at("loss_curve").size() < 2) continue;
    Cell cell = row.cell;
    cell.vocab_size = 0;
    Series series{to_string(cell), {}};
    for (const json& point : row.runs[0].at("loss_curve"))
      series.points.push_back({point.at(0).get<double>(), {point.at(1).get<double>()}});
    const std::pair key(row.cell.loss + ", " + with_commas(row.words()) + " words", row.cell.vocab_size);
    auto chart =
        std::find_if(charts.begin(), charts.end(), [&](const auto& one) { return one.first == key; });
    if (chart == charts.end()) chart = charts.insert(chart, {key, {}});
    chart->second.push_back(std::move(series));
  }
  if (charts.empty()) return "";
  std::string out = paragraph(kLossNote);
  for (const auto& [key, series] : charts)
    out +=
        line_chart("Loss over seconds of training, " + key.first, {"seconds of training", false, four_digits},
                   {"loss a pair, nats: " + key.first, false, four_digits}, series);
  return out;
}

std::string by_vocabulary(const std::vector<Row>& rows) {
  std::vector<Series> series;
  std::map<double, int> sizes;
  for (const Line& line : lines_of(rows, kTrainingSpeed)) {
    series.push_back({to_string(line.cell), line.points});
    for (const Point& point : line.points) ++sizes[point.x];
  }
  if (sizes.size() < 2) return "";
  return paragraph("Words a second of training alone (on a GPU of its kernels); both axes are logarithmic.") +
         line_chart("Words a second over the size of the vocabulary",
                    {"words of the vocabulary", true, short_number}, {"words/s", true, short_number}, series);
}

using Bandwidths = std::map<std::string, double>;

std::vector<Row> rows_of(const json& content, const std::string& part) {
  if (!content.contains(part)) return {};
  return summarise(content.at(part).at("runs"), content.value("bandwidths", Bandwidths()));
}

std::vector<Line> study_lines_of(const json& content) {
  return content.contains("crossover") ? study_lines(content.at("crossover").at("runs"))
                                       : std::vector<Line>();
}

std::vector<Series> series_of(const std::vector<Line>& lines, bool builds) {
  std::vector<Series> all;
  for (const Line& line : lines)
    if (is_build(line.cell) == builds) all.push_back({to_string(line.cell), line.points});
  return all;
}

std::vector<Section> crossover_sections(const std::vector<Line>& lines) {
  std::vector<Mark> marks;
  for (const Comparison& one : compare(lines))
    if (one.words > 0 && one.clear)
      marks.push_back(
          {one.words, one.of + ": " + one.cheaper + " is cheaper than " + one.dearer + " from here on"});
  const Axis words{"words of the vocabulary", true, short_number};
  const std::string pairs = line_chart("Time of a trained pair over the size of the vocabulary", words,
                                       {"time of a trained pair, and of one negative draw", true, short_time},
                                       series_of(lines, false), marks);
  const std::string builds =
      line_chart("Time of building tree and table over the size of the vocabulary", words,
                 {"time of building, once a run", true, short_time}, series_of(lines, true));
  return {{"Time of a pair by vocabulary", paragraph(kStudyNote) + pairs},
          {"Building the tree and the table", builds},
          {"Draws, steps and trees beside what is claimed", html_table(claims_table(lines))},
          {"All figures of the study", html_tables(study_tables(lines))}};
}

// For the trainings in `part`; `of` is appended to the titles.
std::vector<Section> trainings_sections(const json& content, const std::string& part, const std::string& of) {
  const std::vector<Row> rows = rows_of(content, part);
  if (rows.empty()) return {};
  std::string leads =
      two_bars(rows, kTrainingLead, kTogetherLead, "Speed of the GPU by that of the CPU", kLeadsNote);
  if (leads.empty()) leads = paragraph("No GPU was measured beside the CPU.");
  return {{"GPU against CPU" + of, leads},
          {"Speed" + of, two_bars(rows, kTrainingSpeed, kTogetherSpeed, "Words a second", kSpeedsNote)},
          {"Quality against time" + of, quality_charts(rows)},
          {"Phases" + of, phases(rows)},
          {"Loss over time" + of, loss_curves(rows)},
          {"Speed by vocabulary" + of, by_vocabulary(rows)},
          {"All figures of the trainings" + of,
           (any_has(rows, kCeiling.key) ? paragraph(kCeilingNote) : "") + html_tables(summary_tables(rows))}};
}

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump(-1, ' ', false, json::error_handler_t::replace);
  std::vector<std::string> texts;
  for (const json& one : value) texts.push_back(text_of(one));
  return joined(texts);
}

Section comparisons(const json& content) {
  std::vector<Table> tables = comparison_tables(rows_of(content, "trainings"));
  for (Table& table : comparison_tables(rows_of(content, "synthetic"))) {
    table.title += ", synthetic text";
    tables.push_back(std::move(table));
  }
  std::string html = html_tables(tables);
  if (html.empty())
    html = paragraph(
        "No two losses or devices were trained under the same settings: bench --input TEXT --losses ns,hs");
  const std::string crossings = html_table(crossing_table(compare(study_lines_of(content))));
  html += crossings.empty()
              ? paragraph("From which vocabulary on? Not measured: bench --study crossover")
              : crossings + paragraph("Threads of the CPU in the study: " +
                                      text_of(content.at("crossover").at("settings").at("threads")) + ".");
  return {"In short", html};
}

// "epochs 1, lr 0.025"
std::string settings_text(const json& settings) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : settings.items())
    if (!value.is_array() || !value.empty()) texts.push_back(name + " " + text_of(value));
  return joined(texts);
}

Section conditions_section(const json& content) {
  const json& machine = content.at("machine");
  Table table{"",
              {{"what", "value"},
               {"processor", text_of(machine.at("cpu")) + ", " + text_of(machine.at("cores")) + " cores, " +
                                 text_of(machine.at("threads")) + " hardware threads"}}};
  for (const char* names : {"gpus", "remarks"})
    for (const auto& [name, value] : content.at(names).items()) table.rows.push_back({name, text_of(value)});
  for (const auto& [device, bytes] : content.value("bandwidths", Bandwidths()))
    table.rows.push_back({"memory bandwidth, " + device, format_bytes(std::llround(bytes)) + "/s"});
  table.rows.push_back({"warp2vec", settings_text(content.at("program"))});
  for (const char* part : kParts)
    if (content.contains(part)) table.rows.push_back({part, settings_text(content.at(part).at("settings"))});
  return {"Machine and settings", html_table(table)};
}

std::vector<std::string> failures_in(const json& part) {
  std::vector<std::string> texts;
  for (const json& run : part.at("runs"))
    if (run.contains("failure"))
      texts.push_back(to_string(run.at("cell").get<Cell>()) + ": " + run.at("failure").get<std::string>());
  return texts;
}

std::vector<std::string> missed_in(const json& part) {
  return part.value("not_measured", std::vector<std::string>());
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
  return "warp2vec bench: " + joined(parts);
}

// Seconds of a program / seconds of warp2vec.
std::string lead_of(const json& program, const char* phase) {
  const json leads = program.value("times_the_seconds_of_warp2vec", json::object());
  if (program.at("program") == "warp2vec" || !leads.contains(phase) || !leads.at(phase).is_number())
    return "";
  return format_fixed(leads.at(phase).get<double>(), 1) + "x";
}

Section peers_section(const json& results) {
  const std::vector<std::string> phases{"vocabulary", "training", "save", "rest"};
  const json& summary = results.at("summary");
  std::vector<Row> rows;
  for (const json& program : summary) {
    Row& row = rows.emplace_back();
    const auto speed = program.at("words_per_second").get<double>();
    row.figures[kTrainingSpeed.key] =
        spread_of(program.at("words_per_second_of_runs").get<std::vector<double>>())
            .value_or(Spread{speed, speed, speed});
    for (const auto& [key, value] : program.at("quality").items())
      if (value.is_number()) row.figures[key] = {value, value, value};
  }
  const std::vector<Figure> qualities = quality_figures(rows);
  Table table{"",
              {{"program", "threads", "runs", "k words/s", "warp2vec's lead", "together, s", "lead together",
                "peak memory"}}};
  for (const Figure& quality : qualities) table.rows[0].push_back(quality.title);
  std::vector<Bar> speeds, times;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const json& program = summary.at(i);
    const auto name = program.at("program").get<std::string>();
    const std::string threads = std::to_string(program.at("threads").get<int>());
    const json& seconds = program.at("seconds");
    const std::string together = format_fixed(seconds.at("together").get<double>(), 2);
    const auto speed = program.at("words_per_second").get<double>();
    table.rows.push_back({name, threads, std::to_string(program.at("runs").get<int>()),
                          shown(rows[i], kTrainingSpeed), lead_of(program, "training"), together,
                          lead_of(program, "together"),
                          format_bytes(program.at("peak_memory_bytes").get<std::int64_t>())});
    for (const Figure& quality : qualities) table.rows.back().push_back(shown(rows[i], quality));
    std::string label = name;
    label.append(", threads: ").append(threads);
    std::vector<double> parts;
    parts.reserve(phases.size());
    for (const std::string& phase : phases) parts.push_back(std::max(0.0, seconds.at(phase).get<double>()));
    times.push_back({label, together + " s", std::move(parts)});
    speeds.push_back({label,
                      thousands(speed) + " k words/s",
                      {speed},
                      *rows[i].find(kTrainingSpeed.key),
                      name == "warp2vec" ? std::size_t{0} : std::size_t{7}});
  }
  const json& machine = results.at("machine");
  std::vector<std::string> notes{text_of(machine.at("cpu")) + ", " + text_of(machine.at("cores")) +
                                 " cores; " + text_of(results.at("date")) + "; commit " +
                                 text_of(results.at("commit")) + "; text " +
                                 text_of(results.at("corpus").at("name"))};
  for (const json& note : results.value("notes", json::array())) notes.push_back(note.get<std::string>());
  return {"Beside other programs", bar_chart("Words a second of training beside other programs", speeds) +
                                       bar_chart("Seconds by phase beside other programs", times, phases) +
                                       html_table(table) + bullet_list(notes)};
}

}  // namespace

std::string report_page(const json& content) {
  std::vector<Section> sections{comparisons(content)};
  const auto add = [&sections](std::vector<Section> more) {
    std::move(more.begin(), more.end(), std::back_inserter(sections));
  };
  add(trainings_sections(content, "trainings", ""));
  add(trainings_sections(content, "synthetic", ", synthetic text"));
  if (content.contains("crossover")) add(crossover_sections(study_lines_of(content)));
  for (const std::string part : kParts)
    if (content.contains(part))
      add({{"Failed: " + part, bullet_list(failures_in(content.at(part)))},
           {"Not measured, for the time budget was over: " + part,
            bullet_list(missed_in(content.at(part)))}});
  if (content.contains("peers")) sections.push_back(peers_section(content.at("peers")));
  sections.push_back(conditions_section(content));
  return html_page(title_of(content), sections);
}

std::vector<Table> tables_of(const json& content, const std::string& part) {
  std::vector<Table> tables;
  if (part == "crossover") {
    const std::vector<Line> lines = study_lines_of(content);
    tables = study_tables(lines);
    if (Table crossings = crossing_table(compare(lines)); crossings.rows.size() > 1)
      tables.push_back(std::move(crossings));
  } else {
    const std::vector<Row> rows = rows_of(content, part);
    tables = summary_tables(rows);
    for (Table& table : comparison_tables(rows)) tables.push_back(std::move(table));
  }
  Table missed{"Not measured, for the time budget was over", {}};
  for (const std::string& run : missed_in(content.at(part))) missed.rows.push_back({run});
  if (!missed.rows.empty()) tables.push_back(std::move(missed));
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
