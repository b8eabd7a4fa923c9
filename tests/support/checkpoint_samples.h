#pragma once
/// Checkpoints that tests take out of short runs, and runs that go on from them.

#include <warp2vec/trainer.h>

#include "tests/support/training_outcome.h"

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace warp2vec {

/// What a run had come to at one moment.
struct Moment {
  Embeddings embeddings;
  TrainingState state;
};

inline Matrix copy_of(const Matrix& matrix) {
  Matrix copy(matrix.rows(), matrix.cols());
  if (matrix.rows() > 0)
    std::memcpy(copy.row(0), matrix.row(0),
                static_cast<std::size_t>(Matrix::bytes(matrix.rows(), matrix.cols())));
  return copy;
}
inline Embeddings copy_of(const Embeddings& embeddings) {
  return {copy_of(embeddings.input), copy_of(embeddings.output), copy_of(embeddings.nodes)};
}

/// Takes a checkpoint whenever it can be had.
class EveryMoment final : public CheckpointSink {
 public:
  bool due(std::int64_t /*tokens*/) noexcept override { return true; }
  void take(const Embeddings& embeddings, const TrainingState& state) override {
    moments.push_back({copy_of(embeddings), state});
  }

  std::vector<Moment> moments;
};

/// All moments of a run, the last one among them.
inline std::vector<Moment> moments_of(const SyntheticCorpus& corpus, const Config& config,
                                      const MakeBackend& make) {
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  EveryMoment sink;
  Checkpoints checkpoints;
  checkpoints.sink = &sink;
  const std::unique_ptr<Backend> backend = make(data);
  train(data, *backend, embeddings, {}, checkpoints);
  return std::move(sink.moments);
}

/// What becomes of a run that goes on from `moment`.
inline Outcome resume(const SyntheticCorpus& corpus, const Config& config, const MakeBackend& make,
                      const Moment& moment) {
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  Outcome result;
  result.embeddings = copy_of(moment.embeddings);
  Checkpoints checkpoints;
  checkpoints.start = moment.state;
  const std::unique_ptr<Backend> backend = make(data);
  result.summary = train(data, *backend, result.embeddings, {}, checkpoints);
  return result;
}

}  // namespace warp2vec
