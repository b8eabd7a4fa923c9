#pragma once
/// The parameters on the device.

#include <warp2vec/embeddings.h>

#include "device_memory.h"
#include "model.h"
#include "uploader.h"

namespace warp2vec {

class DeviceEmbeddings {
 public:
  /// Uploads; the copies may not be done yet.
  DeviceEmbeddings(const Embeddings& embeddings, Uploader& uploader);

  /// Waits for `stream` and copies the parameters. On DeviceError `embeddings` are unchanged; they are copied
  /// as a whole first, which takes their size of host memory once more.
  void download(Embeddings& embeddings, const CudaStream& stream) const;
  /// Sets the model's views of matrices.
  void show_to(Model& model) const;

 private:
  DeviceArray<float> input_;
  DeviceArray<float> output_;
  DeviceArray<float> nodes_;
};

}  // namespace warp2vec
