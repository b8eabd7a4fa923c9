#pragma once
/// Decides, before anything is allocated, how a run uses its GPU.

#include <warp2vec/cuda.h>

#include "host/training/hot_rows.h"
#include "kernels/training/train_launch.h"

#include <algorithm>
#include <cstdint>

namespace warp2vec {

/// What would otherwise follow from the device and the corpus; 0 and false leave it so. For tests.
struct CudaLimits {
  int warps = 0;                 ///< of a block
  int blocks = 0;                ///< of the training kernel
  bool stream_corpus = false;    ///< even if it fits
  bool no_tensor_cores = false;  ///< even if the device has them
};

struct CudaPlan {
  TrainLaunch launch;
  int blocks = 0;                    ///< of the training kernel
  CentresInFlight in_flight;         ///< but for the full softmax
  std::int32_t softmax_centres = 0;  ///< most_softmax_centres()
  std::int64_t batch_centres = 0;
  std::int64_t batch_tokens = 0;  ///< kept tokens of a batch with the reach of its windows, at most
  CudaMemoryPlan memory;

  /// That the objective trains from the same values.
  std::int64_t centres_in_flight() const {
    return softmax_centres > 0 ? softmax_centres : std::max(in_flight.negatives, in_flight.paths);
  }
  /// Blocks times warps.
  std::int64_t warps() const { return std::int64_t{blocks} * launch.warps; }
};

/// The most centres from all over the corpus that may be in flight without harm to quality, for what is
/// trained; measured, see benchmarks/README.md. Few for little training, which would otherwise start slowly,
/// and few where one word is so frequent that its row gets too many gradients from the same values.
CentresInFlight harmless_centres_in_flight(const TrainingData& data);

/// Throws Error if the run does not fit into the device's free memory, saying what is needed and what to
/// change.
CudaPlan plan_cuda(const TrainingData& data, const CudaDevice& device, const CudaLimits& limits);

}  // namespace warp2vec
