#include "host/cli/bench/trainings.h"

#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "host/cli/bench/memory_ceiling.h"
#include "host/cli/bench/summary.h"
#include "host/cli/bench/synthetic_text.h"
#include "host/cli/process/child_process.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/text.h"
#include "host/text/text_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>

namespace warp2vec::cli::bench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A folder within the results folder, initially empty and removed at the end.
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

json quality_of(const std::string& vectors, const BenchOptions& options) {
  json quality = json::object();
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

void check_readable(const std::string& flag, const std::vector<std::string>& files) {
  for (const std::string& file : files)
    if (!std::ifstream(file)) throw Error("cannot read " + flag + (" " + file));
}

// The modification time of the newest file, "2026-11-23T01:23:45Z".
std::string modified(const Corpus& corpus) {
  std::time_t newest = 0;
  for (const Corpus::File& file : corpus.files()) {
    struct stat status {};
    if (::stat(file.name.c_str(), &status) == 0) newest = std::max(newest, status.st_mtime);
  }
  return format_time(newest, "%Y-%m-%dT%H:%M:%SZ");
}

json settings_of(const BenchOptions& options, ProgressDisplay& display) {
  json settings = shared_settings(options.config);
  if (options.synthetic) {
    settings["min_count"] = 1;
  } else {
    TrainOptions text;
    text.inputs = options.inputs;
    const Corpus corpus = open_texts(text, {}, display);
    settings["inputs"] = options.inputs;
    settings["input_bytes"] = corpus.bytes();
    settings["input_modified"] = modified(corpus);
  }
  settings["pairs"] = options.pairs;
  settings["analogies"] = options.analogies;
  return settings;
}

}  // namespace

LossCurve thinned(const LossCurve& curve, std::size_t most) {
  const std::size_t group = (curve.size() + most - 1) / most;
  if (group <= 1) return curve;
  LossCurve out;
  for (std::size_t first = 0; first < curve.size(); first += group) {
    const std::size_t last = std::min(first + group, curve.size());
    double seconds = 0, loss = 0;
    for (std::size_t i = first; i < last; ++i) {
      seconds += curve[i].first;
      loss += curve[i].second;
    }
    const auto count = static_cast<double>(last - first);
    out.emplace_back(seconds / count, loss / count);
  }
  return out;
}

json read_metrics(const std::string& path) {
  constexpr std::size_t kMostLossPoints = 200;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error("cannot read " + path);
  LossCurve curve;
  json summary;
  try {
    for (std::string line; std::getline(in, line);) {
      json object = json::parse(line);
      if (object.at("type") == "summary") {
        summary = std::move(object);
      } else if (object.at("loss").is_number()) {
        curve.emplace_back(object.at("seconds"), object.at("loss"));
      }
    }
    if (summary.at("state") != "finished") throw Error(path + ": the run is not finished");
    const json& device = summary.at("device");
    const json& losses = summary.at("epoch_loss");
    json run{{"seconds", summary.at("seconds")},
             {"peak_memory_bytes", summary.at("peak_memory_bytes")},
             {"gpu_memory_bytes", device.value("memory_bytes", std::int64_t{0})},
             {"centres_in_flight", device.value("centres_in_flight", std::int64_t{0})},
             {"bytes_per_kept_word", bytes_per_kept_word(summary)},
             {"loss", losses.empty() ? json(0) : losses.back()},
             {"loss_curve", thinned(curve, kMostLossPoints)}};
    run["seconds"].update(device.value("seconds", json::object()));
    for (const char* count : {"vocabulary", "trained_tokens", "kept_tokens", "pairs"})
      run[count] = summary.at("counts").at(count);
    return run;
  } catch (const json::exception& error) {
    throw Error(path + " is not what train --metrics writes: " + error.what());
  }
}

Part trainings_part(const BenchOptions& options, ProgressDisplay& display) {
  check_readable("--pairs", options.pairs);
  check_readable("--analogies", options.analogies);
  // The synthetic texts, each written on first use.
  const auto texts = std::make_shared<std::optional<WorkFolder>>();
  const auto inputs_of = [&options, texts](const Cell& cell) {
    if (!options.synthetic) return options.inputs;
    if (!*texts) texts->emplace(options.output, kTextFolder);
    std::string text = (*texts)->path(std::to_string(cell.vocab_size) + "-words.txt");
    if (!fs::exists(text)) write_synthetic_text(text, cell.vocab_size);
    return std::vector<std::string>{std::move(text)};
  };
  const auto measure = [&options, &display, inputs_of](const Cell& cell, int round, double limit) {
    const std::vector<std::string> inputs = inputs_of(cell);
    const WorkFolder folder(options.output, kRunFolder);
    const std::string vectors = folder.path("vectors.bin");
    const std::string metrics = folder.path("metrics.jsonl");
    std::vector<std::string> arguments{"warp2vec", "train", "--quiet", "--output=" + vectors,
                                       "--metrics=" + metrics};
    for (const std::string& input : inputs) arguments.push_back("--input=" + input);
    for (const std::string& flag : train_flags(options, cell, round)) arguments.push_back(flag);
    const double seconds = run_to_end(arguments, folder.path("errors"), [&](double so_far) {
      stop_if_interrupted();
      if (so_far > limit) throw OutOfTime();
      display.show("round " + std::to_string(round) + ": " + to_string(cell) + ": " +
                   format_duration(so_far));
    });
    json run = read_metrics(metrics);
    run["seconds"][kTogether] = seconds;
    run["quality"] = quality_of(vectors, options);
    return run;
  };
  return {options.synthetic ? "synthetic" : "trainings", settings_of(options, display),
          trained_cells(options), measure};
}

}  // namespace warp2vec::cli::bench
