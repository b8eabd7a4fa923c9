#include "cli/bench/crossover_summary.h"

#include "cli/bench/crossover_cells.h"
#include "cli/bench/table.h"
#include "cli/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

// Calls `use` with each two losses of a device.
void each_two(const std::vector<StudyLine>& lines,
              const std::function<void(const StudyLine&, const StudyLine&)>& use) {
  for (std::size_t a = 0; a < lines.size(); ++a) {
    for (std::size_t b = a + 1; b < lines.size(); ++b) {
      if (is_loss(lines[a]) && is_loss(lines[b]) && lines[a].device == lines[b].device)
        use(lines[a], lines[b]);
    }
  }
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

std::string times_text(double log_ratio) { return factor_text(std::exp(std::abs(log_ratio))) + " times"; }

std::string words_text(double log_words) { return with_commas(std::llround(std::exp(log_words))) + " words"; }

// Of two lines that never change order.
std::string at_every_size(const StudyLine& a, const StudyLine& b, const std::vector<Meeting>& points) {
  const bool a_cheaper = points[0].log_ratio < 0;
  const Meeting& first = points.front();
  const Meeting& last = points.back();
  std::string text = (a_cheaper ? a.what : b.what) + " is cheaper than " + (a_cheaper ? b.what : a.what);
  if (points.size() == 1)
    return text + " with " + words_text(first.log_words) + ", by " + times_text(first.log_ratio);
  return text + " at every size that was measured, by " + times_text(first.log_ratio) + " with " +
         words_text(first.log_words) + ", by " + times_text(last.log_ratio) + " with " +
         words_text(last.log_words);
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

std::vector<Crossing> crossings(const std::vector<StudyLine>& lines) {
  std::vector<Crossing> found;
  each_two(lines, [&](const StudyLine& a, const StudyLine& b) {
    const std::vector<Meeting> points = meetings(a, b);
    for (std::size_t i = 1; i < points.size(); ++i) {
      const Meeting& left = points[i - 1];
      const Meeting& right = points[i];
      if ((left.log_ratio < 0) == (right.log_ratio < 0)) continue;
      const double share = left.log_ratio / (left.log_ratio - right.log_ratio);
      const double words = std::exp(left.log_words + (right.log_words - left.log_words) * share);
      const bool a_cheaper = right.log_ratio < 0;
      found.push_back({a.device, a_cheaper ? a.what : b.what, a_cheaper ? b.what : a.what, words,
                       left.apart && right.apart});
    }
  });
  return found;
}

std::vector<std::string> crossing_texts(const std::vector<StudyLine>& lines) {
  std::vector<std::string> texts;
  each_two(lines, [&](const StudyLine& a, const StudyLine& b) {
    const std::vector<Meeting> points = meetings(a, b);
    if (points.empty()) return;
    const std::vector<Crossing> own = crossings({a, b});
    for (const Crossing& crossing : own)
      texts.push_back(a.device + ": from about " + with_commas(std::llround(crossing.words)) + " words on " +
                      crossing.cheaper + " is cheaper than " + crossing.dearer +
                      (crossing.clear ? "" : " (their rounds overlap there, so it may be noise)"));
    if (own.empty()) texts.push_back(a.device + ": " + at_every_size(a, b, points));
  });
  return texts;
}

}  // namespace warp2vec::cli::bench
