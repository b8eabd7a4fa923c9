#pragma once
/// results.json, and the rounds of measurements that fill it: every cell once, then every cell again, so that
/// a temporarily busy machine affects all of them equally. Every finished measurement is written to disk at
/// once, so that an interrupted benchmark can resume.

#include "host/cli/bench/bench_options.h"
#include "host/cli/report/progress.h"
#include "host/io/input_file.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// Creates the folder --output if it does not exist, and returns it. Throws Error naming it.
const std::string& make_folder(const std::string& folder);

class ResultsFile {
 public:
  /// `content` has the conditions of this command's measurements: "program", "machine" and "gpus" (names by
  /// --device), which all parts of a file share; "bandwidths" (of memory, bytes per second by --device),
  /// where values of an earlier command are kept; "remarks", which are only recorded; and under the name
  /// `part` ("trainings", "synthetic" or "crossover"; a file may contain all of them) its "settings". Creates
  /// `folder` if it does not exist, and locks it (unless its file system does not support locks) until
  /// destruction. Loads an existing results.json. Throws Error naming the folder if it cannot be created or
  /// another process has locked it, naming the file if it is not such a file, and naming the conditions that
  /// differ if it was measured under others.
  ResultsFile(const std::string& folder, std::string part, nlohmann::json content);

  const std::string& path() const { return path_; }
  /// The complete content; parts also have "runs", and "not_measured", the names of the runs for which there
  /// was no time.
  const nlohmann::json& content() const { return content_; }
  /// The runs of this part: an array of objects, each with "cell" and "round", and "failure" if it failed.
  const nlohmann::json& runs() const { return content_.at(part_).at("runs"); }
  /// Whether this cell was measured successfully in this round.
  bool has(const Cell& cell, int round) const;
  /// Adds a measurement, replacing one of the same cell and round, and writes the file atomically.
  void add(nlohmann::json run);
  /// Records the names of the runs for which there was no time, and writes the file.
  void set_missed(const std::vector<std::string>& runs);
  /// Adds results from elsewhere under a name of their own, and writes the file.
  void keep(const std::string& name, nlohmann::json value);

 private:
  void take_over(const nlohmann::json& earlier);
  void write() const;

  InputFile folder_;
  std::string path_;
  std::string part_;
  nlohmann::json content_;
};

/// Thrown by a measurement that was stopped because it exceeded its limit.
class OutOfTime : public std::exception {};

/// One kind of measurement: its settings, its cells and how a cell is measured.
struct Part {
  std::string name;         ///< in results.json
  nlohmann::json settings;  ///< by name
  std::vector<Cell> cells;
  /// Measures one cell within `limit` seconds and returns its figures. An Error counts as a failure of that
  /// run. Throws OutOfTime, and Interrupted to stop.
  std::function<nlohmann::json(const Cell& cell, int round, double limit)> measure;
};

struct Outcome {
  int failures = 0;
  std::vector<std::string> missed;  ///< names of the runs for which there was no time
  bool interrupted = false;         ///< by Ctrl-C
};

/// Measures the runs that are missing in `results`, and adds them and the names of those not measured by
/// `end`. A cell that failed is not run again in this call; a cell whose last run took longer than the
/// remaining time is not started. Reports the result of each run and the estimated remaining time.
Outcome run_rounds(const Part& part, int rounds, std::chrono::steady_clock::time_point end,
                   ResultsFile& results, ProgressDisplay& display);

}  // namespace warp2vec::cli::bench
