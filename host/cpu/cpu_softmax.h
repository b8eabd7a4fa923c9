#pragma once
/// The full softmax on the CPU, several consecutive centres at a time. Under CBOW the rows of H
/// (host/reference/cbow.h) take the place of contexts, each with its own centre only.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cbow_windows.h"
#include "host/cpu/cpu_batch.h"
#include "host/cpu/simd/rows.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Trains several consecutive centres from the same values on one thread, by dense products of the contexts
/// in their windows with all output rows: each context is scored once for all of its centres.
class CpuSoftmax {
 public:
  CpuSoftmax(const TrainingData& data, Embeddings& embeddings);

  /// Returns the loss of centres [begin, end) of the batch, at most max_softmax_centres(). O(contexts x
  /// vocabulary x dim).
  double train(const CpuBatch& batch, std::int64_t begin, std::int64_t end);

 private:
  struct Target {
    std::int64_t word;
    std::int64_t context;  // of the centre itself, which is not trained with itself; -1: none
    KeptRange window;      // contexts
  };

  bool cbow() const { return config_.model == Architecture::cbow; }
  void list_hidden(const CpuBatch& batch, std::int64_t begin, std::int64_t end);
  void list(const CpuBatch& batch, std::int64_t begin, std::int64_t end);
  std::int64_t take_rows(std::int64_t first);
  double score_all(std::int64_t columns);
  double replace_by_gradients(std::int64_t first, std::int64_t rows, std::int64_t columns);

  const Config& config_;
  Embeddings& embeddings_;
  CbowWindows windows_;  // under CBOW, with
  Matrix window_sums_;   // their running sums
  Matrix h_;             // and their rows of H
  std::vector<float*> contexts_;
  std::vector<Target> targets_;  // sorted by word
  std::vector<Target>::const_iterator next_target_;
  std::vector<float*> outputs_;
  // Per context:
  std::vector<double> pairs_;
  std::vector<double> sums_;
  Matrix highest_, scales_;  // one row
  ContextCopies x_;
  Matrix x_updates_;
  Matrix y_, y_updates_;  // copies of some output rows, and their updates
  Matrix scores_;         // vocabulary x contexts; then gradients
};

/// Trains a tile's centres, those of [begin, begin + config.centres_per_tile()) in the batch, as many from
/// the same values as softmax_centres() says. Returns the loss.
double train_softmax_tile(CpuSoftmax& softmax, const Config& config, const CpuBatch& batch,
                          std::int64_t begin, int threads);

}  // namespace warp2vec
