#include "host/training/softmax_tile.h"

#include <algorithm>

namespace warp2vec {

std::int32_t max_softmax_centres(const Config& config) {
  return config.sharing == Sharing::tile ? config.centres_per_tile() : 1;
}

std::int32_t max_softmax_rows(const Config& config) {
  return max_softmax_centres(config) + (config.model == Architecture::cbow ? 0 : 2 * config.window);
}

std::int64_t max_predictions(const Config& config, std::int64_t centres) {
  return centres * (config.model == Architecture::cbow ? 1 : 2 * config.window);
}

std::int64_t softmax_centres(std::span<const WordId> centres, const Config& config, int threads) {
  constexpr double kMaxLoad = 1.25;
  const std::int64_t most = std::min<std::int64_t>(std::ssize(centres), max_softmax_centres(config));
  const auto max_equal = static_cast<std::int64_t>(std::min(
      kMaxLoad / (config.lr * config.predictions_per_centre() * threads), static_cast<double>(most)));
  std::int64_t count = 1;
  while (count < most && std::count(centres.begin(), centres.begin() + count, centres[count]) < max_equal)
    ++count;
  return count;
}

}  // namespace warp2vec
