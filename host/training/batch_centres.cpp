#include "host/training/batch_centres.h"

#include "host/training/softmax_tile.h"

#include <algorithm>

namespace warp2vec {
namespace {

constexpr double kProducts = 3;  // scores, and the gradients of both matrices

}  // namespace

std::int64_t batch_unit(const Config& config) {
  return config.loss.softmax && config.sharing != Sharing::tile ? 1 : config.centres_per_tile();
}

double softmax_work(const Config& config, std::int64_t words, double rows) {
  return kProducts * rows * static_cast<double>(words) * config.dim;
}

double work_per_centre(const TrainingData& data) {
  const Config& config = data.config;
  const bool tile = config.sharing == Sharing::tile;
  const double centres = config.centres_per_tile();
  // Rows that are multiplied with the targets, per centre.
  const double rows = !tile || config.model == Architecture::cbow ? config.predictions_per_centre()
                                                                  : 1 + 2.0 * config.window / centres;
  if (config.loss.softmax) return softmax_work(config, data.vocabulary.size(), rows);
  double products = 0;
  if (config.loss.negative_sampling)
    products += rows * (tile ? centres + config.negatives_per_tile() : 1.0 + config.negative);
  if (config.loss.hierarchical_softmax)
    products += config.predictions_per_centre() * data.tree.mean_code_length();
  return kProducts * products * config.dim;
}

std::int64_t batch_centres(const Config& config, double work_per_centre, double work, std::int64_t most) {
  const std::int64_t unit = batch_unit(config);
  const double units = work / (work_per_centre * static_cast<double>(unit));
  return unit *
         static_cast<std::int64_t>(std::clamp(units, 1.0, std::max(1.0, static_cast<double>(most / unit))));
}

}  // namespace warp2vec
