#include "cli/bench/results_file.h"

#include <warp2vec/error.h>

#include "atomic_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

std::string in_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error("cannot make the folder --output " + folder + ": " + error.message());
  return (std::filesystem::path(folder) / "results.json").string();
}

bool is_of(const json& run, const json& cell, int round) {
  return run.at("cell") == cell && run.at("round") == round;
}

}  // namespace

ResultsFile::ResultsFile(const std::string& folder, const std::string& kind, const json& conditions,
                         const json& facts)
    : path_(in_folder(folder)) {
  check_writable(path_);
  json runs = earlier_runs(conditions, kind);
  content_ = facts;
  content_["kind"] = kind;
  content_["conditions"] = conditions;
  content_["runs"] = std::move(runs);
}

json ResultsFile::earlier_runs(const json& conditions, const std::string& kind) const {
  std::ifstream in(path_, std::ios::binary);
  if (!in) return json::array();
  json earlier;
  try {
    earlier = json::parse(in);
    if (earlier.at("kind") != kind)
      throw Error(path_ + " holds results of another kind (" + earlier.at("kind").get<std::string>() +
                  "): give another --output");
    for (const json& run : earlier.at("runs")) {
      static_cast<void>(run.at("cell"));
      static_cast<void>(run.at("round"));
    }
    std::string changed;
    for (const auto& [name, value] : conditions.items()) {
      if (earlier.at("conditions").value(name, json()) != value)
        changed += (changed.empty() ? "" : ", ") + name;
    }
    if (!changed.empty())
      throw Error(path_ + " was measured under other conditions (" + changed +
                  "): give another --output, or delete it");
  } catch (const json::exception& error) {
    throw Error(path_ + " is not a benchmark's results (" + error.what() + "): give another --output");
  }
  return earlier.at("runs");
}

bool ResultsFile::has(const json& cell, int round) const {
  for (const json& run : runs()) {
    if (is_of(run, cell, round) && !run.contains("failure")) return true;
  }
  return false;
}

void ResultsFile::add(json run) {
  json& all = content_["runs"];
  for (auto at = all.begin(); at != all.end();)
    at = is_of(*at, run.at("cell"), run.at("round").get<int>()) ? all.erase(at) : at + 1;
  all.push_back(std::move(run));
  AtomicFile file(path_);
  // Messages may hold bytes that are not UTF-8, which JSON cannot.
  file.write(content_.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
  file.commit();
}

}  // namespace warp2vec::cli::bench
