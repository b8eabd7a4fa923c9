#include "host/cli/bench/crossover_report.h"

#include "host/cli/bench/charts.h"
#include "host/cli/bench/crossover_cells.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>

namespace warp2vec::cli::bench {
namespace {

constexpr std::int64_t kClaimedSize = 46'677;

std::string name_of(const StudyLine& line) { return line.device + ", " + line.what; }

std::optional<double> median_at(const std::vector<StudyLine>& lines, const std::string& what,
                                std::int64_t words) {
  for (const StudyLine& line : lines) {
    const auto found = line.seconds.find(words);
    if (line.what == what && found != line.seconds.end()) return found->second.median;
  }
  return {};
}

bool is_build(const StudyLine& line) { return line.what == kTree || line.what == kAliasTable; }

std::vector<Series> series_of(const std::vector<StudyLine>& lines, bool builds) {
  std::vector<Series> all;
  for (const StudyLine& line : lines) {
    if (is_build(line) != builds) continue;
    Series series{name_of(line), {}};
    for (const auto& [words, seconds] : line.seconds)
      series.points.push_back({static_cast<double>(words), seconds.median, seconds.min, seconds.max});
    all.push_back(std::move(series));
  }
  return all;
}

// A row for each size, a column for each of the lines that are `wanted`.
Table times_table(const std::vector<StudyLine>& lines, const std::function<bool(const StudyLine&)>& wanted) {
  std::set<std::int64_t> sizes;
  std::vector<const StudyLine*> columns;
  Table table{{"words"}};
  for (const StudyLine& line : lines) {
    if (!wanted(line)) continue;
    columns.push_back(&line);
    table[0].push_back(name_of(line));
    for (const auto& [words, seconds] : line.seconds) sizes.insert(words);
  }
  for (const std::int64_t words : sizes) {
    std::vector<std::string> row{with_commas(words)};
    for (const StudyLine* line : columns) {
      const auto found = line->seconds.find(words);
      row.push_back(found == line->seconds.end() ? "-" : with_range(found->second, short_time));
    }
    table.push_back(std::move(row));
  }
  return table;
}

std::vector<std::string> failures(const nlohmann::json& runs) {
  std::vector<std::string> texts;
  for (const nlohmann::json& run : runs) {
    if (run.contains("failure"))
      texts.push_back(to_string(run.at("cell").get<Cell>()) + ": " + run.at("failure").get<std::string>());
  }
  return texts;
}

}  // namespace

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

std::vector<NamedTable> study_tables(const std::vector<StudyLine>& lines) {
  std::vector<NamedTable> tables;
  if (Table pairs = times_table(lines, is_loss); pairs.size() > 1)
    tables.push_back({"Time of a trained pair", std::move(pairs)});
  if (Table rest = times_table(lines, [](const StudyLine& line) { return !is_loss(line); }); rest.size() > 1)
    tables.push_back({"Time of one negative draw, and of building table and tree once", std::move(rest)});
  return tables;
}

Table claims_table(const std::vector<StudyLine>& lines) {
  Table table{{"work", "claim", "here, medians"}};
  const auto add = [&](const std::string& what, const std::string& claim, std::optional<double> seconds,
                       double factor) {
    if (seconds) table.push_back({what, claim, short_time(*seconds * factor)});
  };
  const std::optional<double> draw = median_at(lines, kDraw, kClaimedSize);
  add("20 negatives of 46,677 words", "0.02 s a call of numpy's choice", draw, 20);
  add("20 negatives for each of a batch of 100", "2 s", draw, 2000);
  for (const StudyLine& line : lines) {
    if (is_build(line) || line.what != "ns" || !line.seconds.contains(kClaimedSize)) continue;
    add("training a batch of 100 pairs, draws included, " + name_of(line), "0.1 s for the gradient step",
        line.seconds.at(kClaimedSize).median, 100);
  }
  add("Huffman tree of 46,677 words", "7 to 8 s of CPU", median_at(lines, kTree, kClaimedSize), 1);
  for (const StudyLine& ns : lines) {
    if (ns.what != "ns") continue;
    for (const StudyLine& softmax : lines) {
      if (softmax.what != "softmax" || softmax.device != ns.device) continue;
      for (const std::string& text : crossing_texts({ns, softmax}, Compared::losses))
        table.push_back(
            {"negative sampling instead of full softmax", "pays only for large vocabularies", text});
    }
  }
  if (table.size() == 1) return {};
  return table;
}

std::vector<Section> crossover_sections(const std::vector<StudyLine>& lines, const nlohmann::json& runs) {
  if (runs.empty()) return {};
  std::vector<Mark> marks;
  std::vector<std::string> texts;
  for (const Compared compared : {Compared::losses, Compared::devices}) {
    for (const Crossing& crossing : crossings(lines, compared))
      if (crossing.clear) marks.push_back({crossing.words, name_of(crossing)});
    for (std::string& text : crossing_texts(lines, compared)) texts.push_back(std::move(text));
  }
  const Axis words{"words of the vocabulary", true, short_number};
  const std::string pairs = line_chart("Time of a trained pair over the size of the vocabulary", words,
                                       {"time of a trained pair, and of one negative draw", true, short_time},
                                       series_of(lines, false), marks);
  const std::string builds =
      line_chart("Time of building tree and table over the size of the vocabulary", words,
                 {"time of building, once a run", true, short_time}, series_of(lines, true));
  const std::string intro = paragraph(
      "Made text with Zipf counts; nothing is subsampled. A pair is a context word that is trained to "
      "predict a "
      "centre. Full softmax looks at every word for each pair, negative sampling at a few, hierarchical "
      "softmax "
      "at the path of the word in a Huffman tree. Medians, with a line from the fastest to the slowest "
      "round; a "
      "second training is timed after a first that warms the memory, without preparation and transfers. "
      "Negatives and the contexts of a path are shared by neighbouring pairs (--sharing).");
  const std::string note =
      paragraph("Dashed lines: where two losses, or GPU and CPU, cross, unless their rounds overlap there.") +
      bullet_list(texts);
  std::string tables;
  for (const NamedTable& table : study_tables(lines))
    tables += heading(table.title) + html_table(table.table);
  return {{"Time of a pair by vocabulary", intro + (pairs.empty() ? "" : pairs + note)},
          {"Building the tree and the table", builds},
          {"Draws, steps and trees beside what is claimed", html_table(claims_table(lines), Cells::words)},
          {"All figures of the study", tables},
          {"Failed in the study", bullet_list(failures(runs))}};
}

}  // namespace warp2vec::cli::bench
