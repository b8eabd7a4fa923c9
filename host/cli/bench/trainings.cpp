#include "host/cli/bench/trainings.h"

#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "host/cli/bench/child_process.h"
#include "host/cli/bench/memory_ceiling.h"
#include "host/cli/bench/summary.h"
#include "host/cli/bench/synthetic_text.h"
#include "host/cli/run/interrupt.h"
#include "host/cli/terminal/text.h"
#include "host/text/text_files.h"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

double seconds_of(const MeasuredRun& run, const char* phase) {
  const auto found = run.seconds.find(phase);
  return found == run.seconds.end() ? 0 : found->second;
}

double words_by(const MeasuredRun& run, double seconds) {
  return seconds > 0 ? static_cast<double>(run.trained_tokens) / seconds : 0;
}

// The whole numbers of a run, by their names in results.json.
constexpr std::pair<const char*, std::int64_t MeasuredRun::*> kCounts[] = {
    {"vocabulary", &MeasuredRun::vocabulary},
    {"trained_tokens", &MeasuredRun::trained_tokens},
    {"kept_tokens", &MeasuredRun::kept_tokens},
    {"pairs", &MeasuredRun::pairs},
    {"peak_memory_bytes", &MeasuredRun::peak_memory},
    {"gpu_memory_bytes", &MeasuredRun::gpu_memory},
    {"centres_in_flight", &MeasuredRun::centres_in_flight}};

// A folder in that of the results, empty at first and gone at the end.
class WorkFolder {
 public:
  WorkFolder(const std::string& output, const char* name) : folder_(fs::path(output) / name) {
    std::error_code error;
    fs::remove_all(folder_, error);
    fs::create_directories(folder_, error);
    if (error) throw Error("cannot make the folder " + folder_.string() + ": " + error.message());
  }
  ~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  fs::path folder_;
};

// The synthetic texts, each written when it is first asked for.
class SyntheticTexts {
 public:
  explicit SyntheticTexts(std::string output) : output_(std::move(output)) {}

  std::string path(std::int64_t words) {
    if (!folder_) folder_ = std::make_unique<WorkFolder>(output_, kTextFolder);
    std::string path = folder_->path(std::to_string(words) + "-words.txt");
    if (!fs::exists(path)) write_synthetic_text(path, words);
    return path;
  }

 private:
  std::string output_;
  std::unique_ptr<WorkFolder> folder_;
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

std::map<std::string, double> quality_of(const std::string& vectors, const BenchOptions& options) {
  std::map<std::string, double> quality;
  if (options.pairs.empty() && options.analogies.empty()) return quality;
  const auto name_of = [](const std::string& path) { return fs::path(path).filename().string(); };
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
  constexpr std::size_t kMostLossPoints = 200;
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
    device.at("centres_in_flight").get_to(run.centres_in_flight);
  }
  summary.at("peak_memory_bytes").get_to(run.peak_memory);
  const json& counts = summary.at("counts");
  counts.at("vocabulary").get_to(run.vocabulary);
  counts.at("trained_tokens").get_to(run.trained_tokens);
  counts.at("kept_tokens").get_to(run.kept_tokens);
  counts.at("pairs").get_to(run.pairs);
  run.bytes_per_kept_word = bytes_per_kept_word(summary);
  const json& losses = summary.at("epoch_loss");
  if (!losses.empty()) losses.back().get_to(run.loss);
  run.loss_curve = thinned(run.loss_curve, kMostLossPoints);
  return run;
}

// Trains `cell` and evaluates its vectors with the files that `options` name. `waiting` is called now and
// then while it trains; what it throws ends the training.
MeasuredRun measure_training(const BenchOptions& options, const Cell& cell, int round,
                             const std::vector<std::string>& inputs,
                             const std::function<void(double seconds)>& waiting) {
  const WorkFolder folder(options.output, kRunFolder);
  const std::string vectors = folder.path("vectors.bin");
  const std::string metrics = folder.path("metrics.jsonl");
  const std::string errors = folder.path("errors");
  std::vector<std::string> command{"/proc/self/exe", "train", "--quiet"};
  for (const std::string& input : inputs) command.push_back("--input=" + input);
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

void check_readable(const std::string& flag, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (!std::ifstream(file)) throw Error("cannot read " + flag + (" " + file));
  }
}

// When the newest of the files was written, "2026-11-23T01:23:45Z".
std::string modified(const Corpus& corpus) {
  std::time_t newest = 0;
  for (const Corpus::File& file : corpus.files()) {
    struct stat status {};
    if (::stat(file.name.c_str(), &status) == 0) newest = std::max(newest, status.st_mtime);
  }
  std::tm utc{};
  std::array<char, 32> text{};
  ::gmtime_r(&newest, &utc);
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

json settings_of(const BenchOptions& options) {
  json settings = shared_settings(options);
  if (!options.synthetic) {
    const Corpus corpus(options.inputs);
    settings["inputs"] = options.inputs;
    settings["input_bytes"] = corpus.bytes();
    settings["input_modified"] = modified(corpus);
  }
  if (options.synthetic) settings["min_count"] = 1;
  settings["pairs"] = options.pairs;
  settings["analogies"] = options.analogies;
  return settings;
}

std::string describe(const json& json_run) {
  const auto run = json_run.get<MeasuredRun>();
  std::string text = thousands(run.training_speed()) + " k words/s training, " +
                     thousands(run.speed_together()) + " k end to end, loss " + format_fixed(run.loss, 4);
  for (const auto& [key, value] : run.quality)
    text += ", " + quality_name(key) + " " + quality_text(key, value);
  return text;
}

}  // namespace

double MeasuredRun::training_speed() const {
  if (!is_gpu(cell.device)) return words_by(*this, seconds_of(*this, "train"));
  const double kernels = seconds_of(*this, kKernels);
  return kernels > 0 ? words_by(*this, kernels + seconds_of(*this, kSubsampling)) : 0;
}

double MeasuredRun::speed_together() const { return words_by(*this, seconds_of(*this, kTogether)); }

double MeasuredRun::bytes_per_second() const {
  const double training = seconds_of(*this, is_gpu(cell.device) ? kKernels : "train");
  return training > 0 ? static_cast<double>(kept_tokens) * bytes_per_kept_word / training : 0;
}

std::vector<LossPoint> thinned(const std::vector<LossPoint>& curve, std::size_t most) {
  const std::size_t group = (curve.size() + most - 1) / most;
  if (group <= 1) return curve;
  std::vector<LossPoint> out;
  for (std::size_t first = 0; first < curve.size(); first += group) {
    const std::size_t last = std::min(first + group, curve.size());
    LossPoint mean;
    for (std::size_t i = first; i < last; ++i) {
      mean.seconds += curve[i].seconds;
      mean.loss += curve[i].loss;
    }
    const auto count = static_cast<double>(last - first);
    out.push_back({mean.seconds / count, mean.loss / count});
  }
  return out;
}

void to_json(json& out, const MeasuredRun& run) {
  out = {{"cell", run.cell}, {"round", run.round}};
  if (!run.failure.empty()) {
    out["failure"] = run.failure;
    return;
  }
  json curve = json::array();
  for (const LossPoint& point : run.loss_curve) curve.push_back({point.seconds, point.loss});
  for (const auto& [name, count] : kCounts) out[name] = run.*count;
  out.update({{"seconds", run.seconds},
              {"bytes_per_kept_word", run.bytes_per_kept_word},
              {"loss", run.loss},
              {"quality", run.quality},
              {"loss_curve", curve}});
}

void from_json(const json& in, MeasuredRun& run) {
  in.at("cell").get_to(run.cell);
  in.at("round").get_to(run.round);
  run.failure = in.value("failure", "");
  if (!run.failure.empty()) return;
  in.at("seconds").get_to(run.seconds);
  for (const auto& [name, count] : kCounts) in.at(name).get_to(run.*count);
  in.at("bytes_per_kept_word").get_to(run.bytes_per_kept_word);
  in.at("loss").get_to(run.loss);
  in.at("quality").get_to(run.quality);
  run.loss_curve.clear();
  for (const json& point : in.at("loss_curve"))
    run.loss_curve.push_back({point.at(0).get<double>(), point.at(1).get<double>()});
}

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

Part trainings_part(const BenchOptions& options, ProgressDisplay& display) {
  check_readable("--pairs", options.pairs);
  check_readable("--analogies", options.analogies);
  Part part{options.synthetic ? "synthetic" : "trainings", settings_of(options), {}, {}, describe};
  for (const Cell& cell : trained_cells(options)) part.cells.push_back({json(cell), to_string(cell)});
  const auto texts = std::make_shared<SyntheticTexts>(options.output);
  part.measure = [&options, &display, texts](const NamedCell& named, int round, double limit) {
    const auto cell = named.key.get<Cell>();
    const std::vector<std::string> inputs =
        options.synthetic ? std::vector<std::string>{texts->path(cell.vocab_size)} : options.inputs;
    const auto waiting = [&](double seconds) {
      stop_if_interrupted();
      if (seconds > limit) throw OutOfTime();
      display.show("round " + std::to_string(round) + ": " + named.name + ": " + format_duration(seconds));
    };
    return json(measure_training(options, cell, round, inputs, waiting));
  };
  return part;
}

}  // namespace warp2vec::cli::bench
