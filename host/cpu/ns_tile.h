#pragma once
/// Negative sampling with the negatives of a tile on the CPU; the rule is tile_minibatch() of
/// host/reference/reference.h. Unlike the GPU, which masks the centres x contexts matrix, this lists the
/// pairs, by centre and by context: only a twelfth of the matrix are pairs.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cpu_batch.h"
#include "host/cpu/simd/rows.h"
#include "host/cpu/simd/trained_matrices.h"
#include "host/sampling/negative_draws.h"

#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// Trains tiles on one thread. Contexts are multiplied by the tile's negatives in dense products of copied
/// rows, and by their centres pair by pair: only the band of the windows matters, a twelfth of the matrix at
/// N = 64, W = 5.
class NsTileTrainer {
 public:
  /// A tile that is ready to be trained.
  struct Tile {
    ScaledRows contexts;                // rows of the input matrix
    ScaledRows targets;                 // rows of the output matrix: centres, then negatives
    std::size_t centres;                // the number of centres
    std::vector<float> negative_sizes;  // magnitude of each context's weight with the negatives
    std::vector<std::int64_t>
        collisions;  // masked elements of scores_: the negative is a centre of the context
    // Pairs ordered by centre ...
    std::vector<std::int64_t> centre_ends;    // end of each centre's pairs
    std::vector<const float*> pair_contexts;  // copies in x_
    std::vector<const float*> pair_centres;
    // ... and by context.
    std::vector<std::int64_t> context_ends;
    std::vector<std::int32_t> order;  // numbers of pairs
    std::vector<const float*> order_centres;
  };

  NsTileTrainer(const TrainingData& data, const TrainedMatrices& matrices, Embeddings& embeddings);

  /// Lists the pairs of centres [begin, end) of the batch and prefetches their rows: with matrices of 60 MB
  /// and more most are in no cache.
  void prepare(const CpuBatch& batch, std::int64_t begin, std::int64_t end, Tile& tile);
  /// Returns the loss.
  double train(const Tile& tile);

 private:
  void list_rows(const CpuBatch& batch, std::int64_t begin, std::int64_t end, KeptRange contexts, Tile& tile);
  void list_pairs(const CpuBatch& batch, std::int64_t begin, std::int64_t end, KeptRange contexts,
                  Tile& tile);
  void list_collisions(const CpuBatch& batch, std::int64_t begin, std::int64_t end, KeptRange contexts,
                       Tile& tile);

  const TrainingData& data_;
  const TrainedMatrices& matrices_;
  Embeddings& embeddings_;
  NegativeDraws negative_draws_;
  std::span<const WordId> negatives_;  // of the tile in preparation
  ContextCopies x_;
  Matrix x_updates_;      // updates of the contexts from the negatives
  Matrix z_, z_updates_;  // copies of the negatives, and their updates
  Matrix scores_;         // negatives x contexts
  Matrix pairs_;          // scores of the pairs, one row
  std::vector<float> ones_;
  std::vector<float> ordered_;  // gradients of the pairs, ordered by context
};

}  // namespace warp2vec
