#include <warp2vec/graph.h>
#include <warp2vec/train.h>

#include <algorithm>
#include <string>
#include <utility>

namespace warp2vec {
namespace {

std::unique_ptr<Backend> make_backend(const TrainCall& call, const TrainingData& data) {
  return call.make_backend ? call.make_backend(data) : make_cpu_backend(data);
}

// With what Sharing::automatic means.
Config resolved(Config config, const Vocabulary& vocabulary, const TrainCall& call) {
  config.sharing =
      choose_sharing(config, vocabulary.size(), expected_kept_tokens(vocabulary, config), call.on_gpu);
  return config;
}

struct Run {
  Embeddings embeddings;
  TrainingSummary summary;
};

Run train_on(const TokenStream& tokens, const Vocabulary& vocabulary, const Config& config,
             const TrainCall& call) {
  const TrainingData data(resolved(config, vocabulary, call), vocabulary, tokens);
  Run run{initial_embeddings(vocabulary.size(), config), {}};
  const std::unique_ptr<Backend> backend = make_backend(call, data);
  run.summary = train(data, *backend, run.embeddings, call.observer);
  return run;
}

// Keeps the state in which a run ends.
class EndState final : public CheckpointSink {
 public:
  bool due(std::int64_t /*tokens*/) noexcept override { return false; }
  void take(const Embeddings& /*embeddings*/, const TrainingState& state) override { state_ = state; }
  const TrainingState& state() const { return state_; }

 private:
  TrainingState state_;
};

// Each epoch is a run of its own, on its own sentences, that goes on from the one before.
class FreshRun {
 public:
  FreshRun(const Sentences& sentences, const Vocabulary& vocabulary, const Config& config,
           const TrainCall& call)
      : sentences_(sentences),
        vocabulary_(vocabulary),
        config_(resolved(config, vocabulary, call)),
        call_(call),
        run_{initial_embeddings(vocabulary.size(), config), {}} {}

  Run run() {
    for (std::int32_t epoch = 0; epoch < config_.epochs && !stopped_; ++epoch) train_epoch(epoch);
    run_.summary.interrupted = stopped_;
    return std::move(run_);
  }

 private:
  void train_epoch(std::int32_t epoch) {
    const TokenStream tokens = encode(sentences_, vocabulary_);
    const TrainingData data(config_, vocabulary_, tokens);
    const std::unique_ptr<Backend> backend = make_backend(call_, data);
    EndState end;
    Checkpoints checkpoints;
    checkpoints.sink = &end;
    checkpoints.start = std::move(state_);
    // The trainer counts all epochs as if they had as many tokens as this one.
    const std::int64_t assumed = epoch * tokens.tokens();
    TrainingSummary summary = train(
        data, *backend, run_.embeddings,
        [&](const Progress& progress) { return observe(progress, assumed, tokens.tokens()); }, checkpoints);
    state_ = end.state();
    const TrainingSummary before = std::exchange(run_.summary, std::move(summary));
    run_.summary.tokens += tokens_before_ - assumed;
    run_.summary.upload_seconds += before.upload_seconds;
    run_.summary.download_seconds += before.download_seconds;
    tokens_before_ += tokens.tokens();
  }

  // Returns false to stop: at the end of each epoch, and where the user wants to.
  bool observe(Progress progress, std::int64_t assumed, std::int64_t tokens) {
    progress.tokens_done += tokens_before_ - assumed;
    progress.tokens_total = tokens_before_ + (config_.epochs - progress.epoch) * tokens;
    progress.words_per_second = static_cast<double>(progress.tokens_done) / std::max(progress.seconds, 1e-9);
    const bool last = progress.epoch_end && progress.epoch + 1 == config_.epochs;
    if (call_.observer && !call_.observer(progress) && !last) stopped_ = true;
    return !stopped_ && !progress.epoch_end;
  }

  const Sentences& sentences_;
  const Vocabulary& vocabulary_;
  const Config config_;
  const TrainCall& call_;
  Run run_;
  TrainingState state_;
  std::int64_t tokens_before_ = 0;  // of the epochs before
  bool stopped_ = false;
};

Run train_words(const Sentences& sentences, const Vocabulary& vocabulary, const Config& config,
                const TrainCall& call) {
  if (call.fresh_sentences) return FreshRun(sentences, vocabulary, config, call).run();
  const TokenStream tokens = encode(sentences, vocabulary);
  if (tokens.tokens() != vocabulary.total())
    throw Error("the second pass over the sentences found " + std::to_string(tokens.tokens()) +
                " words of the vocabulary, the first " + std::to_string(vocabulary.total()) +
                ": expected the same sentences in both passes (fresh_sentences allows others in each epoch)");
  return train_on(tokens, vocabulary, config, call);
}

void require_for_ids(const Config& config, const TrainCall& call) {
  config.validate();
  if (call.fresh_sentences) throw Error("fresh_sentences is for sentences: sequences of ids do not change");
}

TrainedIds in_order_of_ids(Run run, const CorpusCounts& counts) {
  run.embeddings.output = {};  // memory
  run.embeddings.nodes = {};
  TrainedIds trained;
  trained.vectors = Matrix(counts.num_ids, run.embeddings.input.cols());
  trained.counts.assign(static_cast<std::size_t>(counts.num_ids), 0);
  const std::vector<std::int32_t> rows = rows_of_ids(counts.vocabulary, counts.num_ids);
  for (std::int32_t id = 0; id < counts.num_ids; ++id) {
    const std::int32_t row = rows[static_cast<std::size_t>(id)];
    if (row < 0) {
      trained.without.push_back(id);
      continue;
    }
    std::copy_n(run.embeddings.input.row(row), trained.vectors.cols(), trained.vectors.row(id));
    trained.counts[static_cast<std::size_t>(id)] = counts.vocabulary.count(WordId{row});
  }
  trained.summary = std::move(run.summary);
  return trained;
}

}  // namespace

TrainedVectors train(const Sentences& sentences, const Config& config, const TrainCall& call) {
  config.validate();
  const Vocabulary vocabulary =
      count_words(sentences, config.min_count, config.max_vocab, call.memory).vocabulary;
  Run run = train_words(sentences, vocabulary, config, call);
  TrainedVectors trained;
  trained.vectors.words.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (std::int64_t row = 0; row < vocabulary.size(); ++row)
    trained.vectors.words.emplace_back(vocabulary.word(static_cast<WordId>(row)));
  trained.vectors.vectors = std::move(run.embeddings.input);
  trained.counts.assign(vocabulary.counts().begin(), vocabulary.counts().end());
  trained.summary = std::move(run.summary);
  return trained;
}

TrainedIds train(const IdSequences& sequences, const Config& config, std::int64_t num_ids,
                 const TrainCall& call) {
  require_for_ids(config, call);
  const CorpusCounts counts = count_words(sequences, config.min_count, config.max_vocab, num_ids);
  return in_order_of_ids(train_on(encode(sequences, counts.vocabulary), counts.vocabulary, config, call),
                         counts);
}

TrainedIds train(const Walks& walks, const Config& config, const TrainCall& call) {
  require_for_ids(config, call);
  if (!walks.names().empty()) throw Error("nodes with names: their vectors are those of words");
  const int threads = thread_count(config);
  const CorpusCounts counts = count_words(walks, config.min_count, config.max_vocab, threads);
  return in_order_of_ids(train_on(encode(walks, counts.vocabulary, threads), counts.vocabulary, config, call),
                         counts);
}

}  // namespace warp2vec
