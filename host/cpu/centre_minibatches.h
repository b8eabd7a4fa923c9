#pragma once
/// Sharing::pair and Sharing::window on the CPU, one centre at a time. All contexts of a minibatch interact
/// with all of its targets: a centre's window with the centre and its negatives, one pair with its negatives,
/// or a window with the centre's path in the Huffman tree, which Sharing::pair trains one context after the
/// other.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>
#include <warp2vec/types.h>

#include "host/cpu/cpu_batch.h"
#include "host/cpu/simd/rows.h"
#include "host/cpu/simd/trained_matrices.h"
#include "host/sampling/negative_draws.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// Contexts, targets, and one weight per target (see update_rule.h).
struct CentreMinibatch {
  ScaledRows contexts;
  ScaledRows targets;
  std::vector<float> signs;  ///< of each target: 1 or -1
  /// Train the contexts one after the other, each from the values that the one before it left, not all from
  /// the same values. Requires distinct target rows.
  bool in_turn = false;

  void clear() {
    in_turn = false;
    contexts.clear();
    targets.clear();
    signs.clear();
  }
};

/// A list of minibatches that keeps its memory when cleared.
class CentreMinibatchList {
 public:
  void clear() { size_ = 0; }
  CentreMinibatch& add() {
    if (size_ == minibatches_.size()) minibatches_.emplace_back();
    CentreMinibatch& minibatch = minibatches_[size_++];
    minibatch.clear();
    return minibatch;
  }
  std::span<const CentreMinibatch> all() const { return {minibatches_.data(), size_}; }

 private:
  std::vector<CentreMinibatch> minibatches_;
  std::size_t size_ = 0;
};

/// Trains minibatches on one thread.
class CentreTrainer {
 public:
  /// For minibatches of at most `contexts` contexts.
  CentreTrainer(std::int64_t contexts, std::int32_t dim) : x_(contexts, dim) {}

  /// Returns the loss.
  double train(const CentreMinibatch& minibatch);

 private:
  double train_in_turn(const CentreMinibatch& minibatch);

  Matrix x_;  // copies of context rows
  // Ordered by target:
  std::vector<const float*> pair_contexts_, pair_targets_;
  std::vector<float> pair_signs_;
  Matrix gradients_;
  std::vector<const float*> contexts_;
  std::vector<float> ordered_;  // gradients, ordered by context
};

/// Lists the minibatches of centres.
class CentreMinibatches {
 public:
  /// `nodes`: the rows of the Huffman tree's inner nodes.
  CentreMinibatches(const TrainingData& data, const TrainedMatrices& matrices, Embeddings& embeddings,
                    PrivateRows& nodes)
      : data_(data), matrices_(matrices), embeddings_(embeddings), nodes_(nodes) {}

  /// Lists the minibatches of a centre of the batch in training order, and prefetches their rows.
  void list(const CpuBatch& batch, std::int64_t centre, CentreMinibatchList& minibatches);

 private:
  void add_contexts(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                    CentreMinibatch& minibatch);
  void add_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                     CentreMinibatch& minibatch);
  void draw_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange window);
  void add_path(const CpuBatch& batch, std::int64_t centre, KeptRange contexts, CentreMinibatch& minibatch);

  const TrainingData& data_;
  const TrainedMatrices& matrices_;
  Embeddings& embeddings_;
  PrivateRows& nodes_;
  NegativeDraws negative_draws_;
  std::span<const WordId> negatives_;  // of the centre, or of each element of its window in turn
};

}  // namespace warp2vec
