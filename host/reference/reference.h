#pragma once
/// START HERE. Every training rule in plain loops, for any floating-point type: what the CPU and GPU backends
/// are tested against.
///
/// Matrices, V words, dimension d:
///   input   V x d         one row x per word as a context: the vectors that are saved
///   output  V x d         one row y per word as a centre or a negative (negative sampling, full softmax)
///   nodes   (V - 1) x d   one row y per inner node of the Huffman tree (hierarchical softmax)
///
/// Skip-gram predicts each centre from every word in its window. A *minibatch* is the set of pairs whose
/// gradients are computed from the same row values: one pair, the window of one centre, or a tile of centres,
/// as Sharing says. With C contexts, T targets and the weights W (C x T), 0 where the two do not interact,
///   S  = X Y'                           scores, C x T
///   L  = sum |W| softplus(-sign(W) S)   loss, in nats
///   G  = W sigmoid(-sign(W) S)          -dL/dS
///   X += lr a (G Y),  Y += lr b (G' X)  a, b: the damping factors of the rows (update_rule.h)
/// The targets are, under
///   negative sampling     the centre, weight 1, and negatives from P(w) ~ count(w)^0.75, weight -1
///                         (Mikolov et al. 2013, eq. 4); M negatives of a tile stand for K of each pair
///   hierarchical softmax  the nodes on the centre's path, weight 1 where it turns left and -1 where it turns
///                         right (F. Morin and Y. Bengio 2005)
///   full softmax          every word, by log softmax instead of the sigmoid, of some centres of a tile (see
///                         softmax_tile.h): the baseline
///
/// CBOW predicts each centre once, from the mean of its window: see cbow.h.
///
/// Invariants: examples are pure functions of (seed, epoch, position), so every backend trains the same ones
/// (examples.h); all gradients of a minibatch come from the values at its start; a row that occurs several
/// times in a minibatch is damped for the sum of its pairs.

#include <warp2vec/detail/examples.h>
#include <warp2vec/detail/kept_tokens.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/detail/update_rule.h>
#include <warp2vec/trainer.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

namespace warp2vec {

/// Context rows, target rows, and the weight of each (context, target) pair (see update_rule.h).
struct Minibatch {
  std::vector<std::int64_t> contexts;  ///< rows of the input matrix; may repeat
  std::vector<std::int64_t> targets;   ///< rows of the output matrix or of the node matrix; may repeat
  std::vector<float> weights;          ///< contexts x targets, row-major
  /// How many pairs contribute gradients to a context or a target (see HotView). A negative of a tile counts
  /// as many as its weights amount to, including those masked to 0 because it is a context's own centre.
  std::vector<float> context_pairs;
  std::vector<float> target_pairs;

  float& weight(std::size_t context, std::size_t target) {
    return weights[context * targets.size() + target];
  }
  float weight(std::size_t context, std::size_t target) const {
    return weights[context * targets.size() + target];
  }
};

/// Sum of `pairs` over all occurrences of the row at index `i`.
inline float pairs_of_row(const std::vector<std::int64_t>& rows, const std::vector<float>& pairs,
                          std::size_t i) {
  float sum = 0;
  for (std::size_t j = 0; j < rows.size(); ++j) sum += rows[j] == rows[i] ? pairs[j] : 0;
  return sum;
}

/// Elements of `span` in the window of element `centre`, including itself.
KeptSpan::Range window_of(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                          std::int64_t centre);

/// Input rows of the elements [begin, end) of `span` other than `centre`.
std::vector<std::int64_t> context_rows(const KeptSpan& span, std::int64_t centre, KeptSpan::Range contexts);

/// Sharing::pair: the context at element `context` of `span`, its centre at element `centre`, and K negatives
/// of their own; a negative equal to the centre is left out.
Minibatch pair_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                         std::int64_t centre, std::int64_t context);

/// Sharing::window: the centre's contexts, the centre, and K negatives for all of them; a negative equal to
/// the centre is left out.
Minibatch window_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                           std::int64_t centre);

/// Sharing::tile: the contexts of centres [begin, end) of `span`, these centres, and M negatives; a negative
/// equal to one of a context's own centres is left out for that context.
Minibatch tile_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                         std::int64_t begin, std::int64_t end);

/// Hierarchical softmax: context rows of one centre, and the nodes of the centre's path.
Minibatch path_minibatch(const TrainingData& data, std::vector<std::int64_t> contexts, WordId centre);

/// Hierarchical softmax under Sharing::tile: the contexts of centres [begin, end) of `span`, and the nodes of
/// these centres' paths, one centre after the other; a node occurs once for each path through it.
Minibatch path_tile_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                              std::int64_t begin, std::int64_t end);

/// Full softmax: the contexts of centres [begin, end) of `span`, and these centres; every word is a negative.
/// Updates are not damped, and pairs are not counted.
Minibatch softmax_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                            std::int64_t begin, std::int64_t end);

/// Loss of the minibatch at the current values, in nats, summed over its weights in double. `output` is the
/// output or the node matrix.
template <class Real>
double minibatch_loss(const Minibatch& minibatch, MatrixView<const Real> input,
                      MatrixView<const Real> output) {
  double loss = 0;
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
    const Real* x = input.row(minibatch.contexts[c]);
    for (std::size_t t = 0; t < minibatch.targets.size(); ++t) {
      const Real* y = output.row(minibatch.targets[t]);
      Real score = 0;
      for (std::int32_t d = 0; d < input.cols; ++d) score += x[d] * y[d];
      loss += score_loss(score, Real(minibatch.weight(c, t)));
    }
  }
  return loss;
}

/// What one step of gradient descent adds to the rows of a minibatch, before damping.
template <class Real>
struct Updates {
  double loss = 0;             ///< before the step
  std::vector<Real> contexts;  ///< contexts x dim
  std::vector<Real> targets;   ///< targets x dim, or vocabulary x dim for the full softmax
};

/// -lr times the gradient of minibatch_loss on each context and target.
template <class Real>
Updates<Real> minibatch_updates(const Minibatch& minibatch, MatrixView<const Real> input,
                                MatrixView<const Real> output, Real lr) {
  const std::int32_t dim = input.cols;
  const auto width = static_cast<std::size_t>(dim);
  Updates<Real> updates;
  updates.contexts.resize(minibatch.contexts.size() * width);
  updates.targets.resize(minibatch.targets.size() * width);
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
    const Real* x = input.row(minibatch.contexts[c]);
    for (std::size_t t = 0; t < minibatch.targets.size(); ++t) {
      const Real weight = minibatch.weight(c, t);
      if (weight == Real(0)) continue;
      const Real* y = output.row(minibatch.targets[t]);
      Real score = 0;
      for (std::int32_t d = 0; d < dim; ++d) score += x[d] * y[d];
      updates.loss += score_loss(score, weight);
      const Real gradient = lr * score_gradient(score, weight);
      for (std::size_t d = 0; d < width; ++d) {
        updates.contexts[c * width + d] += gradient * y[d];
        updates.targets[t * width + d] += gradient * x[d];
      }
    }
  }
  return updates;
}

/// Adds an update to each of `rows`, multiplied by the factor of `damping` for the pairs of all of a row's
/// occurrences.
template <class Real>
void apply_updates(MatrixView<Real> matrix, const std::vector<std::int64_t>& rows,
                   const std::vector<float>& pairs, const std::vector<Real>& updates, const HotView& damping,
                   Real lr) {
  const auto width = static_cast<std::size_t>(matrix.cols);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Real scale = damping.factor(rows[r], pairs_of_row(rows, pairs, r), static_cast<float>(lr));
    Real* row = matrix.row(rows[r]);
    for (std::size_t d = 0; d < width; ++d) row[d] += scale * updates[r * width + d];
  }
}

template <class Real>
MatrixView<const Real> read_only(MatrixView<Real> matrix) {
  return {matrix.data, matrix.rows, matrix.cols, matrix.stride};
}

/// One step of gradient descent on minibatch_loss: all gradients from the values at the start, then all
/// updates, damped. Returns the loss before the step.
template <class Real>
double train_minibatch(const Minibatch& minibatch, MatrixView<Real> input, MatrixView<Real> output, Real lr,
                       const HotView& context_damping, const HotView& target_damping) {
  const Updates<Real> updates = minibatch_updates(minibatch, read_only(input), read_only(output), lr);
  apply_updates(input, minibatch.contexts, minibatch.context_pairs, updates.contexts, context_damping, lr);
  apply_updates(output, minibatch.targets, minibatch.target_pairs, updates.targets, target_damping, lr);
  return updates.loss;
}

/// log P(word | context) for every word under the full softmax of x . Y: scores less their log-sum-exp.
template <class Real>
std::vector<Real> log_softmax(const Real* x, MatrixView<const Real> output) {
  std::vector<Real> values(static_cast<std::size_t>(output.rows));
  Real highest = -INFINITY;
  for (std::int64_t w = 0; w < output.rows; ++w) {
    Real score = 0;
    for (std::int32_t d = 0; d < output.cols; ++d) score += x[d] * output.row(w)[d];
    values[static_cast<std::size_t>(w)] = score;
    highest = std::max(highest, score);
  }
  Real sum = 0;
  for (const Real value : values) sum += std::exp(value - highest);
  const Real log_sum = highest + std::log(sum);
  for (Real& value : values) value -= log_sum;
  return values;
}

/// Full softmax: -log P(target | context), summed over the minibatch's pairs.
template <class Real>
double softmax_loss(const Minibatch& minibatch, MatrixView<const Real> input, MatrixView<const Real> output) {
  double loss = 0;
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
    const std::vector<Real> log_p = log_softmax(input.row(minibatch.contexts[c]), output);
    for (std::size_t t = 0; t < minibatch.targets.size(); ++t)
      loss -= minibatch.weight(c, t) * log_p[static_cast<std::size_t>(minibatch.targets[t])];
  }
  return loss;
}

/// Called before each context, whose gradients take long with a large vocabulary; may throw to leave the step
/// out.
using BetweenContexts = std::function<void()>;

/// -lr times the gradient of softmax_loss on each context and each output row. O(contexts x vocabulary x
/// dim).
template <class Real>
Updates<Real> softmax_updates(const Minibatch& minibatch, MatrixView<const Real> input,
                              MatrixView<const Real> output, Real lr, const BetweenContexts& between = {}) {
  const auto width = static_cast<std::size_t>(input.cols);
  Updates<Real> updates;
  updates.contexts.resize(minibatch.contexts.size() * width);
  updates.targets.resize(static_cast<std::size_t>(output.rows) * width);
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
    if (between) between();
    const Real* x = input.row(minibatch.contexts[c]);
    const std::vector<Real> log_p = log_softmax(x, output);
    std::vector<Real> gradient(log_p.size());  // on the scores: sum over targets of 1[w = target] - P(w)
    Real pairs = 0;
    for (std::size_t t = 0; t < minibatch.targets.size(); ++t) {
      const auto target = static_cast<std::size_t>(minibatch.targets[t]);
      updates.loss -= minibatch.weight(c, t) * log_p[target];
      gradient[target] += minibatch.weight(c, t);
      pairs += minibatch.weight(c, t);
    }
    for (std::size_t w = 0; w < gradient.size(); ++w) {
      const Real scaled = lr * (gradient[w] - pairs * std::exp(log_p[w]));
      for (std::size_t d = 0; d < width; ++d) {
        updates.contexts[c * width + d] += scaled * output.row(static_cast<std::int64_t>(w))[d];
        updates.targets[w * width + d] += scaled * x[d];
      }
    }
  }
  return updates;
}

/// Adds an update to every row.
template <class Real>
void apply_to_all(MatrixView<Real> matrix, const std::vector<Real>& updates) {
  const auto width = static_cast<std::size_t>(matrix.cols);
  for (std::int64_t r = 0; r < matrix.rows; ++r)
    for (std::size_t d = 0; d < width; ++d)
      matrix.row(r)[d] += updates[static_cast<std::size_t>(r) * width + d];
}

/// One step of gradient descent on softmax_loss: all gradients from the values at the start, then all
/// updates. Returns the loss before the step.
template <class Real>
double train_softmax(const Minibatch& minibatch, MatrixView<Real> input, MatrixView<Real> output, Real lr,
                     const BetweenContexts& between = {}) {
  const Updates<Real> updates = softmax_updates(minibatch, read_only(input), read_only(output), lr, between);
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c)
    for (std::int32_t d = 0; d < input.cols; ++d)
      input.row(minibatch.contexts[c])[d] += updates.contexts[c * static_cast<std::size_t>(input.cols) + d];
  apply_to_all(output, updates.targets);
  return updates.loss;
}

}  // namespace warp2vec
