#include "host/cli/bench/answers.h"

#include "host/cli/bench/table.h"
#include "host/cli/terminal/text.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace warp2vec::cli::bench {
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

}  // namespace warp2vec::cli::bench
