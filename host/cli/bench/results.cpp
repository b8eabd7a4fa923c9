#include "host/cli/bench/results.h"

#include <warp2vec/error.h>

#include "host/cli/bench/summary.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr const char* kKind = "warp2vec bench";

bool is_of(const json& run, const json& cell, const json& round) {
  return run.at("cell") == cell && run.at("round") == round;
}

// Adds the names whose values differ between the two.
void add_differences(const json& earlier, const json& now, std::vector<std::string>& names) {
  for (const auto& [name, value] : now.items())
    if (earlier.value(name, json()) != value) names.push_back(name);
}

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

// The progress of one cell.
struct State {
  double seconds = -1;  // of its last run; negative = unknown
  int missing = 0;      // number of rounds
};

// Estimates the remaining time, with the mean of the known cells for unknown ones: "; about 1m05s left".
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

json measured(const Part& part, const Cell& cell, int round, double limit) {
  json run;
  try {
    run = part.measure(cell, round, limit);
  } catch (const Error& error) {
    run["failure"] = with_bench_flags(error.what());
  } catch (const std::bad_alloc&) {  // other cells may still fit
    run["failure"] = "not enough memory";
  }
  run["cell"] = cell;
  run["round"] = round;
  return run;
}

}  // namespace

const std::string& make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error("cannot make the folder --output " + folder + ": " + error.message());
  return folder;
}

ResultsFile::ResultsFile(const std::string& folder, std::string part, json content)
    : folder_(make_folder(folder)),
      path_((std::filesystem::path(folder) / kResultsFile).string()),
      part_(std::move(part)),
      content_(std::move(content)) {
  if (::flock(folder_.fd(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw Error("another warp2vec bench is writing to --output " + folder);
  content_["kind"] = kKind;
  content_.at(part_)["runs"] = json::array();
  check_writable(path_);
  if (!std::filesystem::exists(path_)) return;
  try {
    take_over(json::parse(read_whole(path_)));
  } catch (const json::exception& error) {
    throw Error(path_ + " is not a benchmark's results (" + error.what() + "): give another --output");
  }
}

void ResultsFile::take_over(const json& earlier) {
  if (earlier.at("kind") != kKind)
    throw Error(path_ + " is not a benchmark's results: give another --output");
  std::vector<std::string> changed;
  for (const char* name : {"program", "machine"})
    add_differences(earlier.at(name), content_.at(name), changed);
  for (const auto& [device, name] : earlier.at("gpus").items()) {
    if (content_.at("gpus").value(device, name) != name) changed.push_back(device);
    content_["gpus"][device] = name;
  }
  content_["bandwidths"].update(earlier.value("bandwidths", json::object()));
  if (earlier.contains(part_)) {
    json& own = content_.at(part_);
    add_differences(earlier.at(part_).at("settings"), own.at("settings"), changed);
    own["runs"] = earlier.at(part_).at("runs");
    for (const json& run : own.at("runs")) is_of(run, run.at("cell"), run.at("round"));
  }
  if (!changed.empty())
    throw Error(path_ + " was measured under other conditions (" + joined(changed) +
                "): give another --output, or delete it");
  for (const auto& [name, value] : earlier.items())
    if (!content_.contains(name)) content_[name] = value;
}

bool ResultsFile::has(const Cell& cell, int round) const {
  return std::any_of(runs().begin(), runs().end(), [cell = json(cell), round](const json& run) {
    return is_of(run, cell, round) && !run.contains("failure");
  });
}

void ResultsFile::add(json run) {
  json& all = content_.at(part_).at("runs");
  for (auto at = all.begin(); at != all.end();)
    at = is_of(*at, run.at("cell"), run.at("round")) ? all.erase(at) : at + 1;
  all.push_back(std::move(run));
  write();
}

void ResultsFile::set_missed(const std::vector<std::string>& runs) {
  if (runs.empty()) return;
  content_.at(part_)["not_measured"] = runs;
  write();
}

void ResultsFile::keep(const std::string& name, json value) {
  content_[name] = std::move(value);
  write();
}

void ResultsFile::write() const {
  AtomicFile file(path_);
  // Messages may contain bytes that are not UTF-8, which JSON does not allow.
  file.write(content_.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
  file.commit();
}

Outcome run_rounds(const Part& part, int rounds, Clock::time_point end, ResultsFile& results,
                   ProgressDisplay& display) {
  constexpr double kLeast = 1;  // seconds; with less time left no run is started
  const SignalGuard guard(SignalAction::stop);
  Outcome outcome;
  const std::size_t total = part.cells.size() * static_cast<std::size_t>(rounds);
  std::vector<State> states(part.cells.size());
  std::size_t missing = 0;
  for (std::size_t c = 0; c < states.size(); ++c) {
    for (int round = 1; round <= rounds; ++round)
      states[c].missing += results.has(part.cells[c], round) ? 0 : 1;
    missing += static_cast<std::size_t>(states[c].missing);
  }
  if (missing < total) display.say(std::to_string(total - missing) + " finished runs are taken over");
  std::size_t number = 0;
  try {
    for (int round = 1; round <= rounds; ++round) {
      for (std::size_t c = 0; c < states.size(); ++c) {
        const Cell& cell = part.cells[c];
        State& state = states[c];
        ++number;
        if (state.missing == 0 || results.has(cell, round)) continue;
        stop_if_interrupted();
        const std::string head = std::to_string(number) + " of " + std::to_string(total) + ", round " +
                                 std::to_string(round) + ": " + to_string(cell);
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
            display.say(head + ": " + describe(run) + time_left(states));
          }
          results.add(std::move(run));
        } catch (const OutOfTime&) {
          outcome.missed.push_back(to_string(cell) + ", round " + std::to_string(round));
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
