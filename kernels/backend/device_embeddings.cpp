#include "kernels/backend/device_embeddings.h"

#include "kernels/cuda/uploader.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

std::int64_t values_of(const Matrix& matrix) { return matrix.rows() * matrix.stride(); }

DeviceArray<float> on_device(const Matrix& matrix, Uploader& uploader) {
  return on_device(matrix.row(0), values_of(matrix), uploader);
}

constexpr std::int64_t kBf16Run = Uploader::kBufferBytes / static_cast<std::int64_t>(sizeof(Bf16));

DeviceArray<Bf16> rounded_on_device(const Matrix& matrix, Uploader& uploader) {
  DeviceArray<Bf16> array(values_of(matrix));
  for (std::int64_t begin = 0; begin < array.size(); begin += kBf16Run) {
    const std::int64_t size = std::min(kBf16Run, array.size() - begin);
    const float* const from = matrix.row(0) + begin;
    uploader.upload_generated(
        array.data() + begin, size * static_cast<std::int64_t>(sizeof(Bf16)),
        [&](void* buffer) { std::transform(from, from + size, static_cast<Bf16*>(buffer), nearest_bf16); });
  }
  return array;
}

Matrix on_host(const DeviceArray<float>& array, const Matrix& shape) {
  Matrix matrix(shape.rows(), shape.cols());
  if (array.bytes() > 0)
    WARP2VEC_CUDA_CHECK(cudaMemcpy(matrix.row(0), array.data(), static_cast<std::size_t>(array.bytes()),
                                   cudaMemcpyDeviceToHost));
  return matrix;
}

Matrix on_host(const DeviceArray<Bf16>& array, const Matrix& shape) {
  Matrix matrix(shape.rows(), shape.cols());
  std::vector<Bf16> run(static_cast<std::size_t>(std::min(kBf16Run, array.size())));
  for (std::int64_t begin = 0; begin < array.size(); begin += kBf16Run) {
    const std::int64_t size = std::min(kBf16Run, array.size() - begin);
    WARP2VEC_CUDA_CHECK(cudaMemcpy(run.data(), array.data() + begin,
                                   static_cast<std::size_t>(size) * sizeof(Bf16), cudaMemcpyDeviceToHost));
    std::transform(run.begin(), run.begin() + size, matrix.row(0) + begin, to_float);
  }
  return matrix;
}

}  // namespace

DeviceEmbeddings::DeviceEmbeddings(const Embeddings& embeddings, TableType type, Uploader& uploader)
    : type_(type), nodes_(on_device(embeddings.nodes, uploader)) {
  if (type == TableType::bf16) {
    input_bf16_ = rounded_on_device(embeddings.input, uploader);
    output_bf16_ = rounded_on_device(embeddings.output, uploader);
  } else {
    input_ = on_device(embeddings.input, uploader);
    output_ = on_device(embeddings.output, uploader);
  }
}

void DeviceEmbeddings::download(Embeddings& embeddings, const CudaStream& stream) const {
  stream.synchronize();
  const bool bf16 = type_ == TableType::bf16;
  Matrix input = bf16 ? on_host(input_bf16_, embeddings.input) : on_host(input_, embeddings.input);
  Matrix output = bf16 ? on_host(output_bf16_, embeddings.output) : on_host(output_, embeddings.output);
  embeddings.nodes = on_host(nodes_, embeddings.nodes);
  embeddings.input = std::move(input);
  embeddings.output = std::move(output);
}

void DeviceEmbeddings::set_views(Model& model) const {
  model.input.data = input_.data();
  model.output.data = output_.data();
  model.nodes.data = nodes_.data();
  model.input_bf16.data = input_bf16_.data();
  model.output_bf16.data = output_bf16_.data();
}

}  // namespace warp2vec
