#include "host/cli/bench/rounds.h"

#include <warp2vec/error.h>

#include "host/cli/run/interrupt.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <new>

namespace warp2vec::cli::bench {

namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

// How long what is left may take: each cell as long as it took last, an unknown one as the mean of the known.
class TimeLeft {
 public:
  TimeLeft(const std::vector<NamedCell>& cells, int rounds, const ResultsFile& results)
      : took_(cells.size(), -1), missing_(cells.size(), 0) {
    for (std::size_t c = 0; c < cells.size(); ++c)
      for (int round = 1; round <= rounds; ++round) missing_[c] += results.has(cells[c].key, round) ? 0 : 1;
  }

  void ran(std::size_t cell, double seconds) {
    took_[cell] = seconds;
    --missing_[cell];
  }
  void given_up(std::size_t cell) { missing_[cell] = 0; }

  std::string text() const {
    double known = 0;
    int cells = 0;
    for (const double seconds : took_) {
      if (seconds < 0) continue;
      known += seconds;
      ++cells;
    }
    double left = 0;
    for (std::size_t c = 0; c < took_.size(); ++c)
      left += missing_[c] * (took_[c] < 0 ? known / cells : took_[c]);
    if (left <= 0) return "";
    const bool guessed = std::any_of(took_.begin(), took_.end(), [](double seconds) { return seconds < 0; });
    return (guessed ? "; perhaps " : "; about ") + format_duration(left) + " left";
  }

 private:
  std::vector<double> took_;  // seconds; below 0 = not known
  std::vector<int> missing_;  // rounds
};

// Without memory for one cell others may still be measured.
json measured(const Measuring& measuring, const NamedCell& cell, int round) {
  std::string why;
  try {
    return measuring.measure(cell, round);
  } catch (const Error& error) {
    why = error.what();
  } catch (const std::bad_alloc&) {
    why = "not enough memory";
  }
  return {{"cell", cell.key}, {"round", round}, {"failure", why}};
}

}  // namespace

int run_rounds(const std::vector<NamedCell>& cells, int rounds, const Measuring& measuring,
               ResultsFile& results, ProgressDisplay& display) {
  TimeLeft left(cells, rounds, results);
  std::vector<bool> failed(cells.size(), false);
  int failures = 0;
  std::size_t number = 0;
  std::size_t kept = 0;
  for (int round = 1; round <= rounds; ++round) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
      ++number;
      if (results.has(cells[c].key, round)) {
        ++kept;
        continue;
      }
      if (failed[c]) continue;
      if (kept > 0) display.say(std::to_string(kept) + " finished runs are taken over");
      kept = 0;
      stop_if_interrupted();
      const std::string head = std::to_string(number) + " of " +
                               std::to_string(cells.size() * static_cast<std::size_t>(rounds)) + ", round " +
                               std::to_string(round) + ": " + cells[c].name;
      display.show(head + " ...");
      const auto begin = Clock::now();
      json run = measured(measuring, cells[c], round);
      left.ran(c, std::chrono::duration<double>(Clock::now() - begin).count());
      if (run.contains("failure")) {
        ++failures;
        failed[c] = true;
        left.given_up(c);
        display.say(head + ": FAILED: " + run.at("failure").get<std::string>());
      } else {
        display.say(head + ": " + measuring.describe(run) + left.text());
      }
      results.add(std::move(run));
    }
  }
  if (kept > 0) display.say(std::to_string(kept) + " finished runs are taken over");
  return failures;
}

}  // namespace warp2vec::cli::bench
