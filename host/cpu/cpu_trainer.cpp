#include "host/cpu/cpu_trainer.h"

#include <algorithm>
#include <utility>

namespace warp2vec {

CpuTrainer::CpuTrainer(const TrainingData& data, const TrainedMatrices& matrices, Embeddings& embeddings,
                       PrivateRowsPlan nodes, int threads)
    : data_(data),
      path_centres_(data.config.path_tile_centres()),
      threads_(threads),
      batch_(data),
      nodes_(embeddings.nodes.view(), nodes),
      centre_minibatches_(data, matrices, embeddings, nodes_),
      centre_trainer_(std::int64_t{2} * data.config.window, data.config.dim) {
  const Config& config = data.config;
  if (config.sharing == Sharing::tile) {
    if (config.loss.negative_sampling) tiles_.emplace(data, matrices, embeddings);
    if (config.loss.hierarchical_softmax) path_tiles_.emplace(data, matrices, embeddings, nodes_);
  }
  if (config.loss.softmax) softmax_.emplace(data, embeddings);
}

// While one tile or centre is trained, the rows of the next one are prefetched.
Trained CpuTrainer::train(const Batch& batch) {
  batch_.read(batch);
  const std::int64_t end = batch_.end();
  const std::int64_t tile_centres = data_.config.centres_per_tile();
  const auto tile_end = [&](std::int64_t tile) { return std::min(end, tile + tile_centres); };
  // Tiles of paths are sub-tiles.
  const auto path_tile_end = [&](std::int64_t p) {
    const std::int64_t tile = p - (p - batch_.begin()) % tile_centres;
    return std::min(tile_end(tile), p + path_centres_);
  };
  const bool centres = !tiles_ && !path_tiles_ && !softmax_;
  Trained trained;
  trained.pairs = batch_.pairs();
  if (tiles_) tiles_->prepare(batch_, batch_.begin(), tile_end(batch_.begin()), next_tile_);
  if (path_tiles_)
    path_tiles_->prepare(batch_, batch_.begin(), path_tile_end(batch_.begin()), next_path_tile_);
  if (centres) centre_minibatches_.list(batch_, batch_.begin(), next_minibatches_);
  for (std::int64_t i = batch_.begin(); i < end; i = tile_end(i)) {
    if (tiles_) {
      std::swap(tile_, next_tile_);
      if (tile_end(i) < end) tiles_->prepare(batch_, tile_end(i), tile_end(tile_end(i)), next_tile_);
      trained.loss += tiles_->train(tile_);
    }
    if (path_tiles_) {
      for (std::int64_t p = i; p < tile_end(i); p = path_tile_end(p)) {
        std::swap(path_tile_, next_path_tile_);
        const std::int64_t next = path_tile_end(p);
        if (next < end) path_tiles_->prepare(batch_, next, path_tile_end(next), next_path_tile_);
        trained.loss += path_tiles_->train(path_tile_);
      }
    }
    if (softmax_) trained.loss += train_softmax_tile(*softmax_, data_.config, batch_, i, threads_);
    if (centres)
      for (std::int64_t centre = i; centre < tile_end(i); ++centre) trained.loss += train_centre(centre);
  }
  nodes_.merge();
  return trained;
}

double CpuTrainer::train_centre(std::int64_t centre) {
  std::swap(minibatches_, next_minibatches_);
  if (centre + 1 < batch_.end()) centre_minibatches_.list(batch_, centre + 1, next_minibatches_);
  double loss = 0;
  for (const CentreMinibatch& minibatch : minibatches_.all()) loss += centre_trainer_.train(minibatch);
  return loss;
}

}  // namespace warp2vec
