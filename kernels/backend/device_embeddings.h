#pragma once
/// The parameters on the device.

#include <warp2vec/embeddings.h>

#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/uploader.h"
#include "kernels/training/model.h"

namespace warp2vec {

class DeviceEmbeddings {
 public:
  /// Uploads; the copies may not be done yet. Under TableType::bf16 values are rounded to the nearest on the
  /// way.
  DeviceEmbeddings(const Embeddings& embeddings, TableType type, Uploader& uploader);

  /// Waits for `stream` and copies the parameters. On DeviceError `embeddings` are unchanged; they are copied
  /// as a whole first, which takes their size of host memory once more.
  void download(Embeddings& embeddings, const CudaStream& stream) const;
  /// Sets the model's views of matrices.
  void show_to(Model& model) const;

 private:
  TableType type_;
  DeviceArray<float> input_;  // empty under bf16, like output_
  DeviceArray<float> output_;
  DeviceArray<float> nodes_;
  DeviceArray<Bf16> input_bf16_;
  DeviceArray<Bf16> output_bf16_;
};

}  // namespace warp2vec
