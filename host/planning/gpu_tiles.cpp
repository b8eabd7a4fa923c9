#include "host/planning/gpu_tiles.h"

#include <warp2vec/detail/samplers.h>

#include <algorithm>
#include <cmath>

namespace warp2vec {
namespace {

/// The expected result of subsampling.
struct Kept {
  double share = 0;          // of all tokens that are kept
  double largest_share = 0;  // of the kept tokens that are the most frequent word
};

Kept expected_kept(const Vocabulary& vocabulary, const Config& config) {
  Kept kept;
  const auto total = static_cast<double>(vocabulary.total());
  for (const std::int64_t count : vocabulary.counts()) {
    const double share =
        static_cast<double>(count) / total * keep_probability(count, vocabulary.total(), config.sample);
    kept.share += share;
    kept.largest_share = std::max(kept.largest_share, share);
  }
  kept.largest_share /= kept.share;
  return kept;
}

// Where quality limits the centres in flight, smaller tiles keep more multiprocessors busy; but each tile has
// the rows of its negatives to train, and of contexts beyond its centres. By the model of
// scripts/kernel_counts.py tiles of n centres take as long as n + kOthers.
constexpr std::int32_t kOthers = 40;
constexpr std::int32_t kSmallestTile = 16;  // fewer centres do not fill the tensor cores

}  // namespace

CentresInFlight harmless_centres_in_flight(const Vocabulary& vocabulary, const Config& config,
                                           std::int64_t tokens) {
  const Kept kept = expected_kept(vocabulary, config);
  const double trained = kept.share * static_cast<double>(tokens) * config.epochs;
  const auto whole = [](double centres) { return std::max<std::int64_t>(1, std::llround(centres)); };
  CentresInFlight centres;
  if (config.loss.negative_sampling) {
    const double gradients = config.pairs_per_context() * (1 + config.negative) * kept.largest_share;
    centres.negatives = whole(std::min(trained / 1500, 100 / (config.lr * gradients)));
  }
  if (config.loss.hierarchical_softmax) centres.paths = whole(std::min(trained / 1024, 4096.0));
  return centres;
}

int harmless_blocks(const CentresInFlight& harmless, const CentresInFlight& block, std::int64_t most) {
  if (block.negatives > 0) most = std::min(most, harmless.negatives / block.negatives);
  if (block.paths > 0) most = std::min(most, harmless.paths / block.paths);
  return static_cast<int>(std::max<std::int64_t>(1, most));
}

GpuTiles choose_gpu_tiles(const Config& config, int multiprocessors,
                          const std::function<int(std::int32_t)>& blocks_of) {
  const bool any_size = config.loss.negative_sampling && config.sharing == Sharing::tile;
  GpuTiles best;
  double highest = 0;
  for (std::int32_t centres = config.centres_per_tile();; centres /= 2) {
    const int blocks = blocks_of(centres);
    const double speed = std::min(blocks, multiprocessors) * centres / static_cast<double>(centres + kOthers);
    if (speed > highest) {
      highest = speed;
      best = {centres, blocks};
    }
    if (!any_size || centres % (2 * kSmallestTile) != 0) return best;
  }
}

GpuTiles choose_gpu_tiles(const Config& config, int multiprocessors, const CentresInFlight& harmless) {
  return choose_gpu_tiles(config, multiprocessors, [&](std::int32_t centres) {
    CentresInFlight block;
    if (config.loss.negative_sampling) block.negatives = centres;
    if (config.loss.hierarchical_softmax) block.paths = config.path_tile_centres();
    return harmless_blocks(harmless, block, multiprocessors);
  });
}

}  // namespace warp2vec
