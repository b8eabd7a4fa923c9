#pragma once
/// The units of one centre: window_block(), pair_block() and path_block() of
/// host/reference/reference.h.

#include "kernels/training/model.h"
#include "kernels/training/unit.h"

namespace warp2vec {

/// Takes room for any unit of one centre.
WARP2VEC_HD inline Unit take_centre_unit(Scratch& scratch, const Model& model) {
  const std::int32_t contexts = 2 * model.window;
  std::int32_t targets = model.negative_sampling ? 1 + model.negative : 0;
  if (model.hierarchical_softmax && targets < model.longest_path) targets = model.longest_path;
  return Unit::take(scratch, contexts, targets, std::int64_t{contexts} * targets, model.input.stride, 1);
}

/// Elements of the range but `centre` as contexts. All of them meet all targets.
template <class Group, class Centres>
WARP2VEC_HD void set_contexts(Group& group, Unit& unit, const Centres& batch, std::int64_t centre,
                              KeptRange contexts) {
  const bool around = contexts.contains(centre);
  unit.contexts = contexts.size() - (around ? 1 : 0);
  group.for_each(unit.contexts, [&](std::int64_t c) {
    const std::int64_t i = contexts.begin + c;
    unit.context[c] = {batch.row(around && i >= centre ? i + 1 : i), 1, 0};
  });
}

/// Target t of a unit whose targets all meet all contexts with the same weight.
WARP2VEC_HD inline void set_target(const Unit& unit, std::int64_t t, std::int64_t row, float weight) {
  unit.target[t] = {static_cast<std::int32_t>(row), 0, unit.contexts, t * unit.contexts, 0};
  for (std::int32_t c = 0; c < unit.contexts; ++c) unit.weights[t * unit.contexts + c] = weight;
}

/// Finds the scales of `count` rows, each from the pairs of all rows that equal it. They are few: a plain
/// loop will do.
template <class Group, class Row, class Pairs>
WARP2VEC_HD WARP2VEC_NO_INLINE void damp_equal_rows(Group& group, Row* rows, std::int32_t count, HotView hot,
                                                    float lr, Pairs pairs_of) {
  group.for_each(count, [&](std::int64_t i) {
    const std::int32_t row = rows[i].row;
    std::int32_t pairs = 0;
    WARP2VEC_NO_UNROLL
    for (std::int32_t j = 0; j < count; ++j) pairs += rows[j].row == row ? pairs_of(rows[j]) : 0;
    rows[i].scale = lr * hot.factor(row, static_cast<float>(pairs), lr);
  });
}

/// Finds the scales of all rows of a unit whose targets meet all contexts, or none if their weight is 0.
template <class Group>
WARP2VEC_HD void damp_unit(Group& group, const Unit& unit, const HotView& hot_contexts,
                           const HotView& hot_targets, float lr) {
  damp_equal_rows(group, unit.context, unit.contexts, hot_contexts, lr,
                  [](const UnitContext& context) { return context.pairs; });
  damp_equal_rows(group, unit.target, unit.targets, hot_targets, lr, [&](const UnitTarget& target) {
    return unit.weights[target.weights] == 0.0F ? 0 : unit.contexts;
  });
}

/// Negative sampling: the centre and its K negatives with the contexts; a negative equal to the centre has no
/// weight. Under Sharing::pair there is one context.
template <class Group, class Centres>
WARP2VEC_HD void make_negative_sampling(Group& group, Unit& unit, const Model& model, const Centres& batch,
                                        std::int64_t centre, KeptRange contexts) {
  set_contexts(group, unit, batch, centre, contexts);
  unit.targets = 1 + model.negative;
  const std::int32_t word = batch.row(centre);
  const std::int64_t position = batch.kept.positions[centre];
  const auto offset = static_cast<std::int32_t>(contexts.begin - centre);
  group.for_each(unit.targets, [&](std::int64_t t) {
    if (t == 0) {
      set_target(unit, 0, word, 1.0F);
      return;
    }
    const auto k = static_cast<std::int32_t>(t - 1);
    const WordId negative =
        model.sharing == Sharing::pair
            ? pair_negative(batch.draws, model.negatives, position, model.window, offset, model.negative, k)
            : window_negative(batch.draws, model.negatives, position, k);
    set_target(unit, t, row_of(negative), row_of(negative) == word ? 0.0F : -1.0F);
  });
  damp_unit(group, unit, model.hot_input, model.hot_output, batch.lr(model, centre));
}

/// Hierarchical softmax: the nodes of the centre's path with the contexts.
template <class Group, class Centres>
WARP2VEC_HD void make_path(Group& group, Unit& unit, const Model& model, const Centres& batch,
                           std::int64_t centre, KeptRange contexts) {
  set_contexts(group, unit, batch, centre, contexts);
  const WordId word = batch.kept.words[centre];
  unit.targets = model.tree.length(word);
  group.for_each(unit.targets, [&](std::int64_t depth) {
    const PathStep step = model.tree.step(word, static_cast<int>(depth));
    set_target(unit, depth, step.node, step.right ? -1.0F : 1.0F);
  });
  damp_unit(group, unit, model.hot_input_under_tree, model.hot_nodes, batch.lr(model, centre));
}

}  // namespace warp2vec
