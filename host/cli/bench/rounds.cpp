#include "host/cli/bench/rounds.h"

#include <warp2vec/error.h>

#include "host/cli/run/interrupt.h"
#include "host/cli/terminal/text.h"

#include <cstddef>
#include <new>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

struct State {
  double seconds = -1;  // that its last run took; below 0 = not known
  int missing = 0;      // rounds
};

// How long what is left may take, unknown cells as long as the mean of the known: "; about 1m05s left".
std::string time_left(const std::vector<State>& states) {
  double known = 0, left = 0;
  int measured = 0, unknown = 0;
  for (const State& state : states) {
    if (state.seconds < 0) {
      unknown += state.missing;
    } else {
      known += state.seconds;
      ++measured;
      left += state.missing * state.seconds;
    }
  }
  if (unknown > 0) left += unknown * known / measured;
  return left > 0 ? (unknown > 0 ? "; perhaps " : "; about ") + format_duration(left) + " left" : "";
}

// Without memory for one cell others may still be measured.
json measured(const Part& part, const NamedCell& cell, int round, double limit) {
  std::string why;
  try {
    return part.measure(cell, round, limit);
  } catch (const Error& error) {
    why = error.what();
  } catch (const std::bad_alloc&) {
    why = "not enough memory";
  }
  return {{"cell", cell.key}, {"round", round}, {"failure", why}};
}

}  // namespace

Outcome run_rounds(const Part& part, int rounds, Clock::time_point end, ResultsFile& results,
                   ProgressDisplay& display) {
  constexpr double kLeast = 1;  // seconds; with less no run is begun
  const InterruptGuard guard;
  Outcome outcome;
  std::vector<State> states(part.cells.size());
  int kept = 0;
  for (std::size_t c = 0; c < states.size(); ++c)
    for (int round = 1; round <= rounds; ++round) {
      const bool there = results.has(part.cells[c].key, round);
      states[c].missing += there ? 0 : 1;
      kept += there ? 1 : 0;
    }
  if (kept > 0) display.say(std::to_string(kept) + " finished runs are taken over");
  std::size_t number = 0;
  try {
    for (int round = 1; round <= rounds; ++round) {
      for (std::size_t c = 0; c < states.size(); ++c) {
        const NamedCell& cell = part.cells[c];
        State& state = states[c];
        ++number;
        if (state.missing == 0 || results.has(cell.key, round)) continue;
        stop_if_interrupted();
        const std::string head = std::to_string(number) + " of " +
                                 std::to_string(states.size() * static_cast<std::size_t>(rounds)) +
                                 ", round " + std::to_string(round) + ": " + cell.name;
        --state.missing;
        const auto begin = Clock::now();
        try {
          const double limit = seconds_between(begin, end);
          if (limit < std::max(kLeast, state.seconds)) throw OutOfTime();
          display.show(head + " ...");
          json run = measured(part, cell, round, limit);
          state.seconds = seconds_between(begin, Clock::now());
          if (run.contains("failure")) {
            ++outcome.failures;
            state.missing = 0;
            display.say(head + ": FAILED: " + run.at("failure").get<std::string>());
          } else {
            display.say(head + ": " + part.describe(run) + time_left(states));
          }
          results.add(std::move(run));
        } catch (const OutOfTime&) {
          outcome.missed.push_back(cell.name + ", round " + std::to_string(round));
          display.say(head + ": out of time");
        }
      }
    }
  } catch (const Interrupted&) {
    outcome.interrupted = true;
    return outcome;
  }
  results.set_missed(outcome.missed);
  return outcome;
}

}  // namespace warp2vec::cli::bench
