#pragma once
/// The step in which all of some contexts meet all of some targets: a centre's window and its negatives, one
/// pair and its negatives, or a centre's window and its path in the Huffman tree.

#include <warp2vec/embeddings.h>
#include <warp2vec/types.h>

#include "host/cpu/scaled_rows.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// Contexts and targets that meet, with one weight per target (see step.h).
struct SignBlock {
  ScaledRows contexts;
  ScaledRows targets;
  std::vector<float> signs;  ///< of each target: 1 or -1

  void clear() {
    contexts.clear();
    targets.clear();
    signs.clear();
  }
};

/// A list of blocks that keeps their memory when it is cleared.
class SignBlocks {
 public:
  void clear() { size_ = 0; }
  SignBlock& add() {
    if (size_ == blocks_.size()) blocks_.emplace_back();
    SignBlock& block = blocks_[size_++];
    block.clear();
    return block;
  }
  std::span<const SignBlock> all() const { return {blocks_.data(), size_}; }

 private:
  std::vector<SignBlock> blocks_;
  std::size_t size_ = 0;
};

/// Trains blocks on one thread.
class SignBlockSteps {
 public:
  /// For blocks of at most so many contexts.
  SignBlockSteps(std::int64_t contexts, std::int32_t dim) : x_(contexts, dim) {}

  /// Returns the loss.
  double train(const SignBlock& block);

 private:
  Matrix x_;  // copies of context rows
  // Target by target:
  std::vector<const float*> pair_contexts_, pair_targets_;
  std::vector<float> pair_signs_;
  Matrix gradients_;
  std::vector<const float*> contexts_;
  std::vector<float> ordered_;  // gradients, context by context
};

}  // namespace warp2vec
