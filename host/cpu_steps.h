#pragma once
/// The steps of the CPU backend: what reference_blocks.h defines, as small matrix products on copies of the
/// rows.

#include <warp2vec/trainer.h>

#include "hot_rows.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Trains batches on one thread; owns the buffers that this needs. Several of these may train the same
/// embeddings at the same time (Hogwild): rows are copied, and their steps are added, without locks.
class CpuSteps {
 public:
  CpuSteps(const TrainingData& data, const HotMatrices& hot, Embeddings& embeddings);

  Trained train(const Batch& batch);

 private:
  // One tile, by elements of span_, and its rows.
  struct Tile {
    std::int64_t begin = 0;  // centres [begin, end)
    std::int64_t end = 0;
    KeptSpan::Range span{};  // contexts
    float lr = 0;
    std::vector<std::int64_t> contexts;
    std::vector<std::int64_t> centres;
    std::vector<std::int64_t> negatives;
  };

  KeptSpan::Range& window(std::int64_t centre) { return windows_[static_cast<std::size_t>(centre)]; }
  std::int64_t row_at(std::int64_t i) const { return row_of(span_.words[static_cast<std::size_t>(i)]); }
  float lr_at(std::int64_t i) const {
    return data_.lr_at(draws_.epoch, span_.positions[static_cast<std::size_t>(i)]);
  }

  KeptSpan::Range contexts_of(std::int64_t begin, std::int64_t end) const;
  void prepare_tile(std::int64_t begin, std::int64_t end, Tile& tile) const;
  void take_contexts(const std::vector<std::int64_t>& rows);
  void train_tile(const Tile& tile);
  void meet_negatives(const Tile& tile);
  void meet_centres(const Tile& tile);
  void train_centre(std::int64_t centre);
  void train_negatives(std::int64_t centre, KeptSpan::Range contexts);
  void train_path(std::int64_t centre, KeptSpan::Range contexts);
  void train_targets(std::int64_t centre, KeptSpan::Range contexts, MatrixView<float> output, float lr,
                     const HotRows& hot_contexts, const HotRows& hot_targets);
  void list_contexts(std::int64_t centre, KeptSpan::Range contexts);
  void train_softmax(std::int64_t centre, KeptSpan::Range contexts);
  void add_steps(MatrixView<float> matrix, const std::vector<std::int64_t>& rows, const Matrix& steps,
                 float lr, const HotRows& hot);

  const TrainingData& data_;
  const HotMatrices& hot_;
  Embeddings& embeddings_;

  Draws draws_;
  KeptSpan span_;
  std::vector<KeptSpan::Range> windows_;  // of the batch's centres, by element of span_
  Tile tile_, next_tile_;
  Trained trained_;

  std::vector<std::int64_t> contexts_, targets_;  // rows of one window
  std::vector<float> target_weights_;             // one weight per target, for all contexts of a window
  std::vector<float> scales_;
  std::vector<double> losses_;  // of each context under the full softmax
  Matrix x_, x_steps_;          // copies of context rows, and their steps
  Matrix x_columns_;            // x_ transposed: dim x contexts
  Matrix y_, y_steps_;          // the same of centre rows, or of one window's targets
  Matrix z_, z_steps_;          // the same of a tile's negatives
  Matrix scores_;               // targets x contexts
  Matrix weights_;              // rows of weights, as long as those of scores_
};

}  // namespace warp2vec
