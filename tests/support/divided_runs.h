#pragma once
/// Runs that are divided among ranks, each a thread.

#include <warp2vec/trainer.h>

#include "host/distributed/thread_ranks.h"
#include "tests/support/training_outcome.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace warp2vec {

inline Distribution short_rounds() {
  Distribution distribution;
  distribution.round = 128;
  distribution.hot_rows = 40;
  distribution.all_rows_every = 1000;
  return distribution;
}

struct DividedRun {
  std::function<std::unique_ptr<Backend>(const TrainingData&, Ranks&)> make =
      [](const TrainingData& data, Ranks&) { return make_cpu_backend(data); };
  std::function<bool(Ranks&, const Progress&)> observer = {};
  std::function<void(Ranks&, Checkpoints&)> prepare = {};
  Distribution distribution = short_rounds();
  const Embeddings* start = nullptr;  ///< null: the initial values
};

inline Embeddings copy_of(const Embeddings& embeddings) {
  Embeddings copy;
  for (const auto matrix : {&Embeddings::input, &Embeddings::output, &Embeddings::nodes}) {
    const Matrix& from = embeddings.*matrix;
    if (from.rows() == 0) continue;
    copy.*matrix = Matrix(from.rows(), from.cols());
    std::copy_n(from.row(0), from.rows() * from.stride(), (copy.*matrix).row(0));
  }
  return copy;
}

/// What each rank has in the end.
inline std::vector<Outcome> run_divided(const SyntheticCorpus& corpus, const Config& config, int size,
                                        const DividedRun& how = {}) {
  std::vector<Outcome> outcomes(static_cast<std::size_t>(size));
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  std::vector<std::unique_ptr<Backend>> backends(outcomes.size());
  ThreadRanks(size).run([&](Ranks& ranks) {
    const auto rank = static_cast<std::size_t>(ranks.rank());
    backends[rank] = how.make(data, ranks);
    Outcome& own = outcomes[rank];
    own.embeddings =
        how.start != nullptr ? copy_of(*how.start) : initial_embeddings(corpus.vocabulary.size(), config);
    Checkpoints checkpoints;
    if (how.prepare) how.prepare(ranks, checkpoints);
    Distribution divided = how.distribution;
    divided.ranks = &ranks;
    Observer watch;
    if (how.observer) watch = [&](const Progress& progress) { return how.observer(ranks, progress); };
    own.summary = train(data, *backends[rank], own.embeddings, watch, checkpoints, divided);
  });
  return outcomes;
}

/// Takes the state once, after so many tokens.
class OneCheckpoint : public CheckpointSink {
 public:
  explicit OneCheckpoint(std::int64_t after) : after_(after) {}
  bool due(std::int64_t tokens) noexcept override { return !taken && tokens >= after_; }
  void take(const Embeddings& embeddings, const TrainingState& now) override {
    if (taken) return;
    taken = true;
    state = now;
    values = copy_of(embeddings);
  }

  bool taken = false;
  TrainingState state;
  Embeddings values;

 private:
  std::int64_t after_;
};

inline std::function<void(Ranks&, Checkpoints&)> to_first(OneCheckpoint& checkpoint) {
  return [&checkpoint](Ranks& ranks, Checkpoints& checkpoints) {
    if (ranks.rank() == 0) checkpoints.sink = &checkpoint;
  };
}

inline std::function<void(Ranks&, Checkpoints&)> from(const OneCheckpoint& checkpoint) {
  return [&checkpoint](Ranks&, Checkpoints& checkpoints) { checkpoints.start = checkpoint.state; };
}

}  // namespace warp2vec
