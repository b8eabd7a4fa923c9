#pragma once
/// Hierarchical softmax under Sharing::tile as a unit; it is path_tile_block() of
/// host/reference/reference.h.

#include "kernels/training/model.h"
#include "kernels/training/unit.h"

namespace warp2vec {

/// Takes room for any tile of paths.
WARP2VEC_HD inline Unit take_path_tile(Scratch& scratch, const Model& model, int warps) {
  const std::int32_t targets = model.path_tile_centres * model.longest_path;
  return Unit::take(scratch, model.path_tile_centres + 2 * model.window, targets,
                    std::int64_t{targets} * (2 * model.window + 1), model.input.stride, warps);
}

/// Fills `unit` with the nodes of the paths of centres [begin, end) of the batch, one path after the other,
/// and the elements that the widest windows could reach as contexts.
template <class Group, class Centres>
WARP2VEC_HD void make_path_tile(Group& group, Unit& unit, const Model& model, const Centres& batch,
                                std::int64_t begin, std::int64_t end) {
  const float lr = batch.lr(model, begin);
  const std::int64_t first = begin > model.window ? begin - model.window : 0;
  const std::int64_t last = end + model.window < batch.kept.size ? end + model.window : batch.kept.size;
  const auto length = [&](std::int64_t centre) { return model.tree.length(batch.kept.words[centre]); };
  unit.contexts = static_cast<std::int32_t>(last - first);
  unit.targets = 0;
  for (std::int64_t centre = begin; centre < end; ++centre) unit.targets += length(centre);
  group.for_each(unit.contexts, [&](std::int64_t c) {
    const std::int64_t i = first + c;
    std::int32_t pairs = 0;
    for (std::int64_t centre = begin; centre < end; ++centre)
      if (i != centre && batch.window(model, centre).contains(i)) ++pairs;
    unit.context[c] = {batch.row(i), pairs, 0};
  });
  group.for_each(unit.targets, [&](std::int64_t t) {
    std::int64_t centre = begin;
    auto depth = static_cast<std::int32_t>(t);
    for (; depth >= length(centre); ++centre) depth -= length(centre);
    const KeptRange window = batch.window(model, centre);
    const PathStep step = model.tree.step(batch.kept.words[centre], depth);
    unit.target[t] = {static_cast<std::int32_t>(step.node),
                      static_cast<std::int32_t>(window.begin - first),
                      static_cast<std::int32_t>(window.end - first),
                      static_cast<float>(window.size() - 1),
                      t * (2 * model.window + 1),
                      0};
    float* const weights = unit.weights + unit.target[t].weights;
    const float sign = step.right ? -1.0F : 1.0F;
    for (std::int64_t i = window.begin; i < window.end; ++i)
      weights[i - window.begin] = i == centre ? 0 : sign;
  });
  damp_unit(group, unit, model.hot_input_under_tree, model.hot_nodes, lr);
}

}  // namespace warp2vec
