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

// Sums up what the backend has trained, and reports it.
class Reporter {
 public:
  Reporter(const TrainingData& data, const Observer& observer, TrainingSummary& summary)
      : data_(data), observer_(observer), summary_(summary), watch_(data) {}

  double seconds() const { return seconds_since(start_); }
  bool due() const { return seconds_since(last_) >= kReportSeconds; }

  // Reports after `done` tokens of `epoch`; false if the observer wants to stop.
  bool report(const Trained& trained, std::int32_t epoch, std::int64_t done) {
    const std::int64_t tokens = data_.tokens.tokens();
    const bool epoch_end = done == tokens;
    watch_.add(trained, epoch, epoch_end && epoch + 1 == data_.config.epochs);
    epoch_.loss += trained.loss;
    epoch_.pairs += trained.pairs;
    summary_.pairs += trained.pairs;
    summary_.tokens = epoch * tokens + done;
    if (epoch_end) {
      summary_.epoch_loss.push_back(mean(epoch_));
      epoch_ = {};
    }
    last_ = std::chrono::steady_clock::now();
    if (!observer_) return true;
    Progress progress;
    progress.epoch = epoch;
    progress.tokens_done = summary_.tokens;
    progress.tokens_total = data_.config.epochs * tokens;
    progress.pairs_done = summary_.pairs;
    progress.loss = mean(trained);
    progress.lr = data_.lr_at(static_cast<std::uint32_t>(epoch), done);
    progress.seconds = seconds();
    progress.words_per_second = static_cast<double>(summary_.tokens) / std::max(progress.seconds, 1e-9);
    progress.epoch_end = epoch_end;
    return observer_(progress);
  }

 private:
  static double mean(const Trained& trained) {
    return trained.pairs > 0 ? trained.loss / static_cast<double>(trained.pairs) : 0;
  }

  const TrainingData& data_;
  const Observer& observer_;
  TrainingSummary& summary_;
  LossWatch watch_;
  Trained epoch_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = start_;
};

void require_neighbours(const TrainingData& data) {
  const Config& config = data.config;
  const std::string none = "there is nothing to learn from: ";
  if (config.max_sentence == 1) throw Error(none + "--max-sentence 1 leaves no word a neighbour; raise it");
  std::int64_t begin = 0;
  for (const std::int64_t end : data.tokens.ends)
    if (end - std::exchange(begin, end) > 1) return;
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

void train_epochs(const TrainingData& data, Backend& backend, Reporter& reporter, ParameterSync& sync,
                  TrainingSummary& summary) {
  for (std::int32_t epoch = 0; epoch < data.config.epochs && !summary.interrupted; ++epoch) {
    const KeptTokens kept = backend.kept_tokens(data, static_cast<std::uint32_t>(epoch));
    std::int64_t first = 0;
    while (first < kept.size() && !summary.interrupted) {
      const std::int64_t last = std::min(kept.size(), first + backend.batch_size());
      backend.train({&kept, first, last});
      first = last;
      if (first < kept.size() && reporter.due()) {
        summary.interrupted = !reporter.report(backend.drain(), epoch, kept.position_of(first));
        if (!summary.interrupted && sync.checkpoint_due()) sync.checkpoint();
      }
    }
    summary.kept_tokens += first;
    if (first == kept.size() && !summary.interrupted) {
      summary.interrupted = !reporter.report(backend.drain(), epoch, kept.tokens());
      if (!summary.interrupted && epoch + 1 < data.config.epochs && sync.checkpoint_due_at_epoch_end())
        sync.checkpoint();
    }
  }
}

Config with_chosen_sharing(Config config, std::int64_t words) {
  config.sharing = choose_sharing(config, words);
  return config;
}

}  // namespace

TrainingData::TrainingData(const Config& config_, const Vocabulary& vocabulary_, const TokenStream& tokens_)
    : config(with_chosen_sharing(config_, vocabulary_.size())), vocabulary(vocabulary_), tokens(tokens_) {
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
                      const Observer& observer, const CheckpointIntervals& intervals) {
  require_neighbours(data);
  TrainingSummary summary;
  Reporter reporter(data, observer, summary);
  ParameterSync sync(data, backend, embeddings, summary, intervals);
  try {
    sync.upload();
    train_epochs(data, backend, reporter, sync, summary);
    if (summary.tokens == data.config.epochs * data.tokens.tokens())
      summary.interrupted = false;  // all tokens were trained anyway
    require_pairs(data.config, summary);
    sync.download();
  } catch (const DeviceError& error) {
    summary.seconds = reporter.seconds();
    throw TrainingFailed(error.what(), std::move(summary), sync.tokens());
  }
  summary.seconds = reporter.seconds();
  return summary;
}

}  // namespace warp2vec
