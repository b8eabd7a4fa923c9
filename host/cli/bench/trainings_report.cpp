#include "host/cli/bench/trainings_report.h"

#include "host/cli/bench/charts.h"
#include "host/cli/bench/svg.h"
#include "host/cli/terminal/text.h"

#include <algorithm>
#include <set>

namespace warp2vec::cli::bench {
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

}  // namespace warp2vec::cli::bench
