#include "host/cli/report/run_report.h"

#include "host/cli/terminal/machine.h"
#include "host/cli/terminal/text.h"
#include "host/cli/terminal/version.h"
#include "host/io/atomic_file.h"
#include "host/training/divergence.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace warp2vec::cli {
namespace {

using nlohmann::json;

json walks_json(const GraphOptions& graph) {
  return {{"p", graph.walks.p},
          {"q", graph.walks.q},
          {"walk_length", graph.walks.walk_length},
          {"num_walks", graph.walks.num_walks},
          {"adjacency", graph.format.adjacency},
          {"directed", graph.format.directed},
          {"weighted", graph.format.weighted}};
}

// Of Progress or TrainingSummary.
template <class Run>
json ranks_json(const Run& run) {
  return {{"wait_seconds", run.wait_seconds},
          {"merge_seconds", run.merge_seconds},
          {"merge_bytes", run.merge_bytes}};
}

json machine_json() {
  const Machine machine = this_machine();
  return {{"cpu", machine.cpu},
          {"threads", machine.threads},
          {"cores", machine.cores},
          {"os", machine.os},
          {"memory_bytes", machine.memory}};
}

json device_json(const RunReport& report) {
  json device{{"kind", to_string(report.device)}};
  if (!report.gpu) return device;
  const GpuRun& run = *report.gpu;
  json items = json::array();
  for (const CudaMemoryPlan::Item& item : run.memory.items)
    items.push_back({{"name", item.name}, {"bytes", item.bytes}});
  device["name"] = run.device.name;
  device["index"] = run.device.index;
  if (report.gpu_indices.size() > 1) device["indices"] = report.gpu_indices;
  device["compute_capability"] = std::to_string(run.device.major) + "." + std::to_string(run.device.minor);
  device["memory_bytes"] = run.memory_bytes;
  device["memory_items"] = items;
  device["free_bytes"] = run.memory.free;
  device["corpus_resident"] = run.memory.corpus_resident;
  device["centres_in_flight"] = run.centres_in_flight;
  device["busy_multiprocessors"] = run.busy_multiprocessors;
  device["tensor_cores"] = run.tensor_cores;
  device["seconds"] = {{"kernels", run.seconds.kernels}, {"subsampling", run.seconds.subsampling}};
  return device;
}

double words_per_second(const TrainingSummary& training) {
  return training.seconds > 0 ? static_cast<double>(training.tokens) / training.seconds : 0;
}

// About three significant digits: "0.05", "9.87", "12.3", "1234.5".
std::string seconds_text(double seconds) { return format_fixed(seconds, seconds < 9.995 ? 2 : 1); }

std::string training_line(const TrainOptions& options, const RunReport& report) {
  if (!report.gpu) {
    const int threads = report.device == DeviceKind::reference ? 1 : training_threads(options.config);
    return "training: " + seconds_text(report.seconds.train) + " on " + std::to_string(threads) + " CPU " +
           (threads == 1 ? "thread" : "threads");
  }
  const CudaSeconds& gpu = report.gpu->seconds;
  const TrainingSummary& training = report.training;
  const double named = gpu.kernels + gpu.subsampling + training.upload_seconds + training.download_seconds;
  return "training: GPU kernels " + seconds_text(gpu.kernels) + ", GPU subsampling " +
         seconds_text(gpu.subsampling) + ", upload " + seconds_text(training.upload_seconds) + ", download " +
         seconds_text(training.download_seconds) + ", rest " +
         seconds_text(std::max(0.0, report.seconds.train - named));
}

// "ranks: 3, which waited 0.11 (rank 1) to 2.5 (rank 0) seconds for others, and merged 1.2 MB in 0.50".
std::string ranks_line(const TrainingSummary& training) {
  const std::vector<double>& waits = training.wait_seconds;
  const auto [least, most] = std::minmax_element(waits.begin(), waits.end());
  const auto of_rank = [&](auto seconds) {
    return seconds_text(*seconds) + " (rank " + std::to_string(seconds - waits.begin()) + ")";
  };
  return "ranks: " + std::to_string(waits.size()) + ", which waited " + of_rank(least) + " to " +
         of_rank(most) + " seconds for others, and merged " + format_bytes(training.merge_bytes) + " in " +
         seconds_text(training.merge_seconds);
}

// " 2.5 2.4 ...": all of them, or the first and the last.
std::string losses_text(const std::vector<double>& losses) {
  constexpr std::size_t kAll = 20;
  constexpr std::size_t kEach = 3;
  std::string text;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const bool is_shown = losses.size() <= kAll || i < kEach || i + kEach >= losses.size();
    if (is_shown)
      text += " " + format_fixed(losses[i], 4);
    else if (i == kEach)
      text += " ...";
  }
  return text + (losses.size() > kAll ? " (" + std::to_string(losses.size()) + " epochs)" : "");
}

// "ids: 1,000 rows, that of id i is row i; 2 are zero, of ids that are not in the vocabulary: 17 256".
std::string ids_line(const RunReport& report) {
  std::string line = "ids: " + with_commas(report.num_ids) + " rows, that of id i is row i";
  if (report.ids_without_vector == 0) return line;
  line += "; " + with_commas(report.ids_without_vector) + " are zero, of ids that are not in the vocabulary:";
  for (const std::int64_t id : report.first_without_vector) line += " " + std::to_string(id);
  return line + (report.ids_without_vector > RunReport::kIdsNamed ? " ..." : "");
}

// With 50 pairs per word the vectors of small texts are still near their initial values, and the loss near
// that of untrained vectors; a typical run has hundreds.
constexpr double kFewPairsPerWord = 50;

// Sound runs reach at most 1.01, in the first epoch and on text in random order.
constexpr double kHighTimesUntrained = 1.1;

}  // namespace

json settings_json(const TrainOptions& options) {
  const Config& c = options.config;
  return {{"dim", c.dim},
          {"window", c.window},
          {"shrink_window", c.shrink_window},
          {"min_count", c.min_count},
          {"max_vocab", c.max_vocab},
          {"model", to_string(c.model)},
          {"cbow_sum", c.cbow_sum},
          {"cbow_gradient", to_string(c.cbow_gradient)},
          {"loss", to_string(c.loss)},
          {"sharing", to_string(c.sharing)},
          {"table_type", to_string(c.table_type)},
          {"negative", c.negative},
          {"ns_exponent", c.ns_exponent},
          {"tile_centres", c.centres_per_tile()},
          {"tile_negatives", c.negatives_per_tile()},
          {"path_tile_centres", c.path_tile_centres()},
          {"sample", c.sample},
          {"lr", c.lr},
          {"min_lr", c.min_lr},
          {"epochs", c.epochs},
          {"max_sentence", c.max_sentence},
          {"threads", thread_count(c)},
          {"seed", c.seed},
          {"deterministic", c.deterministic},
          {"device", to_string(options.device)},
          {"gpus", options.device.gpus},
          {"format", to_string(options.vectors.format)},
          {"classes", options.classes},
          {"ids", options.ids},
          {"unicode_spaces", options.unicode_spaces},
          {"read_vocab", options.read_vocab},
          {"save_vocab", options.save_vocab},
          {"save_model", options.save_model},
          {"tensorboard", options.tensorboard},
          {"checkpoint", options.checkpoint},
          {"checkpoint_every", options.checkpoint_every},
          {"resume", options.resume},
          {"init", options.init},
          {"init_limit", options.init_limit},
          {"merge_every", options.merges.round},
          {"merge_rows", options.merges.hot_rows},
          {"merge_all_every", options.merges.all_rows_every},
          {"init_vocab", options.init.empty() ? "" : to_string(options.init_vocab)}};
}

json progress_json(const Progress& progress) {
  json object{{"type", "progress"},
              {"epoch", progress.epoch + 1},
              {"epoch_end", progress.epoch_end},
              {"tokens_done", progress.tokens_done},
              {"tokens_total", progress.tokens_total},
              {"pairs", progress.pairs_done},
              {"loss", progress.loss},
              {"lr", progress.lr},
              {"seconds", progress.seconds},
              {"words_per_second", progress.words_per_second}};
  if (!progress.wait_seconds.empty()) object["ranks"] = ranks_json(progress);
  return object;
}

json summary_json(const TrainOptions& options, const RunReport& report, const std::string& state,
                  const std::string& message) {
  const TrainingSummary& training = report.training;
  json summary{{"type", "summary"},
               {"state", state},
               {"version", version()},
               {"commit", commit()},
               {"settings", settings_json(options)},
               {"sharing", to_string(report.sharing)},
               {"machine", machine_json()},
               {"device", device_json(report)},
               {"input",
                {{"paths", options.graph.paths.empty() ? options.inputs : options.graph.paths},
                 {"bytes", report.input_bytes}}},
               {"scratch_bytes", report.scratch_bytes},
               {"output", options.output},
               {"counts",
                {{"text_tokens", report.text_tokens},
                 {"text_types", report.text_types},
                 {"vocabulary", report.vocabulary},
                 {"epoch_tokens", report.epoch_tokens},
                 {"trained_tokens", training.tokens},
                 {"resumed_tokens", report.resumed_tokens},
                 {"num_ids", report.num_ids},
                 {"ids_without_vector", report.ids_without_vector},
                 {"kept_tokens", training.kept_tokens},
                 {"pairs", training.pairs}}},
               {"seconds",
                {{"vocabulary", report.seconds.vocabulary},
                 {"encode", report.seconds.encode},
                 {"prepare", report.seconds.prepare},
                 {"train", report.seconds.train},
                 {"upload", training.upload_seconds},
                 {"download", training.download_seconds},
                 {"checkpoint", training.checkpoint_seconds},
                 {"save", report.seconds.save}}},
               {"epoch_loss", training.epoch_loss},
               {"words_per_second", words_per_second(training)},
               {"peak_memory_bytes", peak_memory()}};
  if (!options.graph.paths.empty()) summary["walks"] = walks_json(options.graph);
  if (!training.wait_seconds.empty()) summary["ranks"] = ranks_json(training);
  for (const auto& [top, nodes] : report.path_nodes_outside_top)
    summary["path_nodes_outside_top"][std::to_string(top)] = nodes;
  if (!message.empty()) summary["message"] = message;
  return summary;
}

std::vector<std::string> phase_breakdown(const TrainOptions& options, const RunReport& report) {
  const PhaseSeconds& s = report.seconds;
  return {"seconds: vocabulary " + seconds_text(s.vocabulary) + ", encode " + seconds_text(s.encode) +
              ", prepare " + seconds_text(s.prepare) + ", train " + seconds_text(s.train) + ", save " +
              seconds_text(s.save) + "; total " + seconds_text(s.total()),
          training_line(options, report),
          "memory: peak " + format_bytes(peak_memory()) +
              (!report.gpu ? ""
                           : (report.gpu_indices.size() > 1 ? ", on each GPU " : ", on the GPU ") +
                                 format_bytes(report.gpu->memory_bytes))};
}

std::vector<std::string> text_summary(const TrainOptions& options, const RunReport& report) {
  const TrainingSummary& training = report.training;
  std::vector<std::string> lines{"trained " + with_commas(training.tokens) + " words, " +
                                 with_commas(training.kept_tokens) + " of them kept by --sample, at " +
                                 with_commas(std::llround(words_per_second(training))) +
                                 " words/s; vocabulary " + with_commas(report.vocabulary) + " words"};
  if (report.num_ids > 0) lines.push_back(ids_line(report));
  if (!training.epoch_loss.empty()) lines.push_back("loss per epoch:" + losses_text(training.epoch_loss));
  for (std::string& line : phase_breakdown(options, report)) lines.push_back(std::move(line));
  if (!training.wait_seconds.empty()) lines.push_back(ranks_line(training));
  if (!options.save_model.empty()) lines.push_back("model: " + options.save_model);
  const std::string& path = options.output;
  if (options.classes > 0) {
    lines.push_back("classes of words: " + path);
  } else if (options.vectors.format == VectorFormat::tensorboard) {
    lines.push_back("vectors: " + path + ".vectors.tsv, words: " + path +
                    ".metadata.tsv (to see them, load both at https://projector.tensorflow.org)");
  } else {
    const bool is_file = path != kStandardOutput;
    lines.push_back("vectors: " + (is_file ? path : "standard output") + " (" +
                    to_string(options.vectors.format) + ")");
    if (is_file)
      lines.push_back("try: warp2vec neighbors --vectors " + shell_word(path) +
                      (report.example_word.starts_with('-') ? " -- " : " ") +
                      shell_word(report.example_word));
  }
  return lines;
}

std::vector<std::string> training_warnings(const TrainingData& data, const TrainingSummary& summary) {
  std::vector<std::string> warnings;
  const std::int64_t words = data.vocabulary.size();
  const Config& config = data.config;
  const double pairs =
      static_cast<double>(summary.pairs) * (config.pairs_per_centre() / config.predictions_per_centre());
  if (pairs / kFewPairsPerWord < static_cast<double>(words)) {
    const bool most_skipped = summary.kept_tokens < summary.tokens / 2;
    warnings.push_back(
        "warning: only " + with_commas(summary.pairs) +
        (config.model == Architecture::cbow ? " predictions" : " pairs of words") +
        " were trained for a vocabulary of " + with_commas(words) +
        " words, so the vectors may still be near their random initial values; more text or more "
        "--epochs help" +
        (most_skipped ? ", and so does a larger --sample" : ""));
  }
  const auto worst = std::max_element(summary.epoch_loss.begin(), summary.epoch_loss.end());
  const double untrained = untrained_loss(data);
  if (worst != summary.epoch_loss.end() && *worst > kHighTimesUntrained * untrained)
    warnings.push_back("warning: the loss in epoch " +
                       std::to_string(worst - summary.epoch_loss.begin() + 1) + " was " +
                       format_fixed(*worst, 4) + ", above the " + format_fixed(untrained, 4) +
                       " of untrained vectors: updates were too large, which makes the vectors worse; " +
                       smaller_updates(config));
  return warnings;
}

}  // namespace warp2vec::cli
