#include "host/cli/run/training_run.h"

#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "host/cli/flags/output_check.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/run/interrupt.h"
#include "host/cli/run/trained_files.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/gpu.h"
#include "host/cli/terminal/gpu_text.h"
#include "host/cli/terminal/machine.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"
#include "host/training/hot_rows.h"
#include "host/training/memory_plan.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>

namespace warp2vec::cli {
namespace {

// Adds its lifetime to `seconds`.
class Stopwatch {
 public:
  explicit Stopwatch(double& seconds) : seconds_(seconds) {}
  ~Stopwatch() { seconds_ += std::chrono::duration<double>(Clock::now() - begin_).count(); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double& seconds_;
  Clock::time_point begin_ = Clock::now();
};

void check_outputs(const TrainOptions& options) {
  std::vector<NamedPath> outputs;
  for (const std::string& file : vector_files(options.output, options.format))
    outputs.push_back({"--output", file});
  if (!options.save_model.empty()) outputs.push_back({"--save-model", options.save_model});
  if (!options.save_vocab.empty()) outputs.push_back({"--save-vocab", options.save_vocab});
  for (const NamedPath& output : outputs) check_writable(output.path);
  if (!options.metrics.empty()) outputs.push_back({"--metrics", options.metrics});
  // Written by a run that is stopped.
  const TrainedFiles partial = trained_files(options, kPartial);
  for (const std::string& file : vector_files(partial.vectors, options.format))
    outputs.push_back({"--output", file});
  if (!partial.model.empty()) outputs.push_back({"--save-model", partial.model});
  std::vector<NamedPath> inputs;
  for (const std::string& path : options.inputs) inputs.push_back({"--input", path});
  if (!options.config_file.empty()) inputs.push_back({"--config", options.config_file});
  check_distinct(outputs, inputs);
  // The vocabulary may be saved over the file it was read from: it is in memory by then.
  std::erase_if(outputs, [](const NamedPath& output) { return output.flag == "--save-vocab"; });
  if (!options.read_vocab.empty()) check_distinct(outputs, {{"--read-vocab", options.read_vocab}});
}

// Number of sentences that are expected to have more than max_sentence words after subsampling. Each is
// examined only that far.
std::int64_t split_sentences(const TrainingData& data) {
  const std::int64_t most = data.config.max_sentence;
  if (most == 0) return 0;
  std::int64_t split = 0;
  std::int64_t begin = 0;
  for (const std::int64_t end : data.tokens.ends) {
    double kept = 0;
    if (end - begin > most)
      for (std::int64_t i = begin; i < end && kept <= static_cast<double>(most); ++i)
        kept += 0x1p-32 * data.keep_thresholds[static_cast<std::size_t>(
                              row_of(data.tokens.ids[static_cast<std::size_t>(i)]))];
    split += kept > static_cast<double>(most) ? 1 : 0;
    begin = end;
  }
  return split;
}

std::string pair_reason(std::int64_t words, const Config& config) {
  const std::string settings =
      config.loss.negative_sampling ? "--lr, --window and --negative" : "--lr and --window";
  const std::int64_t least = min_words_to_share(config);
  const std::string reason = words < least ? "the vocabulary has fewer than " + with_commas(least) + " words"
                                           : settings + " together are high";
  return "trained pair by pair, since " + reason +
         " (--sharing tile is faster, but its vectors would be worse)";
}

}  // namespace

TrainingRun::TrainingRun(const TrainOptions& options, const DeviceChoice& device, ProgressDisplay& display)
    : options_(options), device_(device), display_(display) {
  check_outputs(options);
  metrics_ = MetricsFile(options.metrics);
  report_.device = device.kind;
}

int TrainingRun::run() {
  try {
    const int status = train_and_save();
    summarize(status == 0 ? "finished" : "interrupted", "");
    if (!metrics_.complete())
      throw Error("--metrics " + options_.metrics + " is incomplete: a write to it failed");
    return status;
  } catch (const Interrupted& interrupted) {
    summarize("interrupted", "");
    display_.say("stopped before training began; nothing was saved");
    return exit_status_of(interrupted.signal());
  } catch (const std::exception& error) {
    summarize("failed", error.what());
    throw;
  }
}

int TrainingRun::train_and_save() {
  const Corpus corpus(options_.inputs);
  report_.input_bytes = corpus.bytes();
  // From here on a signal should not interrupt the work.
  const InterruptGuard guard;
  if (!device_.note.empty()) display_.say(device_.note);
  const Vocabulary vocabulary = find_vocabulary(corpus);
  const TokenStream tokens = encode_text(corpus, vocabulary);

  std::unique_ptr<TrainingData> data;
  Embeddings embeddings;
  std::unique_ptr<Backend> backend;  // declared last: its threads must end before what they work on
  {
    const Stopwatch watch(report_.seconds.prepare);
    const bool on_gpu = device_.kind == DeviceKind::cuda;
    Config config = options_.config;
    config.sharing = choose_sharing(config, vocabulary.size(), on_gpu);
    data = std::make_unique<TrainingData>(config, vocabulary, tokens);
    report_.sharing = config.sharing;
    if (options_.config.sharing == Sharing::automatic && report_.sharing == Sharing::pair &&
        (config.loss.negative_sampling || on_gpu))
      display_.say(pair_reason(vocabulary.size(), data->config));
    if (const std::int64_t split = split_sentences(*data); split > 0)
      display_.say("note: " + with_commas(split) + (split == 1 ? " sentence has" : " sentences have") +
                   " more than --max-sentence " + std::to_string(options_.config.max_sentence) +
                   " words after subsampling and " + (split == 1 ? "is" : "are") +
                   " split for training; nothing is dropped");
    embeddings = initial_embeddings(vocabulary.size(), options_.config);
    backend = make_backend(*data);
    if (!options_.metrics.empty() && options_.config.loss.hierarchical_softmax) {
      const CentreShares shares(*data);
      // Possible numbers of top nodes of a tile.
      for (const std::int64_t top : {0, 32, 64, 128})
        report_.path_nodes_outside_top.emplace_back(top, shares.path_nodes_outside_top(top));
    }
    stop_if_interrupted();
  }
  try {
    const Stopwatch watch(report_.seconds.train);
    report_.training =
        train(*data, *backend, embeddings, [this](const Progress& progress) { return observe(progress); });
  } catch (const TrainingFailed& failure) {
    report_.training = failure.summary();
    const Stopwatch watch(report_.seconds.save);
    throw Error(save_last_checkpoint(failure, *data, embeddings, options_));
  }
  return finish(*data, embeddings);
}

Vocabulary TrainingRun::find_vocabulary(const Corpus& corpus) {
  const Stopwatch watch(report_.seconds.vocabulary);
  Vocabulary vocabulary;
  if (options_.read_vocab.empty()) {
    CorpusCounts counts = count_vocabulary(corpus, options_.config, display_);
    report_.text_tokens = counts.tokens;
    report_.text_types = counts.types;
    vocabulary = std::move(counts.vocabulary);
  } else {
    vocabulary = load_vocabulary(options_.read_vocab, options_.config, display_);
  }
  report_.vocabulary = vocabulary.size();
  // Rarer than function words, but frequent enough for a good vector.
  report_.example_word =
      vocabulary.word(static_cast<WordId>(std::min<std::int64_t>(1000, vocabulary.size() / 2)));
  const std::int64_t needed = host_bytes(memory_plan(size_of(vocabulary), options_.config));
  const std::int64_t available = available_memory();
  std::string memory = "training needs about " + format_bytes(needed) + " of memory";
  if (available > 0) memory += "; " + format_bytes(available) + " available";
  if (available > 0 && needed > available)
    display_.say("warning: " + memory +
                 ". A smaller --dim or --max-vocab, or a larger --min-count, needs less");
  else
    display_.say(memory);
  if (!options_.save_vocab.empty()) save_vocabulary(vocabulary, options_.save_vocab);
  return vocabulary;
}

TokenStream TrainingRun::encode_text(const Corpus& corpus, const Vocabulary& vocabulary) {
  const Stopwatch watch(report_.seconds.encode);
  TokenStream tokens = encode(corpus, vocabulary, thread_count(options_.config),
                              reading_progress(display_, "reading the text", corpus));
  stop_if_interrupted();
  report_.epoch_tokens = tokens.tokens();
  return tokens;
}

std::unique_ptr<Backend> TrainingRun::make_backend(const TrainingData& data) {
  if (device_.kind == DeviceKind::reference) return make_reference_backend(data);
  if (device_.kind == DeviceKind::cuda) {
    try {
      return make_on_gpu(data);
    } catch (const Error& error) {
      if (options_.device.kind != DeviceKind::automatic || options_.config.table_type == TableType::bf16)
        throw;
      display_.say("training on the CPU: " + gpu_name(*device_.gpu) +
                   " is not usable for this: " + error.what());
      report_.device = DeviceKind::cpu;
    }
  }
  return make_cpu_backend(data);
}

std::unique_ptr<Backend> TrainingRun::make_on_gpu(const TrainingData& data) {
  GpuBackend gpu = make_gpu_backend(data, device_.gpu->index);
  for (const std::string& line : describe_run(gpu.run)) display_.say(line);
  report_.gpu = std::move(gpu.run);
  gpu_ = gpu.backend.get();
  return std::move(gpu.backend);
}

bool TrainingRun::observe(const Progress& progress) {
  if (gpu_ != nullptr) report_.gpu->seconds = gpu_->kernel_seconds();
  metrics_.write(progress_json(progress));
  const std::string line = format_progress(progress, options_.config.epochs);
  if (progress.tokens_done >= progress.tokens_total)
    display_.show_last(line);
  else
    display_.show(line);
  if (caught_signal() == 0) return true;
  if (progress.tokens_done < progress.tokens_total)
    display_.say(std::string("stopping, and saving the vectors so far; ") + kHowToStopAtOnce);
  return false;
}

int TrainingRun::finish(const TrainingData& data, const Embeddings& embeddings) {
  const bool interrupted = report_.training.interrupted;
  const TrainedFiles files = trained_files(options_, interrupted ? kPartial : "");
  {
    const Stopwatch watch(report_.seconds.save);
    save_trained(data, embeddings, options_.format, files);
  }
  if (interrupted) {
    display_.say("stopped after " + with_commas(report_.training.tokens) + " words; the vectors so far are " +
                 place_of(files));
    return exit_status_of(caught_signal());
  }
  for (const std::string& warning : training_warnings(data, report_.training)) display_.say(warning);
  display_.print(text_summary(options_, report_, files));
  return 0;
}

void TrainingRun::summarize(const std::string& state, const std::string& message) {
  metrics_.write(summary_json(options_, report_, state, message));
}

}  // namespace warp2vec::cli
