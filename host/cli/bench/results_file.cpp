#include "host/cli/bench/results_file.h"

#include <warp2vec/error.h>

#include "host/io/atomic_file.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace warp2vec::cli::bench {

FolderLock::FolderLock(const std::string& folder)
    : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (fd_ < 0 || ::flock(fd_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(fd_);
  throw Error("another warp2vec bench is writing to --output " + folder);
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

namespace {

using nlohmann::json;

constexpr const char* kKind = "warp2vec bench";

std::string made(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error("cannot make the folder --output " + folder + ": " + error.message());
  return folder;
}

bool is_of(const json& run, const json& cell, int round) {
  return run.at("cell") == cell && run.at("round") == round;
}

// The names whose values are not the same in both, between commas.
std::string differences(const json& earlier, const json& now) {
  std::string names;
  for (const auto& [name, value] : now.items()) {
    if (earlier.value(name, json()) != value) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

std::string joined(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + ", " + b;
}

}  // namespace

ResultsFile::ResultsFile(const std::string& folder, const Conditions& conditions)
    : path_((std::filesystem::path(made(folder)) / kResultsFile).string()),
      lock_(folder),
      part_(conditions.part),
      content_{{"kind", kKind},
               {"program", conditions.program},
               {"machine", conditions.machine},
               {"gpus", conditions.gpus},
               {"bandwidths", conditions.bandwidths},
               {"remarks", conditions.remarks},
               {conditions.part, {{"settings", conditions.settings}, {"runs", json::array()}}}} {
  check_writable(path_);
  std::ifstream in(path_, std::ios::binary);
  if (!in) return;
  try {
    take_over(json::parse(in));
  } catch (const json::exception& error) {
    throw Error(path_ + " is not a benchmark's results (" + error.what() + "): give another --output");
  }
}

void ResultsFile::take_over(const json& earlier) {
  if (earlier.at("kind") != kKind)
    throw Error(path_ + " is not a benchmark's results: give another --output");
  std::string changed = joined(differences(earlier.at("program"), content_.at("program")),
                               differences(earlier.at("machine"), content_.at("machine")));
  for (const auto& [device, name] : earlier.at("gpus").items()) {
    if (content_.at("gpus").value(device, name) != name) changed = joined(changed, device);
    content_["gpus"][device] = name;
  }
  if (earlier.contains("bandwidths")) content_["bandwidths"].update(earlier.at("bandwidths"));
  json& own = content_.at(part_);
  if (earlier.contains(part_)) {
    changed = joined(changed, differences(earlier.at(part_).at("settings"), own.at("settings")));
    own["runs"] = earlier.at(part_).at("runs");
    for (const json& run : own.at("runs")) {
      for (const char* name : {"cell", "round"}) static_cast<void>(run.at(name));
    }
  }
  if (!changed.empty())
    throw Error(path_ + " was measured under other conditions (" + changed +
                "): give another --output, or delete it");
  for (const auto& [name, value] : earlier.items()) {
    if (!content_.contains(name)) content_[name] = value;
  }
}

bool ResultsFile::has(const json& cell, int round) const {
  for (const json& run : runs()) {
    if (is_of(run, cell, round) && !run.contains("failure")) return true;
  }
  return false;
}

void ResultsFile::add(json run) {
  json& all = content_.at(part_).at("runs");
  for (auto at = all.begin(); at != all.end();)
    at = is_of(*at, run.at("cell"), run.at("round").get<int>()) ? all.erase(at) : at + 1;
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
  // Messages may hold bytes that are not UTF-8, which JSON cannot.
  file.write(content_.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
  file.commit();
}

}  // namespace warp2vec::cli::bench
