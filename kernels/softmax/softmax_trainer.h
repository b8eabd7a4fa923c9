#pragma once
/// The full softmax on a GPU: train_softmax() of host/reference/reference.h, several centres at a time.

#include <warp2vec/trainer.h>

#include "kernels/cuda/cublas.h"
#include "kernels/cuda/uploader.h"
#include "kernels/softmax/softmax_kernels.h"
#include "kernels/training/model.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

class SoftmaxTrainer {
 public:
  /// For batches of `centres` centres. `group`: max_softmax_centres(). The referenced objects must outlive
  /// this.
  /// Throws Error if there is no cuBLAS, DeviceError otherwise.
  SoftmaxTrainer(const TrainingData& data, Uploader& uploader, std::int64_t centres, std::int32_t group);
  ~SoftmaxTrainer();
  SoftmaxTrainer(const SoftmaxTrainer&) = delete;
  SoftmaxTrainer& operator=(const SoftmaxTrainer&) = delete;

  /// Queues the batch on `stream`; `losses`: see launch_softmax(). Returns the number of pairs.
  std::int64_t train(const Batch& batch, const Model& model, double* losses, const CudaStream& stream);

 private:
  void list_pairs(const Batch& batch);
  void upload_pairs(const CudaStream& stream);
  void train_group(const SoftmaxPairs& pairs, const Model& model, double* losses, const CudaStream& stream);

  /// Pairs that are trained from the same values.
  struct Group {
    std::int64_t end;
    float lr;
  };

  const TrainingData& data_;
  Uploader& uploader_;
  cublasHandle_t cublas_ = nullptr;

  std::vector<std::int32_t> contexts_;  // of the batch's pairs
  std::vector<std::int32_t> centres_;
  std::vector<Group> groups_;

  DeviceArray<std::int32_t> device_contexts_;
  DeviceArray<std::int32_t> device_centres_;
  CudaEvent pairs_done_;               // the device lists may be overwritten
  DeviceArray<float> rows_, updates_;  // of a group's contexts
  DeviceArray<float> scores_;          // pairs x vocabulary
};

}  // namespace warp2vec
