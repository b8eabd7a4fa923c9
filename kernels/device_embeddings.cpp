#include "device_embeddings.h"

#include "on_device.h"

#include <utility>

namespace warp2vec {
namespace {

DeviceArray<float> on_device(const Matrix& matrix, Uploader& uploader) {
  return on_device(matrix.row(0), matrix.rows() * matrix.stride(), uploader);
}

Matrix on_host(const DeviceArray<float>& array, const Matrix& shape) {
  Matrix matrix(shape.rows(), shape.cols());
  if (array.bytes() > 0)
    W2V_CUDA(cudaMemcpy(matrix.row(0), array.data(), static_cast<std::size_t>(array.bytes()),
                        cudaMemcpyDeviceToHost));
  return matrix;
}

}  // namespace

DeviceEmbeddings::DeviceEmbeddings(const Embeddings& embeddings, Uploader& uploader)
    : input_(on_device(embeddings.input, uploader)),
      output_(on_device(embeddings.output, uploader)),
      nodes_(on_device(embeddings.nodes, uploader)) {}

void DeviceEmbeddings::download(Embeddings& embeddings, const CudaStream& stream) const {
  stream.synchronize();
  Matrix input = on_host(input_, embeddings.input);
  Matrix output = on_host(output_, embeddings.output);
  embeddings.nodes = on_host(nodes_, embeddings.nodes);
  embeddings.input = std::move(input);
  embeddings.output = std::move(output);
}

void DeviceEmbeddings::show_to(Model& model) const {
  model.input.data = input_.data();
  model.output.data = output_.data();
  model.nodes.data = nodes_.data();
}

}  // namespace warp2vec
