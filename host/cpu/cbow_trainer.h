#pragma once
/// CBOW on the CPU; the rule is host/reference/cbow.h. One step trains the windows of one centre or of a
/// tile: H = A X; scores of each h with targets of its own (the centre, its fresh negatives or its path),
/// pair by pair; and with Sharing::tile scores of all of H with the tile's negatives, in dense products.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cbow_windows.h"
#include "host/cpu/cpu_batch.h"
#include "host/cpu/cpu_softmax.h"
#include "host/cpu/simd/rows.h"
#include "host/cpu/simd/trained_matrices.h"
#include "host/sampling/negative_draws.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace warp2vec {

/// Trains batches on one thread, like CpuTrainer, which is for skip-gram.
class CbowTrainer {
 public:
  CbowTrainer(const TrainingData& data, const TrainedMatrices& matrices, Embeddings& embeddings,
              PrivateRowsPlan nodes, int threads);

  Trained train(const Batch& batch);

 private:
  // Centres [begin, end) of the batch, trained from the same values.
  struct Step {
    bool paths;  // hierarchical softmax, not negative sampling
    std::int64_t begin;
    std::int64_t end;
  };
  // A step that is ready to be trained.
  struct Prepared {
    CbowWindows windows;
    ScaledRows targets;  // of each h in turn, then the negatives of the tile
    // Each one's update is a multiple of this row: h, or of z_updates_.
    std::vector<const float*> from;
    // Of the targets that belong to one h:
    std::vector<std::int64_t> ends;  // of each h
    std::vector<float> signs;        // 1 or -1
    // Masked elements of scores_: the negative is the centre of h.
    std::vector<std::int64_t> collisions;
    bool shares_negatives;
  };

  void list_steps();
  void prepare(const Step& step, Prepared& prepared);
  void add_negatives(const Step& step, Prepared& prepared);
  void add_shared_negatives(const Step& step, Prepared& prepared);
  void add_paths(Prepared& prepared);
  void add_target(float* row, std::int64_t number, float sign, std::size_t h, Prepared& prepared) const;
  double train(const Prepared& prepared);
  double train_shared_negatives(const Prepared& prepared);

  bool tiled() const { return data_.config.sharing == Sharing::tile; }

  const TrainingData& data_;
  const TrainedMatrices& matrices_;
  Embeddings& embeddings_;
  const int threads_;
  CpuBatch batch_;
  PrivateRows nodes_;
  NegativeDraws negative_draws_;
  std::vector<WordId> words_;  // of the tile in preparation
  std::vector<Step> steps_;
  std::array<Prepared, 2> prepared_;  // the step in training, and the next one
  ContextCopies h_;
  Matrix h_updates_;
  Matrix window_sums_;
  Matrix gradients_;      // of the targets that belong to one h, one row
  Matrix z_, z_updates_;  // copies of the tile's negatives, and their updates
  Matrix scores_;         // negatives x hidden
  std::vector<float> negative_sizes_;
  std::optional<CpuSoftmax> softmax_;
};

}  // namespace warp2vec
