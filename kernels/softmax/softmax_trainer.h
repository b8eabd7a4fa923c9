#pragma once
/// The full softmax on a GPU: train_softmax() of host/reference/reference.h for some centres at a
/// time.

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
  /// Bytes on the device for batches of `centres` centres, `group` of them at a time.
  static std::int64_t bytes(const TrainingData& data, std::int64_t centres, std::int64_t group);

  /// Trains the pairs of `group` centres from the same values. The references outlive this object. Throws
  /// Error if there is no cuBLAS, DeviceError otherwise.
  SoftmaxTrainer(const TrainingData& data, Uploader& uploader, std::int64_t centres, std::int64_t group);
  ~SoftmaxTrainer();
  SoftmaxTrainer(const SoftmaxTrainer&) = delete;
  SoftmaxTrainer& operator=(const SoftmaxTrainer&) = delete;

  /// Gives the batch to `stream`; `losses` as launch_softmax() takes them. Returns the number of pairs.
  std::int64_t train(const Batch& batch, const Model& model, double* losses, const CudaStream& stream);

 private:
  void list_pairs(const Batch& batch);
  void upload_pairs(const CudaStream& stream);
  void train_group(const SoftmaxPairs& pairs, const Model& model, double* losses, const CudaStream& stream);

  const TrainingData& data_;
  Uploader& uploader_;
  std::int64_t group_;
  cublasHandle_t cublas_ = nullptr;

  std::vector<std::int32_t> contexts_;  // of the batch's pairs
  std::vector<std::int32_t> centres_;
  std::vector<float> lr_;
  std::vector<std::int64_t> group_ends_;  // in pairs

  DeviceArray<std::int32_t> device_contexts_;
  DeviceArray<std::int32_t> device_centres_;
  DeviceArray<float> device_lr_;
  CudaEvent pairs_done_;             // the device lists may be overwritten
  DeviceArray<float> rows_, steps_;  // of a group's contexts
  DeviceArray<float> scores_;        // pairs x vocabulary
};

}  // namespace warp2vec
