#pragma once
/// The parameters on the device.

#include <warp2vec/embeddings.h>

#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/uploader.h"
#include "kernels/training/model.h"

namespace warp2vec {

class DeviceEmbeddings {
 public:
  /// Starts the upload. Under TableType::bf16 values are rounded to nearest.
  DeviceEmbeddings(const Embeddings& embeddings, TableType type, Uploader& uploader);

  /// Waits for `stream` and copies the parameters. On DeviceError `embeddings` are unchanged: everything is
  /// copied to new matrices first, which temporarily doubles their host memory.
  void download(Embeddings& embeddings, const CudaStream& stream) const;
  /// Points the model's matrix views at the device.
  void set_views(Model& model) const;

 private:
  TableType type_;
  DeviceArray<float> input_;  // empty under bf16, like output_
  DeviceArray<float> output_;
  DeviceArray<float> nodes_;
  DeviceArray<Bf16> input_bf16_;
  DeviceArray<Bf16> output_bf16_;
};

}  // namespace warp2vec
