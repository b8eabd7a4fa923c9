#include <warp2vec/detail/checked_tokens.h>
#include <warp2vec/detail/numerics.h>
#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include "host/distributed/agreement.h"
#include "host/distributed/rank_group.h"
#include "host/training/batch_centres.h"
#include "host/training/divergence.h"
#include "host/training/parameter_sync.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace warp2vec {
namespace {

constexpr double kReportSeconds = 0.1;

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

  // Adds what was trained, after `done` tokens of the state's epoch.
  void add(const Trained& trained, std::int64_t done) {
    const std::int64_t tokens = data_.tokens.tokens();
    const bool epoch_end = done == tokens;
    const std::int32_t epoch = state_.epoch;
    TrainingSummary& summary = state_.summary;
    watch_.add(trained, epoch, epoch_end && epoch + 1 == data_.config.epochs);
    state_.epoch_trained.loss += trained.loss;
    state_.epoch_trained.pairs += trained.pairs;
    if (trained.pairs > 0) last_loss_ = mean(trained);
    summary.pairs += trained.pairs;
    summary.tokens = epoch * tokens + done;
    summary.seconds = seconds();
    if (epoch_end) summary.epoch_loss.push_back(mean(std::exchange(state_.epoch_trained, {})));
  }

  // add(), and asks the observer: false if it wants to stop.
  bool report(const Trained& trained, std::int64_t done) {
    add(trained, done);
    last_ = std::chrono::steady_clock::now();
    if (!observer_) return true;
    const TrainingSummary& summary = state_.summary;
    Progress progress;
    progress.epoch = state_.epoch;
    progress.tokens_done = summary.tokens;
    progress.tokens_total = data_.config.epochs * data_.tokens.tokens();
    progress.pairs_done = summary.pairs;
    progress.loss = last_loss_;
    progress.lr = data_.lr_at(static_cast<std::uint32_t>(state_.epoch), done);
    progress.seconds = summary.seconds;
    progress.words_per_second = static_cast<double>(summary.tokens) / std::max(progress.seconds, 1e-9);
    progress.epoch_end = done == data_.tokens.tokens();
    progress.wait_seconds = summary.wait_seconds;
    progress.merge_seconds = summary.merge_seconds;
    progress.merge_bytes = summary.merge_bytes;
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
  double last_loss_ = watch_.untrained();  // of the last pairs; until there are any, of untrained vectors
  double seconds_before_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = start_;
};

// Whether any sentence has two words.
bool has_neighbours(const TrainingData& data) {
  const std::int64_t tokens = data.tokens.tokens();
  TokenBuffer buffer;
  std::int64_t last_end = 0;
  for (std::int64_t begin = 0; begin < tokens; begin += kTokensAtATime) {
    const TokenRun run = read_checked(data.tokens, begin, std::min(tokens, begin + kTokensAtATime),
                                      data.vocabulary.size(), buffer);
    for (const std::int64_t end : run.ends)
      if (end - std::exchange(last_end, end) > 1) return true;
  }
  return false;
}

void require_neighbours(const TrainingData& data) {
  const Config& config = data.config;
  const std::string none = "there is nothing to learn from: ";
  if (config.max_sentence == 1) throw Error(none + "--max-sentence 1 leaves no word a neighbour; raise it");
  if (has_neighbours(data)) return;
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
  const std::int64_t unit = batch_unit(data.config);
  if (start.epoch < 0 || start.epoch > epochs || start.kept_done < 0 || start.kept_done % unit != 0 ||
      (start.epoch == epochs && start.kept_done > 0))
    throw Error("a run of " + std::to_string(epochs) + " epochs cannot go on after " +
                std::to_string(start.epoch) + " epochs and " + std::to_string(start.kept_done) +
                " kept words: expected whole tiles of " + std::to_string(unit));
}

// One epoch, from the state's place in it.
class EpochTraining {
 public:
  // `group`: null for a run that is not divided.
  EpochTraining(const TrainingData& data, Backend& backend, Reporter& reporter, ParameterSync& parameters,
                RankGroup* group, TrainingState& state)
      : data_(data),
        backend_(backend),
        reporter_(reporter),
        parameters_(parameters),
        group_(group),
        state_(state),
        kept_(backend.kept_tokens(data, static_cast<std::uint32_t>(state.epoch))) {
    if (state.kept_done > 0 && state.kept_done >= kept_.size())
      throw Error("the epoch to go on with has " + std::to_string(kept_.size()) +
                  " kept words, expected more than " + std::to_string(state.kept_done));
    if (state.kept_done > 0) place_ = kept_.position_of(state.kept_done);
  }

  // Unless the run was stopped, the state is then at the beginning of the next epoch.
  void train() {
    const Trained rest = group_ != nullptr ? train_rounds() : train_batches();
    if (state_.summary.interrupted && (group_ == nullptr || state_.kept_done < kept_.size())) {
      reporter_.add(rest, place_);
      return;
    }
    stop_unless(reporter_.report(rest, kept_.tokens()));
    ++state_.epoch;
    state_.kept_done = 0;
  }

 private:
  std::int64_t tokens_done() const { return state_.epoch * data_.tokens.tokens() + place_; }

  // What the observer wants. A divided run stops when all ranks know it.
  void stop_unless(bool go_on) {
    if (go_on) return;
    if (group_ != nullptr)
      group_->ask_to_stop();
    else
      state_.summary.interrupted = true;
  }

  // Returns what is not reported yet; so does train_rounds().
  Trained train_batches() {
    while (state_.kept_done < kept_.size() && !state_.summary.interrupted) {
      train_batch();
      if (!state_.summary.interrupted && state_.kept_done < kept_.size()) report_if_due();
    }
    return backend_.drain();
  }

  Trained train_rounds() {
    TrainingSummary& summary = state_.summary;
    const std::int64_t unit = batch_unit(data_.config);
    Trained trained;  // by all ranks
    while (state_.kept_done < kept_.size() && !summary.interrupted) {
      const KeptRange round = group_->round(state_.kept_done, kept_.size(), unit);
      const KeptRange share = group_->share(round, unit);
      for (std::int64_t first = share.begin; first < share.end;) {
        const std::int64_t last = std::min(share.end, first + backend_.batch_size());
        backend_.train({&kept_, std::exchange(first, last), last, nullptr});
      }
      const bool ends_epoch = round.end == kept_.size();
      const RankGroup::Report all = group_->finish(backend_.drain(), round, ends_epoch);
      trained.loss += all.trained.loss;
      trained.pairs += all.trained.pairs;
      summary.kept_tokens += round.size();
      state_.kept_done = round.end;
      place_ = kept_.position_of(round.end);
      summary.wait_seconds = all.wait_seconds;
      summary.merge_seconds = group_->merge_seconds();
      summary.merge_bytes = group_->merge_bytes();
      summary.interrupted = all.stop;
      if (ends_epoch) break;
      const bool for_sink = all.save && parameters_.sink_due(tokens_done());
      if (for_sink || (all.all_rows && parameters_.checkpoint_due())) {
        reporter_.add(std::exchange(trained, {}), place_);
        if (for_sink)
          parameters_.checkpoint_for_sink();
        else
          parameters_.checkpoint();
      }
      if (reporter_.due()) stop_unless(reporter_.report(std::exchange(trained, {}), place_));
      if (parameters_.sink_due(tokens_done())) group_->ask_to_save();
    }
    return trained;
  }

  void train_batch() {
    TrainingSummary& summary = state_.summary;
    std::exception_ptr failure;
    const std::function<bool()> stop = [&] {
      if (summary.interrupted || !reporter_.due()) return summary.interrupted;
      try {
        summary.interrupted = !reporter_.report({}, place_);
      } catch (...) {
        failure = std::current_exception();
        summary.interrupted = true;
      }
      return summary.interrupted;
    };
    const std::int64_t last = std::min(kept_.size(), state_.kept_done + backend_.batch_size());
    bool left_out = false;
    try {
      backend_.train({&kept_, state_.kept_done, last, &stop});
    } catch (const LeftOut&) {
      left_out = true;
    }
    if (failure) with_batches_in_flight([&] { std::rethrow_exception(failure); });
    if (left_out) return;
    summary.kept_tokens += last - state_.kept_done;
    state_.kept_done = last;
    with_batches_in_flight([&] { place_ = kept_.position_of(last); });
  }

  void report_if_due() {
    const bool for_sink = parameters_.sink_due(tokens_done());
    if (!for_sink && !reporter_.due()) return;
    // A checkpoint is of a moment at which nothing is in flight; a report need not be.
    const bool checkpoint = for_sink || parameters_.checkpoint_due();
    const Trained trained = checkpoint ? backend_.drain() : backend_.collect();
    bool& stopped = state_.summary.interrupted;
    with_batches_in_flight([&] { stopped = !reporter_.report(trained, place_); });
    if (stopped || !checkpoint) return;
    if (for_sink)
      parameters_.checkpoint_for_sink();
    else
      parameters_.checkpoint();
  }

  // Calls what may throw although the backend has not failed. Batches in flight use kept_, which must not end
  // before they do.
  template <class Call>
  void with_batches_in_flight(const Call& call) {
    try {
      call();
    } catch (...) {
      try {
        backend_.drain();
      } catch (...) {  // what was thrown first is passed on
      }
      throw;
    }
  }

  const TrainingData& data_;
  Backend& backend_;
  Reporter& reporter_;
  ParameterSync& parameters_;
  RankGroup* group_;
  TrainingState& state_;
  const KeptTokens kept_;
  std::int64_t place_ = 0;  // position after the last token that the backend was given
};

void train_epochs(const TrainingData& data, Backend& backend, Reporter& reporter, ParameterSync& parameters,
                  RankGroup* group, TrainingState& state) {
  const std::int32_t epochs = data.config.epochs;
  while (state.epoch < epochs && !state.summary.interrupted) {
    EpochTraining(data, backend, reporter, parameters, group, state).train();
    if (state.summary.interrupted || state.epoch == epochs) continue;
    if (parameters.sink_due(state.summary.tokens))
      parameters.checkpoint_for_sink();
    else if (parameters.checkpoint_due_at_epoch_end())
      parameters.checkpoint();
  }
  if (state.epoch == epochs) state.summary.interrupted = false;  // too late to stop: training is complete
}

Config with_chosen_sharing(Config config, const Vocabulary& vocabulary) {
  config.validate();
  config.sharing = choose_sharing(config, vocabulary.size(), expected_kept_tokens(vocabulary, config));
  return config;
}

}  // namespace

double expected_kept_tokens(const Vocabulary& vocabulary, const Config& config) {
  double kept = 0;
  std::int64_t previous = 0;  // many words have the same count
  double of_each = 0;
  for (const std::int64_t count : vocabulary.counts()) {
    if (count != previous)
      of_each = static_cast<double>(count) * keep_probability(count, vocabulary.total(), config.sample);
    previous = count;
    kept += of_each;
  }
  return kept * config.epochs;
}

TrainingData::TrainingData(const Config& config_, const Vocabulary& vocabulary_, const TokenSource& tokens_)
    : config(with_chosen_sharing(config_, vocabulary_)), vocabulary(vocabulary_), tokens(tokens_) {
  if (vocabulary.size() < 2)
    throw Error("training needs at least two different words; the vocabulary has " +
                std::to_string(vocabulary.size()));
  if (tokens.tokens() == 0) throw Error("the corpus has no word of the vocabulary");
  // Positions are counted over all epochs.
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() / (2 * std::int64_t{config.epochs});
  if (tokens.tokens() < 0 || tokens.tokens() > most)
    throw Error("a corpus of " + std::to_string(tokens.tokens()) + " tokens: expected 1 to " +
                std::to_string(most) + " for " + std::to_string(config.epochs) + " epochs");
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
  return {config.lr, config.min_lr, static_cast<double>(tokens.tokens()), config.epochs};
}

std::unique_ptr<Merging> Backend::merging(Ranks& ranks, Embeddings& embeddings) {
  return std::make_unique<Agreement>(ranks, embeddings);
}

TrainingSummary train(const TrainingData& data, Backend& backend, Embeddings& embeddings,
                      const Observer& observer, const Checkpoints& checkpoints,
                      const Distribution& distribution) {
  require_neighbours(data);
  require_place(checkpoints.start, data);
  TrainingState state = checkpoints.start;
  TrainingSummary& summary = state.summary;
  summary.upload_seconds = summary.download_seconds = summary.checkpoint_seconds = summary.merge_seconds = 0;
  summary.merge_bytes = 0;
  summary.wait_seconds.clear();
  summary.interrupted = false;
  Reporter reporter(data, observer, state);
  ParameterSync parameters(data, backend, embeddings, state, checkpoints, distribution.keeps_parameters);
  try {
    parameters.upload();
    std::optional<RankGroup> group;
    if (distribution.ranks != nullptr && distribution.ranks->size() > 1)
      group.emplace(distribution, backend.merging(*distribution.ranks, embeddings));
    train_epochs(data, backend, reporter, parameters, group ? &*group : nullptr, state);
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
