#include "host/cli/bench/crossover_summary.h"

#include "host/cli/bench/crossover_cells.h"
#include "host/cli/bench/table.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

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

}  // namespace warp2vec::cli::bench
