#include <warp2vec/detail/numerics.h>
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "host/training/divergence.h"
#include "host/training/parameter_sync.h"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>
#include <utility>

namespace warp2vec {
namespace {

constexpr double kReportSeconds = 0.2;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Accumulates what the backend has trained, and reports it.
class Reporter {
 public:
  Reporter(const TrainingData& data, const Observer& observer, TrainingState& state)
      : data_(data),
        observer_(observer),
        state_(state),
        watch_(data, state),
        seconds_before_(state.summary.seconds) {}

  /// Over all runs, including those before the checkpoint.
  double seconds() const { return seconds_before_ + seconds_since(start_); }
  bool due() const { return seconds_since(last_) >= kReportSeconds; }

  // Called after `done` tokens of the state's epoch; returns false if the observer wants to stop.
  bool report(const Trained& trained, std::int64_t done) {
    const std::int64_t tokens = data_.tokens.tokens();
    const bool epoch_end = done == tokens;
    const std::int32_t epoch = state_.epoch;
    TrainingSummary& summary = state_.summary;
    watch_.add(trained, epoch, epoch_end && epoch + 1 == data_.config.epochs);
    state_.epoch_trained.loss += trained.loss;
    state_.epoch_trained.pairs += trained.pairs;
    summary.pairs += trained.pairs;
    summary.tokens = epoch * tokens + done;
    summary.seconds = seconds();
    if (epoch_end) summary.epoch_loss.push_back(mean(std::exchange(state_.epoch_trained, {})));
    last_ = std::chrono::steady_clock::now();
    if (!observer_) return true;
    Progress progress;
    progress.epoch = epoch;
    progress.tokens_done = summary.tokens;
    progress.tokens_total = data_.config.epochs * tokens;
    progress.pairs_done = summary.pairs;
    progress.loss = mean(trained);
    progress.lr = data_.lr_at(static_cast<std::uint32_t>(epoch), done);
    progress.seconds = summary.seconds;
    progress.words_per_second = static_cast<double>(summary.tokens) / std::max(progress.seconds, 1e-9);
    progress.epoch_end = epoch_end;
    return observer_(progress);
  }

 private:
  static double mean(const Trained& trained) {
    return trained.pairs > 0 ? trained.loss / static_cast<double>(trained.pairs) : 0;
  }

  const TrainingData& data_;
  const Observer& observer_;
  TrainingState& state_;
  LossWatch watch_;
  double seconds_before_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = start_;
};

// Whether any sentence has two words.
bool has_neighbours(const TokenSource& tokens) {
  TokenBuffer buffer;
  std::int64_t last_end = 0;
  for (std::int64_t begin = 0; begin < tokens.tokens(); begin += kTokensAtATime) {
    const TokenRun run = tokens.read(begin, std::min(tokens.tokens(), begin + kTokensAtATime), buffer);
    for (const std::int64_t end : run.ends)
      if (end - std::exchange(last_end, end) > 1) return true;
  }
  return false;
}

void require_neighbours(const TrainingData& data) {
  const Config& config = data.config;
  const std::string none = "there is nothing to learn from: ";
  if (config.max_sentence == 1) throw Error(none + "--max-sentence 1 leaves no word a neighbour; raise it");
  if (has_neighbours(data.tokens)) return;
  throw Error(none +
              "no line of the text has two words of the vocabulary, and words are learned from those "
              "next to them on a line; put whole sentences on a line" +
              (config.min_count > 1 ? ", or lower --min-count" : ""));
}

void require_pairs(const Config& config, const TrainingSummary& summary) {
  if (summary.pairs > 0 || summary.interrupted) return;
  std::ostringstream message;
  message << "no pair of words was trained: --sample " << config.sample << " keeps " << summary.kept_tokens
          << " of " << summary.tokens << " words, no two of them on one line; raise --sample (0 keeps all)";
  throw Error(message.str());
}

// Batches begin with whole tiles, so a run can only resume between two tiles.
void require_place(const TrainingState& start, const TrainingData& data) {
  const std::int32_t epochs = data.config.epochs;
  if (start.epoch < 0 || start.epoch > epochs || start.kept_done < 0 ||
      start.kept_done % data.config.centres_per_tile() != 0 || (start.epoch == epochs && start.kept_done > 0))
    throw Error("a run of " + std::to_string(epochs) + " epochs cannot go on after " +
                std::to_string(start.epoch) + " epochs and " + std::to_string(start.kept_done) +
                " kept words: expected whole tiles of " + std::to_string(data.config.centres_per_tile()));
}

// Trains the rest of the state's epoch. Unless the run was stopped, the state is then at the beginning of the
// next epoch.
void train_epoch(const TrainingData& data, Backend& backend, Reporter& reporter, ParameterSync& parameters,
                 TrainingState& state) {
  const std::int64_t tokens_before = state.epoch * data.tokens.tokens();
  TrainingSummary& summary = state.summary;
  const KeptTokens kept = backend.kept_tokens(data, static_cast<std::uint32_t>(state.epoch));
  if (state.kept_done > 0 && state.kept_done >= kept.size())
    throw Error("the epoch to go on with has " + std::to_string(kept.size()) +
                " kept words, expected more than " + std::to_string(state.kept_done));
  while (state.kept_done < kept.size()) {
    const std::int64_t last = std::min(kept.size(), state.kept_done + backend.batch_size());
    backend.train({&kept, state.kept_done, last});
    summary.kept_tokens += last - state.kept_done;
    state.kept_done = last;
    if (last == kept.size()) break;
    const bool for_sink = parameters.sink_due(tokens_before + kept.position_of(last));
    if (!for_sink && !reporter.due()) continue;
    summary.interrupted = !reporter.report(backend.drain(), kept.position_of(last));
    if (summary.interrupted) return;
    if (for_sink)
      parameters.checkpoint_for_sink();
    else if (parameters.checkpoint_due())
      parameters.checkpoint();
  }
  summary.interrupted = !reporter.report(backend.drain(), kept.tokens());
  ++state.epoch;
  state.kept_done = 0;
}

void train_epochs(const TrainingData& data, Backend& backend, Reporter& reporter, ParameterSync& parameters,
                  TrainingState& state) {
  const std::int32_t epochs = data.config.epochs;
  while (state.epoch < epochs && !state.summary.interrupted) {
    train_epoch(data, backend, reporter, parameters, state);
    if (state.summary.interrupted || state.epoch == epochs) continue;
    if (parameters.sink_due(state.summary.tokens))
      parameters.checkpoint_for_sink();
    else if (parameters.checkpoint_due_at_epoch_end())
      parameters.checkpoint();
  }
  if (state.epoch == epochs) state.summary.interrupted = false;  // too late to stop: training is complete
}

Config with_chosen_sharing(Config config, const Vocabulary& vocabulary) {
  config.sharing = choose_sharing(config, vocabulary.size(), expected_kept_tokens(vocabulary, config));
  return config;
}

}  // namespace

double expected_kept_tokens(const Vocabulary& vocabulary, const Config& config) {
  double kept = 0;
  for (const std::int64_t count : vocabulary.counts())
    kept += static_cast<double>(count) * keep_probability(count, vocabulary.total(), config.sample);
  return kept * config.epochs;
}

TrainingData::TrainingData(const Config& config_, const Vocabulary& vocabulary_, const TokenSource& tokens_)
    : config(with_chosen_sharing(config_, vocabulary_)), vocabulary(vocabulary_), tokens(tokens_) {
  config.validate();
  if (vocabulary.size() < 2)
    throw Error("training needs at least two different words; the vocabulary has " +
                std::to_string(vocabulary.size()));
  if (tokens.tokens() == 0) throw Error("the corpus has no word of the vocabulary");
  keep_thresholds.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (const std::int64_t count : vocabulary.counts())
    keep_thresholds.push_back(keep_threshold(keep_probability(count, vocabulary.total(), config.sample)));
  if (config.loss.negative_sampling) negatives = AliasTable(vocabulary.counts(), config.ns_exponent);
  if (config.loss.hierarchical_softmax) tree = HuffmanTree(vocabulary.counts());
}

KeptTokens TrainingData::kept_tokens(std::uint32_t epoch) const {
  return {tokens, keep_thresholds, Draws{config.seed, epoch}, config.max_sentence, thread_count(config)};
}

LearningRateSchedule TrainingData::schedule() const {
  return {config.lr, static_cast<double>(tokens.tokens()), config.epochs};
}

TrainingSummary train(const TrainingData& data, Backend& backend, Embeddings& embeddings,
                      const Observer& observer, const Checkpoints& checkpoints) {
  require_neighbours(data);
  require_place(checkpoints.start, data);
  TrainingState state = checkpoints.start;
  TrainingSummary& summary = state.summary;
  summary.upload_seconds = summary.download_seconds = summary.checkpoint_seconds = 0;
  summary.interrupted = false;
  Reporter reporter(data, observer, state);
  ParameterSync parameters(data, backend, embeddings, state, checkpoints);
  try {
    parameters.upload();
    train_epochs(data, backend, reporter, parameters, state);
    require_pairs(data.config, summary);
    parameters.download();
  } catch (const DeviceError& error) {
    summary.seconds = reporter.seconds();
    throw TrainingFailed(error.what(), std::move(summary), parameters.held());
  }
  summary.seconds = reporter.seconds();
  return summary;
}

}  // namespace warp2vec
