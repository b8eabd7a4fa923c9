#pragma once
/// Hierarchical softmax by tiles on the CPU; the rule is path_tile_minibatch() of host/reference/reference.h.
/// Unlike the GPU, which masks the contexts x nodes matrix, this lists the pairs, path by path.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cpu_batch.h"
#include "host/cpu/simd/rows.h"
#include "host/cpu/simd/trained_matrices.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {

/// Trains the paths of a few consecutive centres on one thread. Each context is read and updated once for all
/// of them.
class HsTileTrainer {
 public:
  /// A tile that is ready to be trained.
  struct Tile {
    /// The pairs of a centre: all of its nodes with all of its contexts.
    struct Path {
      std::size_t first_pair;
      std::size_t first_node;
      std::int64_t nodes;
      std::int64_t contexts;
    };

    ScaledRows contexts;  // rows of the input matrix
    ScaledRows nodes;     // rows of the node matrix, ordered by path
    std::vector<Path> paths;
    // Pairs, ordered by path and node:
    std::vector<const float*> pair_contexts;  // copies in x_
    std::vector<const float*> pair_nodes;
    std::vector<float> pair_signs;
    std::vector<float*> context_updates;  // rows of x_updates_ for the contexts, ordered by path
  };

  /// `nodes`: the rows of the Huffman tree's inner nodes.
  HsTileTrainer(const TrainingData& data, const TrainedMatrices& matrices, Embeddings& embeddings,
                PrivateRows& nodes);

  /// Lists the pairs of centres [begin, end) of the batch, at most config.path_tile_centres(), and prefetches
  /// their rows.
  void prepare(const CpuBatch& batch, std::int64_t begin, std::int64_t end, Tile& tile);
  /// Returns the loss.
  double train(const Tile& tile);

 private:
  void add_path(const CpuBatch& batch, std::int64_t centre, std::int64_t first_context, Tile& tile);

  const TrainingData& data_;
  const TrainedMatrices& matrices_;
  Embeddings& embeddings_;
  PrivateRows& nodes_;
  Matrix x_, x_updates_;        // copies of the contexts, and their updates
  Matrix gradients_;            // of the pairs, one row
  std::vector<float> ordered_;  // those of a path, ordered by context
};

}  // namespace warp2vec
