#pragma once
/// The full softmax on a GPU: train_softmax() of host/reference/reference.h, and train_cbow_softmax() of
/// cbow.h beside it, several centres at a time.

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

  /// Queues the batch on `stream`; `losses`: see launch_softmax(). Returns the number of
  /// predictions.
  std::int64_t train(const Batch& batch, const Model& model, double* losses, const CudaStream& stream);

 private:
  void list_predictions(const Batch& batch);
  void upload_lists(const CudaStream& stream);
  void train_group(const SoftmaxPredictions& predictions, const Model& model, double* losses,
                   const CudaStream& stream);

  /// Predictions that are trained from the same values.
  struct Group {
    std::int64_t end;
    float lr;
  };

  bool cbow() const { return data_.config.model == Architecture::cbow; }

  const TrainingData& data_;
  Uploader& uploader_;
  cublasHandle_t cublas_ = nullptr;

  // Of the batch; see SoftmaxPredictions.
  std::vector<std::int32_t> contexts_;
  std::vector<std::int32_t> windows_;
  std::vector<std::int32_t> centres_;
  std::vector<Group> groups_;

  DeviceArray<std::int32_t> device_contexts_;
  DeviceArray<std::int32_t> device_windows_;
  DeviceArray<std::int32_t> device_centres_;
  CudaEvent lists_done_;                 // the device lists may be overwritten
  DeviceArray<float> hidden_, updates_;  // of a group's predictions
  DeviceArray<float> scores_;            // predictions x vocabulary
};

}  // namespace warp2vec
