#pragma once
/// The minibatches of one centre: window_minibatch(), pair_minibatch() and path_minibatch() of
/// host/reference/reference.h, cbow_minibatch() and cbow_path_minibatch() of host/reference/cbow.h.

#include "kernels/training/minibatch.h"
#include "kernels/training/model.h"

namespace warp2vec {

/// Allocates room for any minibatch of one centre.
WARP2VEC_HD inline ScratchMinibatch take_centre_minibatch(Scratch& scratch, const Model& model) {
  const std::int32_t contexts = 2 * model.window;
  std::int32_t targets = model.negative_sampling ? 1 + model.negative : 0;
  if (model.hierarchical_softmax && targets < model.longest_path) targets = model.longest_path;
  return ScratchMinibatch::take(scratch, contexts, model.cbow ? 1 : 0, targets,
                                (model.cbow ? 1 : std::int64_t{contexts}) * targets, model.input.stride, 1);
}

/// Makes the elements of the range, except `centre`, the contexts. They all, or under CBOW their hidden
/// vector, interact with all targets.
template <class Group, class Centres>
WARP2VEC_HD void set_contexts(Group& group, ScratchMinibatch& minibatch, const Model& model,
                              const Centres& batch, std::int64_t centre, KeptRange contexts) {
  const bool around = contexts.contains(centre);
  const std::int32_t count = contexts.size() - (around ? 1 : 0);
  const CbowRule& rule = model.cbow_rule;
  const float pairs = model.cbow ? rule.pairs(count) : 1.0F;
  minibatch.contexts = count;
  minibatch.scored = model.cbow ? 1 : count;
  if (model.cbow)
    group.for_each(1, [&](std::int64_t h) {
      minibatch.window[h] = {0, count, count, rule.weight(count), rule.gradient_weight(count)};
    });
  group.for_each(minibatch.contexts, [&](std::int64_t c) {
    const std::int64_t i = contexts.begin + c;
    minibatch.context[c] = {batch.row(around && i >= centre ? i + 1 : i), pairs, 0};
  });
}

/// Sets target t of a minibatch in which all pairs of a target have the same weight.
WARP2VEC_HD inline void set_target(const ScratchMinibatch& minibatch, std::int64_t t, std::int64_t row,
                                   float weight) {
  minibatch.target[t] = {static_cast<std::int32_t>(row), 0, minibatch.scored, t * minibatch.scored, 0};
  for (std::int32_t c = 0; c < minibatch.scored; ++c) minibatch.weights[t * minibatch.scored + c] = weight;
}

/// Computes the scales of `count` rows, each from the pairs of all rows equal to it, by a plain loop: rows
/// are few.
template <class Group, class Row, class Pairs>
WARP2VEC_HD WARP2VEC_NO_INLINE void damp_equal_rows(Group& group, Row* rows, std::int32_t count, HotView hot,
                                                    float lr, Pairs pairs_of) {
  group.for_each(count, [&](std::int64_t i) {
    const std::int32_t row = rows[i].row;
    float pairs = 0;
    WARP2VEC_NO_UNROLL
    for (std::int32_t j = 0; j < count; ++j) pairs += rows[j].row == row ? pairs_of(rows[j]) : 0.0F;
    rows[i].scale = lr * hot.factor(row, pairs, lr);
  });
}

/// Computes the scales of all rows of a minibatch whose targets interact with all scored rows, or with none
/// where the weight is 0.
template <class Group>
WARP2VEC_HD void damp_minibatch(Group& group, const ScratchMinibatch& minibatch, const HotView& hot_contexts,
                                const HotView& hot_targets, float lr) {
  damp_equal_rows(group, minibatch.context, minibatch.contexts, hot_contexts, lr,
                  [](const MinibatchContext& context) { return context.pairs; });
  damp_equal_rows(group, minibatch.target, minibatch.targets, hot_targets, lr,
                  [&](const MinibatchTarget& target) {
                    const bool trained = minibatch.weights[target.weights] != 0.0F;
                    return trained ? static_cast<float>(minibatch.scored) : 0.0F;
                  });
}

/// Negative sampling: the centre and its K negatives with the contexts; a negative equal to the centre has
/// weight 0. Under Sharing::pair skip-gram has one context, and each has negatives of its own.
template <class Group, class Centres>
WARP2VEC_HD void make_negative_sampling(Group& group, ScratchMinibatch& minibatch, const Model& model,
                                        const Centres& batch, std::int64_t centre, KeptRange contexts) {
  set_contexts(group, minibatch, model, batch, centre, contexts);
  minibatch.targets = 1 + model.negative;
  const std::int32_t word = batch.row(centre);
  const std::int64_t position = batch.kept.positions[centre];
  const auto offset = static_cast<std::int32_t>(contexts.begin - centre);
  group.for_each(minibatch.targets, [&](std::int64_t t) {
    if (t == 0) {
      set_target(minibatch, 0, word, 1.0F);
      return;
    }
    const auto k = static_cast<std::int32_t>(t - 1);
    const WordId negative =
        model.sharing == Sharing::pair && !model.cbow
            ? pair_negative(batch.draws, model.negatives, position, model.window, offset, model.negative, k)
            : window_negative(batch.draws, model.negatives, position, k);
    set_target(minibatch, t, row_of(negative), row_of(negative) == word ? 0.0F : -1.0F);
  });
  damp_minibatch(group, minibatch, model.hot_input, model.hot_output, batch.lr(model, centre));
}

/// Hierarchical softmax: the nodes of the centre's path with the contexts.
template <class Group, class Centres>
WARP2VEC_HD void make_path(Group& group, ScratchMinibatch& minibatch, const Model& model,
                           const Centres& batch, std::int64_t centre, KeptRange contexts) {
  set_contexts(group, minibatch, model, batch, centre, contexts);
  const WordId word = batch.kept.words[centre];
  minibatch.targets = model.tree.length(word);
  group.for_each(minibatch.targets, [&](std::int64_t depth) {
    const PathStep step = model.tree.step(word, static_cast<int>(depth));
    set_target(minibatch, depth, step.node, step.right ? -1.0F : 1.0F);
  });
  damp_minibatch(group, minibatch, model.hot_input_under_tree, model.hot_nodes, batch.lr(model, centre));
}

}  // namespace warp2vec
