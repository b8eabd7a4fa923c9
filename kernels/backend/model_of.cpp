#include "kernels/backend/model_of.h"

namespace warp2vec {

Model model_of(const TrainingData& data, std::int32_t tile_centres) {
  const Config& config = data.config;
  const std::int64_t words = data.vocabulary.size();
  const std::int64_t stride = Matrix::padded(config.dim);
  const bool output = config.loss.negative_sampling || config.loss.softmax;
  const bool nodes = config.loss.hierarchical_softmax;
  Model model{};
  model.input = {nullptr, words, config.dim, stride};
  model.output = {nullptr, output ? words : 0, config.dim, stride};
  model.nodes = {nullptr, nodes ? words - 1 : 0, config.dim, stride};
  model.input_bf16 = {nullptr, words, config.dim, stride};
  model.output_bf16 = {nullptr, words, config.dim, stride};
  model.schedule = data.schedule();
  model.cbow = config.model == Architecture::cbow;
  model.cbow_rule = config.cbow_rule();
  model.negative_sampling = config.loss.negative_sampling;
  model.hierarchical_softmax = config.loss.hierarchical_softmax;
  model.sharing = config.sharing;
  model.table_type = config.table_type;
  model.shrink_window = config.shrink_window;
  model.window = config.window;
  model.negative = config.negative;
  model.sharing_centres = config.centres_per_tile();
  model.tile_centres = tile_centres > 0 ? tile_centres : model.sharing_centres;
  model.tile_negatives = config.negatives_per_tile();
  model.path_tile_centres = config.path_tile_centres();
  if (nodes) model.longest_path = data.tree.view().longest();
  return model;
}

}  // namespace warp2vec
