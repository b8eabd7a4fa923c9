#include "host/cli/run/training_run.h"

#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "host/bytes/crc32.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/report/run_notes.h"
#include "host/cli/run/encoded_input.h"
#include "host/cli/run/requirements.h"
#include "host/cli/run/resumed_run.h"
#include "host/cli/run/run_costs.h"
#include "host/cli/run/run_outputs.h"
#include "host/cli/run/scratch.h"
#include "host/cli/run/trained_files.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/gpu.h"
#include "host/cli/terminal/gpu_text.h"
#include "host/cli/terminal/text.h"
#include "host/cli/terminal/version.h"
#include "host/distributed/require_same.h"
#include "host/distributed/thread_ranks.h"
#include "host/training/hot_rows.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

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

TrainOptions without_outputs(TrainOptions options) {
  options.output.clear();
  for (std::string* path : {&options.save_vocab, &options.save_model, &options.metrics, &options.tensorboard,
                            &options.checkpoint})
    path->clear();
  return options;
}

}  // namespace

TrainingRun::TrainingRun(const TrainOptions& options, const DeviceChoice& device, ProgressDisplay& display,
                         EarlierRun earlier, Ranks* ranks)
    : ranks_(ranks),
      outputs_(outputs_of(options)),
      options_(writes() ? options : without_outputs(options)),
      device_(device),
      display_(display),
      resumed_(std::move(earlier.resumed)),
      init_(std::move(earlier.init)) {
  if (writes()) check_outputs(options);
  MetricsFile metrics(options_.metrics, resumed_.has_value());
  report_.device = device.kind;
  report_.resumed_tokens = resumed_ ? resumed_->state.summary.tokens : 0;
  tensorboard_ = TensorboardFile(options_.tensorboard, report_.resumed_tokens);
  if (!resumed_) {
    metrics_ = std::move(metrics);
    return;
  }
  if (is_same_file(options_.checkpoint, options_.resume)) saved_tokens_ = report_.resumed_tokens;
}

int TrainingRun::run() {
  try {
    const int status = train_and_save();
    summarize(status == 0 ? "finished" : "interrupted", "");
    if (!metrics_.failure().empty())
      throw Error("--metrics " + options_.metrics + " is incomplete: " + metrics_.failure());
    if (!tensorboard_.failure().empty())
      throw Error("--tensorboard " + options_.tensorboard + " is incomplete: " + tensorboard_.failure());
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
  if (ranks_ != nullptr) require_same_settings_on_ranks();
  const bool is_encoded = encoded_settings(options_.inputs).has_value();
  if (!is_encoded && options_.graph.paths.empty())
    corpus_.emplace(open_texts(options_, paths_of(outputs_), display_));
  // From here on, signals request a stop instead of ending the process.
  const SignalGuard stop(SignalAction::stop);
  std::optional<SignalGuard> save;
  if (!options_.checkpoint.empty()) save.emplace(SignalAction::save);
  if (!device_.note.empty()) display_.say(device_.note);
  if (!corpus_) open_input();
  report_.input_bytes = corpus_ ? corpus_->bytes() : encoded_ ? encoded_->bytes() : graph_->bytes();
  const Vocabulary vocabulary = find_vocabulary();
  const TokenSource& tokens = find_tokens(vocabulary);
  TextFingerprint text;
  if (!options_.checkpoint.empty()) {
    const Stopwatch watch(report_.seconds.encode);
    text = fingerprint(tokens);
    if (resumed_) require_resumed_text(text);
  }

  std::unique_ptr<TrainingData> data;
  Embeddings embeddings;
  // Declared last: their threads must end before the objects that they use.
  std::unique_ptr<CheckpointWriter> writer;
  std::vector<std::unique_ptr<Backend>> backends;
  {
    const Stopwatch watch(report_.seconds.prepare);
    const bool on_gpu = device_.kind == DeviceKind::cuda;
    Config config = options_.config;
    config.sharing =
        choose_sharing(config, vocabulary.size(), expected_kept_tokens(vocabulary, config), on_gpu);
    data = std::make_unique<TrainingData>(config, vocabulary, tokens);
    report_.sharing = config.sharing;
    if (options_.config.sharing == Sharing::automatic && report_.sharing == Sharing::pair &&
        (config.loss.negative_sampling || on_gpu))
      display_.say(pair_note(vocabulary.size(), data->config, on_gpu));
    if (const std::string note = split_note(*data); !note.empty()) display_.say(note);
    embeddings = first_embeddings(vocabulary);
    if (!options_.checkpoint.empty())
      writer =
          std::make_unique<CheckpointWriter>(*data, embeddings, std::move(text), notes_of(options_),
                                             options_.checkpoint, parse_interval(options_.checkpoint_every));
    checkpoints_ = writer.get();
    backends = make_backends(*data);
    if (!options_.metrics.empty() && options_.config.loss.hierarchical_softmax) {
      const CentreShares shares(*data);
      // Possible numbers of top nodes of a tile.
      for (const std::int64_t top : {0, 32, 64, 128})
        report_.path_nodes_outside_top.emplace_back(top, shares.path_nodes_outside_top(top));
    }
    stop_if_interrupted();
    if (ranks_ != nullptr) require_same_data(*data, embeddings);
  }
  try {
    const Stopwatch watch(report_.seconds.train);
    report_.training = train_on(backends, *data, embeddings);
  } catch (const TrainingFailed& failure) {
    report_.training = failure.summary();
    const Stopwatch watch(report_.seconds.save);
    throw Error(save_after(failure, *data, embeddings));
  }
  const int status = finish(*data, embeddings);
  if (ranks_ != nullptr) ranks_->finish();
  return status;
}

// What is not a text.
void TrainingRun::open_input() {
  const Stopwatch watch(report_.seconds.encode);
  if (options_.graph.paths.empty())
    encoded_ = open_encoded(options_.inputs.front(), display_);
  else
    graph_.emplace(options_.graph, options_.config.seed, display_);
}

Vocabulary TrainingRun::find_vocabulary() {
  const Stopwatch watch(report_.seconds.vocabulary);
  Vocabulary vocabulary;
  std::int64_t counted_ids = 0;
  if (resumed_) {
    vocabulary = std::move(resumed_->vocabulary);
    for (const TextFingerprint::File& file : resumed_->text.files) max_sentences_ += file.sentences;
    display_.say("resuming " + options_.resume + " after " + with_commas(report_.resumed_tokens) +
                 " words; vocabulary: " + with_commas(vocabulary.size()) + " words");
    if (encoded_) require_same_words(vocabulary);
  } else if (encoded_) {
    vocabulary = encoded_->vocabulary();
  } else {
    const auto count = [this](const TrainOptions& options) {
      return graph_ ? count_vocabulary(graph_->walks(), options.config, display_, ranks_)
                    : count_vocabulary(*corpus_, options, display_, ranks_);
    };
    CorpusCounts counts = cli::find_vocabulary(options_, init_ ? &*init_ : nullptr, count, display_);
    report_.text_tokens = counts.tokens;
    report_.text_types = counts.types;
    max_sentences_ = counts.max_sentences;
    counted_ids = counts.num_ids;
    vocabulary = std::move(counts.vocabulary);
  }
  report_.vocabulary = vocabulary.size();
  // Rarer than function words, but frequent enough for a good vector.
  report_.example_word =
      vocabulary.word(static_cast<WordId>(std::min<std::int64_t>(1000, vocabulary.size() / 2)));
  if (options_.ids || (corpus_ && corpus_->has_ids())) {
    const std::vector<std::int32_t> rows = resolve_ids(options_, vocabulary, counted_ids);
    report_.num_ids = options_.num_ids;
    for (std::int64_t id = 0; id < options_.num_ids; ++id)
      if (rows[static_cast<std::size_t>(id)] < 0 && ++report_.ids_without_vector <= RunReport::kIdsNamed)
        report_.first_without_vector.push_back(id);
  }
  require_resources(vocabulary);
  if (!options_.save_vocab.empty()) save_vocabulary(vocabulary, options_.save_vocab);
  return vocabulary;
}

// Memory and disks, before the text is encoded.
void TrainingRun::require_resources(const Vocabulary& vocabulary) {
  CorpusSize size = size_of(vocabulary, options_.config);
  size.tokens_in_memory = encoded_ == nullptr;
  // The counts may be those of another text.
  if (corpus_ && !options_.read_vocab.empty()) size.tokens = std::min(size.tokens, corpus_->max_tokens());
  size.sentences = max_sentences_;
  const AvailableMemory available = available_memory("/", options_.local_ranks);
  const std::int64_t held = resumed_ ? checkpoint_memory(size, options_.config) : 0;
  bool use_scratch = needs_scratch(size, options_, held, available);
  if (ranks_ != nullptr) {  // or all, if one does
    double needing = use_scratch ? 1 : 0;
    ranks_->sum(std::span(&needing, 1));
    use_scratch = needing > 0;
  }
  if (use_scratch) size.tokens_in_memory = false;
  const std::int64_t needed = needed_memory(size, options_);
  require_memory(needed, held, available);
  require_space(planned_files(size, options_, use_scratch));
  display_.say(describe_memory(needed, available));
  if (!use_scratch) return;
  display_.say(scratch_note(size, options_));
  scratch_ = std::make_unique<ScratchTokens>(options_.scratch_folder);
}

// The ids of an encoded corpus are those of its own words.
void TrainingRun::require_same_words(const Vocabulary& vocabulary) const {
  const Vocabulary& own = encoded_->vocabulary();
  bool same = own.size() == vocabulary.size();
  for (std::int64_t w = 0; same && w < own.size(); ++w)
    same = own.word(static_cast<WordId>(w)) == vocabulary.word(static_cast<WordId>(w));
  if (!same)
    throw Error("--resume " + options_.resume + ": the words of " + options_.inputs.front() +
                " are not those of the checkpoint");
}

const TokenSource& TrainingRun::find_tokens(const Vocabulary& vocabulary) {
  if (!encoded_) encode_input(vocabulary);
  const TokenSource* tokens = &stream_;
  if (encoded_) tokens = encoded_.get();
  if (scratch_) tokens = scratch_.get();
  report_.epoch_tokens = tokens->tokens();
  report_.scratch_bytes = scratch_ ? scratch_->bytes() : 0;
  return *tokens;
}

void TrainingRun::encode_input(const Vocabulary& vocabulary) {
  const Stopwatch watch(report_.seconds.encode);
  const int threads = thread_count(options_.config);
  if (graph_) {
    const GraphProgress progress = walks_progress(display_, "making walks", graph_->walks());
    if (scratch_)
      encode(graph_->walks(), vocabulary, threads, *scratch_, progress);
    else
      stream_ = encode(graph_->walks(), vocabulary, threads, progress, ranks_);
  } else {
    const ReadProgress progress = reading_progress(display_, "reading the text", corpus_->bytes());
    if (scratch_)
      encode(*corpus_, vocabulary, threads, *scratch_, progress);
    else
      stream_ = encode(*corpus_, vocabulary, threads, progress, max_sentences_, ranks_);
  }
  stop_if_interrupted();
}

TextFingerprint TrainingRun::fingerprint(const TokenSource& tokens) const {
  if (encoded_) return encoded_->text();
  return scratch_ ? scratch_->text() : fingerprint_of(tokens, thread_count(options_.config));
}

Embeddings TrainingRun::first_embeddings(const Vocabulary& vocabulary) {
  if (resumed_) return std::move(resumed_->embeddings);
  if (!init_) return initial_embeddings(vocabulary.size(), options_.config);
  WarmStart start = warm_start(*init_, vocabulary, options_.config);
  init_.reset();  // memory
  for (const std::string& line : start_notes(start, options_)) display_.say(line);
  return std::move(start.embeddings);
}

void TrainingRun::require_resumed_text(const TextFingerprint& text) {
  try {
    require_same_text(resumed_->text, text);
  } catch (const Error& error) {
    throw Error("--resume " + options_.resume + ": " + error.what());
  }
  metrics_ = MetricsFile(options_.metrics, true);
  const std::int64_t lines = metrics_.cut_behind(report_.resumed_tokens);
  if (lines > 0)
    display_.say("note: " + with_commas(lines) + (lines == 1 ? " line" : " lines") + " of --metrics " +
                 options_.metrics + " removed: what they report is trained again, from the checkpoint on");
  metrics_.write({{"type", "resumed"}, {"tokens_done", report_.resumed_tokens}});
}

// One, or one for each of several GPUs.
std::vector<std::unique_ptr<Backend>> TrainingRun::make_backends(const TrainingData& data) {
  if (device_.kind == DeviceKind::cuda) {
    try {
      return make_on_gpus(data);
    } catch (const Error& error) {
      if (options_.device.kind != DeviceKind::automatic || options_.config.table_type == TableType::bf16)
        throw;
      display_.say("training on the CPU: " + gpu_name(device_.gpus.front()) +
                   " is not usable for this: " + error.what());
      report_.device = DeviceKind::cpu;
    }
  }
  std::vector<std::unique_ptr<Backend>> backends;
  backends.push_back(device_.kind == DeviceKind::reference ? make_reference_backend(data)
                                                           : make_cpu_backend(data));
  return backends;
}

std::vector<std::unique_ptr<Backend>> TrainingRun::make_on_gpus(const TrainingData& data) {
  std::vector<std::unique_ptr<Backend>> backends;
  for (const CudaDevice& device : device_.gpus) {
    GpuBackend gpu = make_gpu_backend(data, device.index, ranks_ != nullptr || device_.gpus.size() > 1);
    report_.gpu_indices.push_back(device.index);
    if (backends.empty()) {
      for (const std::string& line : describe_run(gpu.run)) display_.say(line);
      report_.gpu = std::move(gpu.run);
      gpu_ = gpu.backend.get();
    }
    backends.push_back(std::move(gpu.backend));
  }
  if (backends.size() > 1)
    display_.say("divided among " + std::to_string(backends.size()) + " GPUs, a rank each");
  return backends;
}

TrainingSummary TrainingRun::train_on(const std::vector<std::unique_ptr<Backend>>& backends,
                                      const TrainingData& data, Embeddings& embeddings) {
  const Observer observer = [this](const Progress& progress) { return observe(progress); };
  Checkpoints checkpoints;
  if (resumed_) checkpoints.start = resumed_->state;
  Checkpoints saved = checkpoints;
  saved.sink = checkpoints_;
  Distribution distribution = options_.merges;
  distribution.ranks = ranks_;
  if (backends.size() == 1) return train(data, *backends[0], embeddings, observer, saved, distribution);
  TrainingSummary summary;
  ThreadRanks(static_cast<int>(backends.size())).run([&](Ranks& ranks) {
    Backend& own = *backends[static_cast<std::size_t>(ranks.rank())];
    Distribution divided = options_.merges;
    divided.ranks = &ranks;
    divided.keeps_parameters = ranks.rank() == 0;
    if (ranks.rank() == 0)
      summary = train(data, own, embeddings, observer, saved, divided);
    else
      train(data, own, embeddings, {}, checkpoints, divided);
  });
  return summary;
}

bool TrainingRun::observe(const Progress& progress) {
  if (gpu_ != nullptr) report_.gpu->seconds = gpu_->kernel_seconds();
  const nlohmann::json object = progress_json(progress);
  metrics_.write(object);
  tensorboard_.write(progress);
  const std::string line = format_progress(progress, options_.config.epochs);
  if (progress.tokens_done >= progress.tokens_total)
    display_.show_last(line, object);
  else
    display_.show(line, object);
  if (checkpoints_ != nullptr) {
    tell_checkpoints();
    if (take_save_request()) checkpoints_->request();
  }
  if (caught_signal() == 0) return true;
  // A divided run goes on until its next merge.
  if (progress.tokens_done < progress.tokens_total && !std::exchange(stopping_, true))
    display_.say(std::string("stopping, and saving the ") +
                 (checkpoints_ != nullptr ? "run" : "vectors so far") + "; " + kHowToStopAtOnce);
  return false;
}

// Reports checkpoints written since the last call; returns false if the latest of them could not be written.
bool TrainingRun::tell_checkpoints() {
  bool saved = true;
  for (const CheckpointWriter::Result& result : checkpoints_->results()) {
    saved = result.failure.empty();
    nlohmann::json line{{"type", "checkpoint"}, {"tokens", result.tokens}, {"write_seconds", result.seconds}};
    if (saved) {
      saved_tokens_ = result.tokens;
      display_.say("checkpoint: " + options_.checkpoint + ", after " + with_commas(result.tokens) + " words");
    } else {
      line["message"] = result.failure;
      display_.say("warning: no checkpoint after " + with_commas(result.tokens) +
                   " words: " + result.failure);
    }
    metrics_.write(line);
  }
  return saved;
}

// Saves the last checkpoint before the device failed if the file does not contain it yet. Returns a message
// for the user.
std::string TrainingRun::save_after(const TrainingFailed& failure, const TrainingData& data,
                                    const Embeddings& embeddings) {
  if (!writes()) return std::string("the GPU failed: ") + failure.what();
  const std::int64_t tokens = failure.state().summary.tokens;
  if (checkpoints_ == nullptr || tokens == 0)
    return save_last_checkpoint(failure, data, embeddings, options_);
  checkpoints_->finish();
  tell_checkpoints();
  if (saved_tokens_ < tokens) {
    checkpoints_->take(embeddings, failure.state());
    checkpoints_->finish();
    tell_checkpoints();
  }
  if (saved_tokens_ < tokens) return save_last_checkpoint(failure, data, embeddings, options_);
  return std::string("the GPU failed: ") + failure.what() + "; the run is saved up to word " +
         with_commas(tokens) + "; to resume: " + resume_command(options_.checkpoint);
}

// Before anything is read. Other builds may have other settings.
void TrainingRun::require_same_settings_on_ranks() {
  const auto hash_of = [](const std::string& text) { return std::hash<std::string>()(text); };
  require_same(*ranks_, std::vector<Common>{{"build", hash_of(std::string(version()) + " " + commit())}});
  nlohmann::json settings = settings_json(without_outputs(options_));
  for (const char* of_one : {"threads", "format", "classes", "checkpoint_every"}) settings.erase(of_one);
  std::vector<Common> common;
  for (const auto& [name, value] : settings.items()) {
    std::string flag = "--" + name;
    std::replace(flag.begin(), flag.end(), '_', '-');
    common.push_back({flag, hash_of(value.dump())});
  }
  require_same(*ranks_, common);
  const int threads = training_threads(options_.config);
  display_.say("divided among " + std::to_string(options_.ranks) + " ranks, " +
               std::to_string(options_.local_ranks) +
               " of them on this machine; threads of each: " + std::to_string(threads));
}

// Before the first merge, in which ranks with other numbers of rows would wait for each other for ever.
void TrainingRun::require_same_data(const TrainingData& data, const Embeddings& embeddings) {
  const auto add = [](std::uint64_t& hash, std::uint64_t value) { hash = hash_with(hash, value); };
  std::uint64_t words = 0;
  for (std::int64_t row = 0; row < data.vocabulary.size(); ++row) {
    const auto word = static_cast<WordId>(row);
    add(words, std::hash<std::string_view>()(data.vocabulary.word(word)));
    add(words, static_cast<std::uint64_t>(data.vocabulary.count(word)));
  }
  auto text = static_cast<std::uint64_t>(data.tokens.tokens());
  for (const TextFingerprint::File& file : fingerprint(data.tokens).files) add(text, file.crc);
  std::uint64_t values = 0;
  for (const Matrix* matrix : {&embeddings.input, &embeddings.output, &embeddings.nodes})
    for (std::int64_t row = 0; row < matrix->rows(); ++row)
      add(values, crc32_of({reinterpret_cast<const char*>(matrix->row(row)),
                            static_cast<std::size_t>(matrix->cols()) * sizeof(float)}));
  add(values, static_cast<std::uint64_t>(report_.resumed_tokens));
  require_same(*ranks_,
               std::vector<Common>{{"vocabulary", words}, {"text", text}, {"initial values", values}});
}

int TrainingRun::finish(const TrainingData& data, const Embeddings& embeddings) {
  if (!writes()) return 0;
  if (report_.training.interrupted) return finish_interrupted(data, embeddings);
  TrainedFiles files(data, embeddings, options_, "");
  bool saved = true;
  {
    const Stopwatch watch(report_.seconds.save);
    files.save();
    if (checkpoints_ != nullptr) {
      checkpoints_->finish();
      saved = tell_checkpoints();
    }
    if (!files.failure().empty()) {
      if (checkpoints_ != nullptr && saved)
        throw Error(files.failure() + "; all that was learned is in " + options_.checkpoint + ": " +
                    resume_command(options_.checkpoint) + " saves it");
      files.rescue();
      throw Error(files.failure() + "; " + files.places("the vectors"));
    }
  }
  // What an earlier run saved when it was stopped may be wanted, or taken for something newer.
  for (const NamedPath& partial : partial_outputs_of(options_))
    if (is_same_file(partial.path, partial.path))
      display_.say("note: " + partial.path +
                   " is of an earlier run that was stopped; this run did not touch it");
  for (const std::string& warning : training_warnings(data, report_.training)) display_.say(warning);
  for (const std::string& line : text_summary(options_, report_)) display_.print(line);
  if (!saved)
    throw Error("the finished run is not in --checkpoint " + options_.checkpoint + "; " +
                files.places("the vectors"));
  return 0;
}

// With a checkpoint in place, no partial vectors are written.
int TrainingRun::finish_interrupted(const TrainingData& data, const Embeddings& embeddings) {
  const Stopwatch watch(report_.seconds.save);
  const std::string stopped = "stopped after " + with_commas(report_.training.tokens) + " words; ";
  if (checkpoints_ != nullptr) {
    checkpoints_->finish();
    if (tell_checkpoints()) {
      display_.say(stopped + "to resume: " + resume_command(options_.checkpoint));
      return exit_status_of(caught_signal());
    }
  }
  TrainedFiles files(data, embeddings, options_, kPartial);
  files.save();
  if (!files.failure().empty()) {
    files.rescue();
    throw Error(stopped + files.failure() + "; " + files.places("the vectors so far"));
  }
  display_.say(stopped + files.places("the vectors so far"));
  return exit_status_of(caught_signal());
}

void TrainingRun::summarize(const std::string& state, const std::string& message) {
  const nlohmann::json summary = summary_json(options_, report_, state, message);
  metrics_.write(summary);
  display_.tell(summary);
}

}  // namespace warp2vec::cli
