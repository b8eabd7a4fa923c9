#pragma once
/// Sharing::pair and Sharing::window on the CPU, one centre at a time. All contexts of a block meet all of
/// its targets: a centre's window and its negatives, one pair and its negatives, or a centre's window and its
/// path in the Huffman tree, which under Sharing::pair is trained one context after the other.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>
#include <warp2vec/types.h>

#include "host/cpu/cpu_batch.h"
#include "host/cpu/rows.h"
#include "host/sampling/negative_draws.h"
#include "host/training/hot_rows.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// Contexts and targets that meet, with one weight per target (see step.h).
struct CentreBlock {
  ScaledRows contexts;
  ScaledRows targets;
  std::vector<float> signs;  ///< of each target: 1 or -1
  /// Whether each context is trained from what the ones before it have left, and not all from the same
  /// values. The targets are different rows.
  bool in_turn = false;

  void clear() {
    in_turn = false;
    contexts.clear();
    targets.clear();
    signs.clear();
  }
};

/// A list of blocks that keeps their memory when it is cleared.
class CentreBlockList {
 public:
  void clear() { size_ = 0; }
  CentreBlock& add() {
    if (size_ == blocks_.size()) blocks_.emplace_back();
    CentreBlock& block = blocks_[size_++];
    block.clear();
    return block;
  }
  std::span<const CentreBlock> all() const { return {blocks_.data(), size_}; }

 private:
  std::vector<CentreBlock> blocks_;
  std::size_t size_ = 0;
};

/// Trains blocks on one thread.
class CentreBlockTrainer {
 public:
  /// For blocks of at most so many contexts.
  CentreBlockTrainer(std::int64_t contexts, std::int32_t dim) : x_(contexts, dim) {}

  /// Returns the loss.
  double train(const CentreBlock& block);

 private:
  double train_in_turn(const CentreBlock& block);

  Matrix x_;  // copies of context rows
  // Target by target:
  std::vector<const float*> pair_contexts_, pair_targets_;
  std::vector<float> pair_signs_;
  Matrix gradients_;
  std::vector<const float*> contexts_;
  std::vector<float> ordered_;  // gradients, context by context
};

/// Lists the blocks of centres.
class CentreBlocks {
 public:
  /// `nodes`: the rows of the Huffman tree's inner nodes.
  CentreBlocks(const TrainingData& data, const HotMatrices& hot, Embeddings& embeddings, PrivateRows& nodes)
      : data_(data), hot_(hot), embeddings_(embeddings), nodes_(nodes) {}

  /// Lists the blocks of a centre of the batch, in the order in which they are to be trained, and asks for
  /// their rows ahead of time.
  void list(const CpuBatch& batch, std::int64_t centre, CentreBlockList& blocks);

 private:
  void add_contexts(const CpuBatch& batch, std::int64_t centre, KeptRange contexts, CentreBlock& block);
  void add_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange contexts, CentreBlock& block);
  void draw_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange window);
  void add_path(const CpuBatch& batch, std::int64_t centre, KeptRange contexts, CentreBlock& block);

  const TrainingData& data_;
  const HotMatrices& hot_;
  Embeddings& embeddings_;
  PrivateRows& nodes_;
  NegativeDraws negative_draws_;
  std::span<const WordId> negatives_;  // of the centre, or of each element of its window in turn
};

}  // namespace warp2vec
