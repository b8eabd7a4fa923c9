#pragma once
/// Training that begins with vectors as long as well-trained ones.

#include "tests/support/random_matrix.h"
#include "tests/support/training_outcome.h"

#include <cmath>
#include <cstdint>
#include <memory>

namespace warp2vec {

/// Scores of up to a few units of either sign. Initial vectors have scores of about 0, so that all gradients
/// would round to 1/2, right or wrong.
inline void make_long(Embeddings& embeddings, std::int32_t dim) {
  const float longest = std::sqrt(4.5F / std::sqrt(static_cast<float>(dim)));
  std::uint64_t seed = 0;
  for (const auto matrix : {&Embeddings::input, &Embeddings::output, &Embeddings::nodes})
    if (const std::int64_t rows = (embeddings.*matrix).rows(); rows > 0)
      embeddings.*matrix = random_matrix(rows, dim, ++seed, longest);
}

inline Outcome run_from_long(const SyntheticCorpus& corpus, const Config& config, const MakeBackend& make) {
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  Outcome result;
  result.embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  make_long(result.embeddings, config.dim);
  const std::unique_ptr<Backend> backend = make(data);
  result.summary = train(data, *backend, result.embeddings);
  return result;
}

}  // namespace warp2vec
