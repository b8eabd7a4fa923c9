#include "kernels/merging/device_agreement.h"

#include <warp2vec/detail/agreement.h>

#include "kernels/cuda/profiler_range.h"

#include <algorithm>

namespace warp2vec {
namespace {

template <class Value>
std::int64_t largest_buffer(const std::vector<MatrixView<Value>>& matrices) {
  std::int64_t values = 0;
  for (const MatrixView<Value>& matrix : matrices)
    values = std::max(values, values_merged_at_a_time(matrix.rows, matrix.cols));
  return values;
}

}  // namespace

DeviceAgreement::DeviceAgreement(Ranks& ranks, int device, const CudaStream& stream,
                                 const std::vector<MatrixView<float>>& floats,
                                 const std::vector<MatrixView<Bf16>>& bf16)
    : device_(device),
      stream_(stream),
      steps_(std::max(largest_buffer(floats), largest_buffer(bf16))),
      communicator_(ranks) {
  load_merge_kernels();
  for (const MatrixView<float>& matrix : floats) add_part(matrix, floats_);
  for (const MatrixView<Bf16>& matrix : bf16) add_part(matrix, bf16_);
  stream_.synchronize();
}

DeviceAgreement::~DeviceAgreement() { cudaSetDevice(device_); }  // to release what it owns

std::int64_t DeviceAgreement::merge(std::int64_t rows) {
  WARP2VEC_CUDA_CHECK(cudaSetDevice(device_));
  const ProfilerRange range("merge");
  std::int64_t bytes = 0;
  for (const Part<float>& part : floats_) bytes += merge(part, rows);
  for (const Part<Bf16>& part : bf16_) bytes += merge(part, rows);
  communicator_.wait(stream_);
  return bytes;
}

template <class Value>
void DeviceAgreement::add_part(const MatrixView<Value>& now, std::vector<Part<Value>>& parts) {
  DeviceArray<Value> before(now.rows * now.stride);
  WARP2VEC_CUDA_CHECK(cudaMemcpyAsync(before.data(), now.data, static_cast<std::size_t>(before.bytes()),
                                      cudaMemcpyDeviceToDevice, stream_.get()));
  parts.push_back({now, std::move(before)});
}

template <class Value>
std::int64_t DeviceAgreement::merge(const Part<Value>& part, std::int64_t rows) {
  const MatrixView<Value> before{part.before.data(), part.now.rows, part.now.cols, part.now.stride};
  merge_in_parts(std::min(rows, part.now.rows), part.now.cols, [&](std::int64_t begin, std::int64_t end) {
    const MergedRows<Value> some{part.now, before, begin, end};
    launch_steps(some, steps_.data(), stream_.get());
    communicator_.sum(steps_.data(), some.size() * (part.now.cols + 1), stream_);
    launch_agreement(some, steps_.data(), stream_.get());
  });
  return std::min(rows, part.now.rows) * (part.now.cols + 1) * static_cast<std::int64_t>(sizeof(float));
}

}  // namespace warp2vec
