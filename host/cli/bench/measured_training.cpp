#include "host/cli/bench/measured_training.h"

#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "host/cli/bench/child_process.h"
#include "host/cli/bench/output_files.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace warp2vec::cli::bench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostLossPoints = 200;

// Holds what a run writes, and nothing once it is over.
class RunFolder {
 public:
  explicit RunFolder(const std::string& output) : folder_(fs::path(output) / kRunFolder) {
    std::error_code error;
    fs::remove_all(folder_, error);
    fs::create_directories(folder_, error);
    if (error) throw Error("cannot make the folder " + folder_.string() + ": " + error.message());
  }
  ~RunFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  std::string path(const char* name) const { return (folder_ / name).string(); }

 private:
  fs::path folder_;
};

// Why a program ended with this status: its last error message, or how it ended.
std::string reason(const ChildEnd& end, const std::string& errors) {
  std::ifstream in(errors, std::ios::binary);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  const std::string prefix = "warp2vec: error: ";
  if (last.starts_with(prefix)) return last.substr(prefix.size());
  const std::string how = end.status > 128 ? "signal " + std::to_string(end.status - 128) + " ended train"
                                           : "train ended with status " + std::to_string(end.status);
  return last.empty() ? how : how + ": " + last;
}

std::string name_of(const std::string& path) { return fs::path(path).filename().string(); }

std::map<std::string, double> quality_of(const std::string& vectors, const BenchOptions& options) {
  std::map<std::string, double> quality;
  if (options.pairs.empty() && options.analogies.empty()) return quality;
  EvaluateOptions evaluate;
  evaluate.threads = thread_count(options.config);
  const KeyedVectors space(load_vectors(vectors));
  for (const std::string& file : options.pairs) {
    const double rho = evaluate_pairs(space, file, evaluate).spearman;
    if (!std::isnan(rho)) quality["spearman " + name_of(file)] = rho;
  }
  for (const std::string& file : options.analogies) {
    const AnalogySection all = evaluate_analogies(space, file, evaluate).all;
    if (all.found > 0)
      quality["analogies " + name_of(file)] =
          static_cast<double>(all.correct) / static_cast<double>(all.found);
  }
  return quality;
}

MeasuredRun from_lines(std::istream& in) {
  MeasuredRun run;
  json summary;
  for (std::string line; std::getline(in, line);) {
    json object = json::parse(line);
    if (object.at("type") == "summary") {
      summary = std::move(object);
    } else if (object.at("loss").is_number()) {
      run.loss_curve.push_back({object.at("seconds"), object.at("loss")});
    }
  }
  if (summary.at("state") != "finished") throw Error("the run is not finished");
  const json& seconds = summary.at("seconds");
  for (const auto& [phase, value] : seconds.items()) run.seconds[phase] = value.get<double>();
  const json& device = summary.at("device");
  if (device.contains("seconds")) {
    for (const auto& [phase, value] : device.at("seconds").items()) run.seconds[phase] = value.get<double>();
    device.at("memory_bytes").get_to(run.gpu_memory);
  }
  summary.at("peak_memory_bytes").get_to(run.peak_memory);
  const json& counts = summary.at("counts");
  counts.at("vocabulary").get_to(run.vocabulary);
  counts.at("trained_tokens").get_to(run.trained_tokens);
  counts.at("pairs").get_to(run.pairs);
  const json& losses = summary.at("epoch_loss");
  if (!losses.empty()) losses.back().get_to(run.loss);
  run.loss_curve = thinned(run.loss_curve, kMostLossPoints);
  return run;
}

}  // namespace

MeasuredRun read_metrics(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error("cannot read " + path);
  try {
    return from_lines(in);
  } catch (const json::exception& error) {
    throw Error(path + " is not what train --metrics writes: " + error.what());
  } catch (const Error& error) {
    throw Error(path + ": " + error.what());
  }
}

MeasuredRun measure_training(const BenchOptions& options, const Cell& cell, int round,
                             const std::string& program, const std::function<void(double seconds)>& waiting) {
  const RunFolder folder(options.output);
  const std::string vectors = folder.path("vectors.bin");
  const std::string metrics = folder.path("metrics.jsonl");
  const std::string errors = folder.path("errors");
  std::vector<std::string> command{program, "train", "--quiet"};
  for (const std::string& input : options.inputs) command.push_back("--input=" + input);
  command.push_back("--output=" + vectors);
  command.push_back("--metrics=" + metrics);
  for (const std::string& flag : train_flags(options, cell, round)) command.push_back(flag);
  const ChildEnd end = run_child(command, errors, waiting);
  if (end.status != 0) throw Error(reason(end, errors));
  MeasuredRun run = read_metrics(metrics);
  run.cell = cell;
  run.round = round;
  run.seconds[kTogether] = end.seconds;
  run.quality = quality_of(vectors, options);
  return run;
}

}  // namespace warp2vec::cli::bench
