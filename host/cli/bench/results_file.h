#pragma once
/// results.json: every finished measurement, on disk at once, so that a benchmark that was stopped goes on
/// where it was.

#include <nlohmann/json.hpp>

#include <string>

namespace warp2vec::cli::bench {

class ResultsFile {
 public:
  /// Takes over what `folder`/results.json has, if it is there; makes the folder if it is not. `kind` names
  /// what is measured. `conditions` hold for every measurement; `facts` are only written down. Throws Error
  /// naming the file if it is not such a file, and naming the conditions that differ if it was measured under
  /// others.
  ResultsFile(const std::string& folder, const std::string& kind, const nlohmann::json& conditions,
              const nlohmann::json& facts);

  const std::string& path() const { return path_; }
  /// The whole content.
  const nlohmann::json& content() const { return content_; }
  /// An array of objects, each with "cell" and "round", and "failure" if it failed.
  const nlohmann::json& runs() const { return content_.at("runs"); }
  /// Whether this cell ended well in this round.
  bool has(const nlohmann::json& cell, int round) const;
  /// Adds a measurement, in the place of one of the same cell and round, and writes the file, whole or not
  /// at all.
  void add(nlohmann::json run);

 private:
  nlohmann::json earlier_runs(const nlohmann::json& conditions, const std::string& kind) const;

  std::string path_;
  nlohmann::json content_;
};

}  // namespace warp2vec::cli::bench
