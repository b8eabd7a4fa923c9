#pragma once
/// The blocks of one centre: negative sampling with Sharing::window or Sharing::pair, and hierarchical
/// softmax.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cpu_batch.h"
#include "host/cpu/private_rows.h"
#include "host/cpu/sign_block.h"
#include "host/sampling/negative_draws.h"
#include "host/training/hot_rows.h"

#include <cstdint>
#include <span>

namespace warp2vec {

/// Lists the blocks of centres.
class CentreBlocks {
 public:
  /// `nodes`: the rows of the Huffman tree's inner nodes.
  CentreBlocks(const TrainingData& data, const HotMatrices& hot, Embeddings& embeddings, PrivateRows& nodes)
      : data_(data), hot_(hot), embeddings_(embeddings), nodes_(nodes) {}

  /// Lists the blocks of a centre of the batch, in the order in which they are to be trained, and asks for
  /// their rows ahead of time.
  void list(const CpuBatch& batch, std::int64_t centre, SignBlocks& blocks);

 private:
  void add_contexts(const CpuBatch& batch, std::int64_t centre, KeptRange contexts, SignBlock& block);
  void add_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange contexts, SignBlock& block);
  void draw_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange window);
  void add_path(const CpuBatch& batch, std::int64_t centre, KeptRange contexts, SignBlock& block);

  const TrainingData& data_;
  const HotMatrices& hot_;
  Embeddings& embeddings_;
  PrivateRows& nodes_;
  NegativeDraws negative_draws_;
  std::span<const WordId> negatives_;  // of the centre, or of each element of its window in turn
};

}  // namespace warp2vec
