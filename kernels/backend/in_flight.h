#pragma once
/// How many centres the training kernels have in flight.

#include "host/training/hot_rows.h"
#include "kernels/training/model.h"

#include <cstdint>

namespace warp2vec {

/// For `blocks` blocks of `warps` warps, each with private copies of the tree's first `top_nodes` nodes.
/// Objectives that are not trained keep their default.
inline CentresInFlight centres_in_flight(const Model& model, std::int64_t blocks, int warps,
                                         std::int32_t top_nodes) {
  const bool tiles = model.sharing == Sharing::tile;
  CentresInFlight centres;
  if (model.negative_sampling) centres.negatives = blocks * (tiles ? model.tile_centres : warps);
  if (model.hierarchical_softmax) centres.paths = blocks * (tiles ? model.path_tile_centres : warps);
  centres.top_nodes = top_nodes;
  // A block sees its own updates at once, those of the others when they merge.
  centres.top_paths = (blocks - 1) * model.tile_centres + model.path_tile_centres;
  return centres;
}

/// The centres in flight without those of the minibatch itself, which counts its own pairs.
inline CentresInFlight centres_elsewhere(const Model& model, CentresInFlight centres) {
  const bool tiles = model.sharing == Sharing::tile;
  if (model.negative_sampling) centres.negatives -= tiles ? model.tile_centres : 1;
  if (model.hierarchical_softmax) centres.paths -= tiles ? model.path_tile_centres : 1;
  centres.top_paths -= model.path_tile_centres;
  return centres;
}

}  // namespace warp2vec
