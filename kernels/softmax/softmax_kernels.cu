#include "kernels/cuda/launch.h"
#include "kernels/device/device_block.h"
#include "kernels/softmax/softmax_kernels.h"
#include "kernels/softmax/softmax_row.h"

#include <algorithm>

namespace warp2vec {
namespace {

constexpr int kWarps = 8;

// One warp per row.
template <class Row>
__device__ void for_each_row(const SoftmaxPairs& pairs, Row row) {
  DeviceBlock block;
  block.for_each_warp([&](DeviceWarp& warp, int index) {
    for (std::int64_t r = std::int64_t{block.index()} * block.warps() + index; r < pairs.size;
         r += std::int64_t{block.count()} * block.warps())
      row(warp, r);
  });
}

__global__ void gather_kernel(MatrixView<float> matrix, SoftmaxPairs pairs, float* rows) {
  for_each_row(pairs, [&](DeviceWarp& warp, std::int64_t r) {
    const float* const from = matrix.row(std::int64_t{pairs.contexts[r]});
    for (std::int64_t d = 0; d < matrix.stride; d += kWarpSize) {
      const int lanes = lanes_in<false>(d, matrix.stride);
      warp.store(rows + r * matrix.stride + d, lanes, warp.load(from + d, lanes));
    }
  });
}

__global__ void scatter_add_kernel(MatrixView<float> matrix, SoftmaxPairs pairs, const float* rows) {
  for_each_row(pairs, [&](DeviceWarp& warp, std::int64_t r) {
    float* const to = matrix.row(std::int64_t{pairs.contexts[r]});
    for (std::int64_t d = 0; d < matrix.stride; d += kWarpSize) {
      const int lanes = lanes_in<false>(d, matrix.stride);
      warp.add(to + d, lanes, warp.load(rows + r * matrix.stride + d, lanes));
    }
  });
}

__global__ void __launch_bounds__(kWarps* kWarpSize, 2)
    softmax_kernel(SoftmaxPairs pairs, float* scores, std::int64_t words, double* losses) {
  DeviceBlock block;
  auto* const partial = reinterpret_cast<float*>(dynamic_shared());
  for (std::int64_t r = block.index(); r < pairs.size; r += block.count())
    softmax_row(block, scores + r * words, words, pairs.centres[r], pairs.lr, losses[block.index()], partial);
}

// One warp per row.
LaunchShape by_rows(const SoftmaxPairs& pairs) {
  return {(pairs.size + kWarps - 1) / kWarps, kWarps * kWarpSize};
}

}  // namespace

void launch_gather(MatrixView<float> matrix, const SoftmaxPairs& pairs, float* rows, cudaStream_t stream) {
  launch(gather_kernel, by_rows(pairs), stream, matrix, pairs, rows);
}

void launch_scatter_add(MatrixView<float> matrix, const SoftmaxPairs& pairs, const float* rows,
                        cudaStream_t stream) {
  launch(scatter_add_kernel, by_rows(pairs), stream, matrix, pairs, rows);
}

void launch_softmax(const SoftmaxPairs& pairs, float* scores, std::int64_t words, double* losses,
                    cudaStream_t stream) {
  launch(softmax_kernel,
         {std::min(pairs.size, kSoftmaxBlocks), kWarps * kWarpSize, 2 * kWarps * sizeof(float)}, stream,
         pairs, scores, words, losses);
}

}  // namespace warp2vec
