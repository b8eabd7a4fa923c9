#pragma once
/// Decides, before anything is allocated, how a run uses its GPU.

#include <warp2vec/cuda.h>

#include "host/training/hot_rows.h"
#include "kernels/training/train_launch.h"

#include <algorithm>
#include <cstdint>

namespace warp2vec {

/// Overrides of what is otherwise derived from the device and the corpus; 0 and false mean no override. For
/// tests and tuning.
struct CudaLimits {
  int warps = 0;                  ///< per block
  int blocks = 0;                 ///< of the training kernel
  std::int32_t tile_centres = 0;  ///< see Model; divides Config::centres_per_tile()
  bool stream_corpus = false;     ///< even if it fits
  bool no_tensor_cores = false;   ///< even if the device has them
};

struct CudaPlan {
  TrainLaunch launch;
  int blocks = 0;                    ///< of the training kernel
  std::int32_t tile_centres = 0;     ///< see Model
  CentresInFlight in_flight;         ///< except for the full softmax
  std::int32_t softmax_centres = 0;  ///< max_softmax_centres()
  std::int64_t batch_centres = 0;
  std::int64_t batch_tokens = 0;  ///< maximum kept tokens per batch, including those that only windows cover
  CudaMemoryPlan memory;

  /// Of the objective with the most.
  std::int64_t centres_in_flight() const {
    return softmax_centres > 0 ? softmax_centres : std::max(in_flight.negatives, in_flight.paths);
  }
  /// Blocks times warps.
  std::int64_t warps() const { return std::int64_t{blocks} * launch.warps; }
};

/// Throws Error if the run does not fit into the device's free memory, saying what is needed and what to
/// change. `divided`: as of make_cuda_backend().
CudaPlan plan_cuda(const TrainingData& data, const CudaDevice& device, const CudaLimits& limits,
                   bool divided);

}  // namespace warp2vec
