#include "host/cli/bench/crossover_report.h"

#include "host/cli/bench/charts.h"
#include "host/cli/bench/crossover.h"
#include "host/cli/bench/summary.h"
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

using nlohmann::json;

bool comparable(const StudyLine& a, const StudyLine& b, Compared compared) {
  if (!is_loss(a) || !is_loss(b)) return false;
  if (compared == Compared::losses) return a.device == b.device;
  return a.what == b.what &&
         ((a.device == "cpu" && is_gpu(b.device)) || (is_gpu(a.device) && b.device == "cpu"));
}

// Calls `use` with each two lines that can be compared.
void each_two(const std::vector<StudyLine>& lines, Compared compared,
              const std::function<void(const StudyLine&, const StudyLine&)>& use) {
  for (std::size_t a = 0; a < lines.size(); ++a) {
    for (std::size_t b = a + 1; b < lines.size(); ++b) {
      if (comparable(lines[a], lines[b], compared)) use(lines[a], lines[b]);
    }
  }
}

// In what two lines differ, and what they have in common.
const std::string& own(const StudyLine& line, Compared compared) {
  return compared == Compared::losses ? line.what : line.device;
}
const std::string& common(const StudyLine& line, Compared compared) {
  return compared == Compared::losses ? line.device : line.what;
}

// Two lines at one size.
struct Meeting {
  double log_words = 0;
  double log_ratio = 0;  // of the medians
  bool apart = true;     // no round of one took as long as one of the other
};

std::vector<Meeting> meetings(const StudyLine& a, const StudyLine& b) {
  std::vector<Meeting> out;
  for (const auto& [words, one] : a.seconds) {
    const auto found = b.seconds.find(words);
    if (found == b.seconds.end()) continue;
    const Spread& other = found->second;
    out.push_back({std::log(static_cast<double>(words)), std::log(one.median / other.median),
                   one.max < other.min || other.max < one.min});
  }
  return out;
}

// "by 2.0 times with 100 words"; "by 2.8% with 10 words", which would round to a factor of 1.0.
std::string difference_text(const Meeting& point) {
  const double factor = std::exp(std::abs(point.log_ratio));
  std::string text = "within the noise";
  if (point.apart)
    text =
        "by " + (factor < 1.1 ? format_fixed(100 * (factor - 1), 1) + "%" : factor_text(factor) + " times");
  return text + " with " + with_commas(std::llround(std::exp(point.log_words))) + " words";
}

// Of two lines that never change order.
std::string at_every_size(const std::string& a, const std::string& b, const std::vector<Meeting>& points) {
  const bool a_cheaper = points[0].log_ratio < 0;
  const std::string text = (a_cheaper ? a : b) + " is cheaper than " + (a_cheaper ? b : a);
  if (points.size() == 1) return text + " " + difference_text(points[0]);
  return text + " at every size that was measured, " + difference_text(points.front()) + ", " +
         difference_text(points.back());
}

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

}  // namespace

bool is_loss(const StudyLine& line) {
  return line.what != kDraw && line.what != kAliasTable && line.what != kTree;
}

std::vector<StudyLine> study_lines(const json& runs) {
  std::vector<StudyLine> lines;
  std::vector<std::map<std::int64_t, std::vector<double>>> values;
  for (const json& run : runs) {
    if (run.contains("failure")) continue;
    const auto cell = run.at("cell").get<Cell>();
    const auto same = [&](const StudyLine& line) {
      return line.device == cell.device && line.what == cell.loss;
    };
    auto at = std::find_if(lines.begin(), lines.end(), same);
    if (at == lines.end()) {
      lines.push_back({cell.device, cell.loss, {}});
      values.emplace_back();
      at = lines.end() - 1;
    }
    values[static_cast<std::size_t>(at - lines.begin())][cell.vocab_size].push_back(
        run.at("seconds_per_unit").get<double>());
  }
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (auto& [words, seconds] : values[i]) lines[i].seconds[words] = *spread_of(std::move(seconds));
  return lines;
}

std::vector<Crossing> crossings(const std::vector<StudyLine>& lines, Compared compared) {
  std::vector<Crossing> found;
  each_two(lines, compared, [&](const StudyLine& a, const StudyLine& b) {
    const std::vector<Meeting> points = meetings(a, b);
    for (std::size_t i = 1; i < points.size(); ++i) {
      const Meeting& left = points[i - 1];
      const Meeting& right = points[i];
      if ((left.log_ratio < 0) == (right.log_ratio < 0)) continue;
      const double share = left.log_ratio / (left.log_ratio - right.log_ratio);
      const double words = std::exp(left.log_words + (right.log_words - left.log_words) * share);
      const bool a_cheaper = right.log_ratio < 0;
      found.push_back({common(a, compared), own(a_cheaper ? a : b, compared),
                       own(a_cheaper ? b : a, compared), words, left.apart && right.apart});
    }
  });
  return found;
}

std::string name_of(const Crossing& crossing) {
  return crossing.under + ": " + crossing.cheaper + " is cheaper than " + crossing.dearer + " from here on";
}

std::vector<std::string> crossing_texts(const std::vector<StudyLine>& lines, Compared compared) {
  std::vector<std::string> texts;
  each_two(lines, compared, [&](const StudyLine& a, const StudyLine& b) {
    const std::vector<Meeting> points = meetings(a, b);
    if (points.empty()) return;
    const std::vector<Crossing> found = crossings({a, b}, compared);
    for (const Crossing& crossing : found)
      texts.push_back(crossing.under + ": from about " + with_commas(std::llround(crossing.words)) +
                      " words on " + crossing.cheaper + " is cheaper than " + crossing.dearer +
                      (crossing.clear ? "" : " (their rounds overlap there, so it may be noise)"));
    if (found.empty())
      texts.push_back(common(a, compared) + ": " + at_every_size(own(a, compared), own(b, compared), points));
  });
  return texts;
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

std::vector<Section> crossover_sections(const std::vector<StudyLine>& lines) {
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
      "Synthetic text with Zipf counts; nothing is subsampled. A pair is a context word that is trained to "
      "predict a centre. Full softmax looks at every word for each pair, negative sampling at a few, "
      "hierarchical softmax at the path of the word in a Huffman tree. Medians, with a line from the fastest "
      "to the slowest round; a second training is timed after a first that warms the memory, without "
      "preparation and transfers. Negatives and the contexts of a path are shared by neighbouring pairs "
      "(--sharing).");
  const std::string note =
      paragraph("Dashed lines: where two losses, or GPU and CPU, cross, unless their rounds overlap there.") +
      bullet_list(texts);
  return {{"Time of a pair by vocabulary", intro + (pairs.empty() ? "" : pairs + note)},
          {"Building the tree and the table", builds},
          {"Draws, steps and trees beside what is claimed", html_table(claims_table(lines))},
          {"All figures of the study", html_tables(study_tables(lines))}};
}

}  // namespace warp2vec::cli::bench
