#pragma once
/// results.json: every finished measurement, on disk at once, so that a benchmark that was stopped goes on
/// where it was.

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// What `bench` writes in its folder; the folders are gone at the end.
inline constexpr const char* kResultsFile = "results.json";
inline constexpr const char* kReportFile = "report.html";
inline constexpr const char* kRunFolder = "unfinished-run";  ///< of one training
inline constexpr const char* kTextFolder = "synthetic-text";

/// Holds a folder, which must exist, until it is destroyed or the process ends; leaves nothing in it. Throws
/// Error naming the folder if another process holds it. A file system that cannot lock is not locked.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_ = -1;
};

/// What measurements are taken under. Those that differ in it are not put side by side.
struct Conditions {
  std::string part;  ///< what is measured, "trainings", "synthetic" or "crossover": a file may hold all
  nlohmann::json settings;    ///< by name, of this part
  nlohmann::json program;     ///< by name: version and commit, of the whole file
  nlohmann::json machine;     ///< by name, of the whole file
  nlohmann::json gpus;        ///< their names by --device, of the whole file; a later command may add some
  nlohmann::json bandwidths;  ///< of memory, bytes a second by --device; an earlier command's are kept
  nlohmann::json remarks;     ///< by name, of the whole file; only written down
};

class ResultsFile {
 public:
  /// Takes over what `folder`/results.json has, if it is there; makes the folder if it is not, and holds it.
  /// Throws Error naming the file if it is not such a file, and naming the conditions that differ if it was
  /// measured under others.
  ResultsFile(const std::string& folder, const Conditions& conditions);

  const std::string& path() const { return path_; }
  /// The whole content: "program", "machine", "gpus", "bandwidths", "remarks", and for each part "settings",
  /// "runs", and "not_measured", the names of the runs that there was no time for.
  const nlohmann::json& content() const { return content_; }
  /// Of this part: an array of objects, each with "cell" and "round", and "failure" if it failed.
  const nlohmann::json& runs() const { return content_.at(part_).at("runs"); }
  /// Whether this cell ended well in this round.
  bool has(const nlohmann::json& cell, int round) const;
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

  std::string path_;
  FolderLock lock_;
  std::string part_;
  nlohmann::json content_;
};

}  // namespace warp2vec::cli::bench
