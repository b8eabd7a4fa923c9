#pragma once
/// results.json, and the rounds of measurements that fill it: every cell once, then every cell again, so that
/// a busy time of the machine meets them all. Every finished measurement is on disk at once, so that a
/// benchmark that was stopped goes on where it was.

#include "host/cli/bench/bench_options.h"
#include "host/cli/run/progress.h"
#include "host/io/input_file.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// Makes the folder --output, if it is not there, and returns it. Throws Error naming it.
const std::string& make_folder(const std::string& folder);

class ResultsFile {
 public:
  /// `content` has what this command measures under, by name: "program", "machine" and "gpus" (names by
  /// --device), which a file has in common; "bandwidths" (of memory, bytes a second by --device), of which an
  /// earlier command's are kept; "remarks", which are only written down; and for `part` ("trainings",
  /// "synthetic" or "crossover"; a file may hold all) its "settings". Makes `folder` if it is not there, and
  /// holds it (unless its file system cannot lock) as long as it lives. Takes over what results.json has, if
  /// it is there. Throws Error naming the folder if it cannot be made or another process holds it, naming the
  /// file if it is not such a file, and naming the conditions that differ if it was measured under others.
  ResultsFile(const std::string& folder, std::string part, nlohmann::json content);

  const std::string& path() const { return path_; }
  /// The whole content; parts have further "runs", and "not_measured", the names of the runs that there was
  /// no time for.
  const nlohmann::json& content() const { return content_; }
  /// Of this part: an array of objects, each with "cell" and "round", and "failure" if it failed.
  const nlohmann::json& runs() const { return content_.at(part_).at("runs"); }
  /// Whether this cell ended well in this round.
  bool has(const Cell& cell, int round) const;
  /// Adds a measurement, in the place of one of the same cell and round, and writes the file, whole or not
  /// at all.
  void add(nlohmann::json run);
  /// Notes the names of the runs that there was no time for, and writes the file.
  void set_missed(const std::vector<std::string>& runs);
  /// Adds what was measured elsewhere, under a name of its own, and writes the file.
  void keep(const std::string& name, nlohmann::json value);

 private:
  void take_over(const nlohmann::json& earlier);
  void write() const;

  InputFile folder_;
  std::string path_;
  std::string part_;
  nlohmann::json content_;
};

/// Thrown by a measurement that was stopped because it took too long.
class OutOfTime : public std::exception {};

/// One kind of measurement: under which settings it measures which cells, and how.
struct Part {
  std::string name;         ///< in results.json
  nlohmann::json settings;  ///< by name
  std::vector<Cell> cells;
  /// Measures one cell in at most `limit` seconds and returns its figures. What it throws as an Error is that
  /// run's failure. Throws OutOfTime, and Interrupted to stop.
  std::function<nlohmann::json(const Cell& cell, int round, double limit)> measure;
};

struct Outcome {
  int failures = 0;
  std::vector<std::string> missed;  ///< names of the runs that there was no time for
  bool interrupted = false;         ///< by Ctrl-C
};

/// Measures what `results` does not have yet, and adds it and the names of what was not measured by `end`. A
/// cell that failed has no further rounds this time; one that takes longer than what is left is not begun.
/// Says after each run what it came to and how long the rest may take.
Outcome run_rounds(const Part& part, int rounds, std::chrono::steady_clock::time_point end,
                   ResultsFile& results, ProgressDisplay& display);

}  // namespace warp2vec::cli::bench
