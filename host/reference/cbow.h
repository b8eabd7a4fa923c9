#pragma once
/// CBOW in plain loops (T. Mikolov et al. 2013, "Efficient estimation of word representations", section 3.1).
/// Each centre is predicted once, from the mean h of the n contexts in its window (or from their sum):
///   H  = A X              N x d, a row h per centre that has contexts; A (N x C) is 1 / n for the n contexts
///                         of the window, or 1 for a sum
///   S  = H Y'             scores, N x T; loss L and gradient G as for skip-gram (reference.h), with H for X
///   X += lr a (B' G Y)    B (N x C) is 1 for each context of the window, as in word2vec.c and gensim; or
///                         with CbowGradient::exact B = A, which makes it the gradient of L
///   Y += lr b (G' H)      a, b: the damping factors of the rows
/// The targets are those of skip-gram, once per centre instead of once per pair: the centre and K fresh
/// negatives (Sharing::pair) or the M negatives of a tile (Sharing::tile); the nodes of the centre's path; or
/// every word. A centre without contexts, such as a sentence of one word, trains nothing.

#include "host/reference/reference.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {

/// Windows, and what is predicted from them.
struct CbowMinibatch {
  /// A context in a window.
  struct Entry {
    std::size_t hidden;     ///< row of H
    float weight;           ///< element of A
    float gradient_weight;  ///< element of B
  };
  std::vector<std::int64_t> contexts;  ///< rows of the input matrix, window after window; may repeat
  std::vector<Entry> entries;          ///< of each context
  std::vector<float> context_pairs;    ///< of each context; see CbowRule::pairs()
  Minibatch predictions;               ///< its contexts are the rows of H
};

/// Sharing::pair: the window of the centre, the centre, and K negatives; a negative equal to the centre is
/// left out.
CbowMinibatch cbow_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                             std::int64_t centre);

/// Sharing::tile: the windows of centres [begin, end) of `span`, these centres, and M negatives with weight K
/// / M; a negative equal to a centre is left out for it.
CbowMinibatch cbow_tile_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                                  std::int64_t begin, std::int64_t end);

/// Hierarchical softmax: the windows of centres [begin, end) of `span`, one centre under Sharing::pair, and
/// the nodes of their paths, one centre after the other.
CbowMinibatch cbow_path_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                                  std::int64_t begin, std::int64_t end);

/// Full softmax: the windows of centres [begin, end) of `span`, and these centres. Updates are not damped.
CbowMinibatch cbow_softmax_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                                     std::int64_t begin, std::int64_t end);

/// Owns H.
template <class Real>
struct Hidden {
  std::vector<Real> values;
  std::int64_t rows = 0;
  std::int32_t cols = 0;

  MatrixView<const Real> view() const { return {values.data(), rows, cols, cols}; }
};

/// A X.
template <class Real>
Hidden<Real> hidden_of(const CbowMinibatch& minibatch, MatrixView<const Real> input) {
  const auto width = static_cast<std::size_t>(input.cols);
  const std::size_t rows = minibatch.predictions.contexts.size();
  Hidden<Real> hidden{std::vector<Real>(rows * width), static_cast<std::int64_t>(rows), input.cols};
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
    const CbowMinibatch::Entry& entry = minibatch.entries[c];
    const Real* x = input.row(minibatch.contexts[c]);
    for (std::size_t d = 0; d < width; ++d)
      hidden.values[entry.hidden * width + d] += Real(entry.weight) * x[d];
  }
  return hidden;
}

/// The updates of the contexts from those of the rows of H: each gets its part B.
template <class Real>
std::vector<Real> context_updates(const CbowMinibatch& minibatch, const std::vector<Real>& hidden_updates,
                                  std::int32_t dim) {
  const auto width = static_cast<std::size_t>(dim);
  std::vector<Real> updates;
  updates.reserve(minibatch.contexts.size() * width);
  for (const CbowMinibatch::Entry& entry : minibatch.entries)
    for (std::size_t d = 0; d < width; ++d)
      updates.push_back(Real(entry.gradient_weight) * hidden_updates[entry.hidden * width + d]);
  return updates;
}

/// One step of minibatch_loss(predictions, H, output). Returns the loss before the step.
template <class Real>
double train_cbow(const CbowMinibatch& minibatch, MatrixView<Real> input, MatrixView<Real> output, Real lr,
                  const HotView& context_damping, const HotView& target_damping) {
  const Minibatch& predictions = minibatch.predictions;
  const Hidden<Real> hidden = hidden_of(minibatch, read_only(input));
  const Updates<Real> updates = minibatch_updates(predictions, hidden.view(), read_only(output), lr);
  apply_updates(input, minibatch.contexts, minibatch.context_pairs,
                context_updates(minibatch, updates.contexts, input.cols), context_damping, lr);
  apply_updates(output, predictions.targets, predictions.target_pairs, updates.targets, target_damping, lr);
  return updates.loss;
}

/// One step of softmax_loss(predictions, H, output). Returns the loss before the step.
template <class Real>
double train_cbow_softmax(const CbowMinibatch& minibatch, MatrixView<Real> input, MatrixView<Real> output,
                          Real lr, const BetweenContexts& between = {}) {
  const Hidden<Real> hidden = hidden_of(minibatch, read_only(input));
  const Updates<Real> updates =
      softmax_updates(minibatch.predictions, hidden.view(), read_only(output), lr, between);
  apply_updates(input, minibatch.contexts, minibatch.context_pairs,
                context_updates(minibatch, updates.contexts, input.cols), {}, lr);
  apply_to_all(output, updates.targets);
  return updates.loss;
}

}  // namespace warp2vec
