#pragma once
/// How far tiles that tensor cores train may be from the same in plain loops: what the tests for GPUs check.

#include "tests/support/long_vectors.h"

#include <cmath>
#include <cstddef>
#include <sstream>
#include <string>

namespace warp2vec {

/// Both as shares: of the loss, and of the largest value of the vectors.
struct TileBounds {
  double loss;
  double vectors;
};

/// Sums are in another order than in plain loops, so that occasionally a value is rounded to the other
/// bfloat16, by 2^-9, and differences propagate. After one epoch of tile_corpus() they reach half of these
/// bounds at most, with warps in any order and products summed as tensor cores do
/// (tests/ptx/test_ptx_mutants.cpp).
inline TileBounds tile_bounds(const Config& config) {
  return config.table_type == TableType::bf16 ? TileBounds{3e-4, 0.08} : TileBounds{1e-4, 5e-3};
}

/// Words enough for paths beyond the top nodes, and for few rows in many pairs.
inline SyntheticCorpus tile_corpus(std::int64_t tokens) { return zipf_corpus(1000, tokens, 60); }

/// One epoch: differences grow from update to update.
inline Config tile_config(const Rule& rule) {
  Config config = config_of(rule);
  config.epochs = 1;
  return config;
}

/// How the outcomes differ beyond the bounds; empty if they do not.
inline std::string beyond(const TileBounds& bounds, const Outcome& device, const Outcome& host) {
  std::ostringstream text;
  if (device.summary.pairs != host.summary.pairs)
    text << device.summary.pairs << " pairs instead of " << host.summary.pairs << "; ";
  for (std::size_t e = 0; e < host.summary.epoch_loss.size(); ++e) {
    const double expected = host.summary.epoch_loss[e];
    const double share = std::fabs(device.summary.epoch_loss[e] - expected) / expected;
    if (!(share <= bounds.loss)) text << "the loss differs by " << share << "; ";
  }
  const double share = difference_share(device, host);
  if (!(share <= bounds.vectors)) text << "vectors differ by " << share << "; ";
  return text.str();
}

}  // namespace warp2vec
