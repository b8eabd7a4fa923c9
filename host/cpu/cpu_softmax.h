#pragma once
/// The full softmax, centre by centre.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cpu_batch.h"
#include "host/cpu/rows.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Trains the windows of centres on one thread, each by dense products of its contexts with all output rows.
class CpuSoftmax {
 public:
  CpuSoftmax(const TrainingData& data, Embeddings& embeddings);

  /// Returns the loss of a centre of the batch. O(contexts x vocabulary x dim).
  double train(const CpuBatch& batch, std::int64_t centre);

 private:
  std::int64_t take_rows(std::int64_t first);

  Embeddings& embeddings_;
  std::vector<float*> contexts_;
  std::vector<float*> outputs_;
  std::vector<double> losses_;  // of each context
  ContextCopies x_;
  Matrix x_steps_;      // of the contexts
  Matrix y_, y_steps_;  // copies of a run of output rows, and their steps
  Matrix scores_;       // vocabulary x contexts
};

}  // namespace warp2vec
