#include "kernels/cuda/launch.h"
#include "kernels/device/device_block.h"
#include "kernels/softmax/softmax_kernels.h"
#include "kernels/softmax/softmax_row.h"

#include <algorithm>

namespace warp2vec {
namespace {

constexpr int kWarps = 8;

// One warp per prediction: calls `f(warp, p, first, end)`, whose contexts are [first, end).
template <class F>
__device__ void for_each_prediction(const SoftmaxPredictions& predictions, F f) {
  DeviceBlock block;
  block.for_each_warp([&](DeviceWarp& warp, int index) {
    for (std::int32_t p = block.index() * block.warps() + index; p < predictions.size;
         p += block.count() * block.warps()) {
      const std::int32_t* const windows = predictions.windows;
      f(warp, p, windows == nullptr ? p : windows[p], windows == nullptr ? p + 1 : windows[p + 1]);
    }
  });
}

__global__ void gather_kernel(MatrixView<float> matrix, SoftmaxPredictions predictions, float* hidden) {
  for_each_prediction(predictions, [&](DeviceWarp& warp, std::int64_t p, std::int32_t first,
                                       std::int32_t end) {
    const float weight = predictions.rule.weight(end - first);
    for (std::int64_t d = 0; d < matrix.stride; d += kWarpSize) {
      const int lanes = lanes_in<false>(d, matrix.stride);
      float sum = 0;
      for (std::int32_t i = first; i < end; ++i)
        sum = warp.fma(weight, warp.load(matrix.row(std::int64_t{predictions.contexts[i]}) + d, lanes), sum);
      warp.store(hidden + p * matrix.stride + d, lanes, sum);
    }
  });
}

__global__ void scatter_add_kernel(MatrixView<float> matrix, SoftmaxPredictions predictions,
                                   const float* updates) {
  for_each_prediction(predictions,
                      [&](DeviceWarp& warp, std::int64_t p, std::int32_t first, std::int32_t end) {
                        const float weight = predictions.rule.gradient_weight(end - first);
                        for (std::int64_t d = 0; d < matrix.stride; d += kWarpSize) {
                          const int lanes = lanes_in<false>(d, matrix.stride);
                          const float update = weight * warp.load(updates + p * matrix.stride + d, lanes);
                          for (std::int32_t i = first; i < end; ++i)
                            warp.add(matrix.row(std::int64_t{predictions.contexts[i]}) + d, lanes, update);
                        }
                      });
}

__global__ void __launch_bounds__(kWarps* kWarpSize, 2)
    softmax_kernel(SoftmaxPredictions predictions, float* scores, std::int64_t words, double* losses) {
  DeviceBlock block;
  auto* const partial = reinterpret_cast<float*>(dynamic_shared());
  for (std::int64_t p = block.index(); p < predictions.size; p += block.count())
    softmax_row(block, scores + p * words, words, predictions.centres[p], predictions.lr,
                losses[block.index()], partial);
}

// One warp per prediction.
LaunchShape shape_of(const SoftmaxPredictions& predictions) {
  return {(predictions.size + kWarps - 1) / kWarps, kWarps * kWarpSize};
}

}  // namespace

void launch_gather(MatrixView<float> matrix, const SoftmaxPredictions& predictions, float* hidden,
                   cudaStream_t stream) {
  launch(gather_kernel, shape_of(predictions), stream, matrix, predictions, hidden);
}

void launch_scatter_add(MatrixView<float> matrix, const SoftmaxPredictions& predictions, const float* updates,
                        cudaStream_t stream) {
  launch(scatter_add_kernel, shape_of(predictions), stream, matrix, predictions, updates);
}

void launch_softmax(const SoftmaxPredictions& predictions, float* scores, std::int64_t words, double* losses,
                    cudaStream_t stream) {
  launch(softmax_kernel,
         {std::min(predictions.size, kSoftmaxBlocks), kWarps * kWarpSize, 2 * kWarps * sizeof(float)}, stream,
         predictions, scores, words, losses);
}

}  // namespace warp2vec
