#pragma once
/// The trainer of the CPU backend for skip-gram: what host/reference defines, in vector instructions.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/centre_minibatches.h"
#include "host/cpu/cpu_batch.h"
#include "host/cpu/cpu_softmax.h"
#include "host/cpu/hs_tile.h"
#include "host/cpu/ns_tile.h"
#include "host/cpu/simd/rows.h"
#include "host/cpu/simd/trained_matrices.h"

#include <cstdint>
#include <optional>

namespace warp2vec {

/// Trains batches on one thread, in buffers of its own. Several trainers may train the same embeddings
/// concurrently (Hogwild): updates are added without locks.
class CpuTrainer {
 public:
  /// `nodes`: which inner nodes of the Huffman tree this thread keeps copies of. `threads`: how many train
  /// the same embeddings.
  CpuTrainer(const TrainingData& data, const TrainedMatrices& matrices, Embeddings& embeddings,
             PrivateRowsPlan nodes, int threads);

  Trained train(const Batch& batch);

 private:
  double train_centre(std::int64_t centre);

  const TrainingData& data_;
  const std::int32_t path_centres_;
  const int threads_;
  CpuBatch batch_;
  std::optional<NsTileTrainer> tiles_;
  NsTileTrainer::Tile tile_, next_tile_;
  PrivateRows nodes_;
  std::optional<HsTileTrainer> path_tiles_;
  HsTileTrainer::Tile path_tile_, next_path_tile_;
  CentreMinibatches centre_minibatches_;
  CentreMinibatchList minibatches_, next_minibatches_;
  CentreTrainer centre_trainer_;
  std::optional<CpuSoftmax> softmax_;
};

}  // namespace warp2vec
