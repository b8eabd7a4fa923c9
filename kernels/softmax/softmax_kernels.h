#pragma once
/// Launches the kernels of the full softmax; cuBLAS computes the products between them.

#include <warp2vec/detail/update_rule.h>
#include <warp2vec/types.h>

#include <cuda_runtime_api.h>

#include <cstdint>

namespace warp2vec {

/// Predictions on the device, trained from the same values.
struct SoftmaxPredictions {
  const std::int32_t* contexts;  ///< rows of the input matrix
  /// CBOW: prediction p has the contexts [windows[p], windows[p + 1]). Null: it has context p.
  const std::int32_t* windows;
  CbowRule rule;
  const std::int32_t* centres;  ///< [size] rows of the output matrix
  float lr;
  std::int32_t size;
};

/// hidden[p] = rule.weight(n) * the sum of matrix[c] over the n contexts c of p: H = A X, or for skip-gram
/// copies; `hidden` has the matrix's stride. All of these throw DeviceError.
void launch_gather(MatrixView<float> matrix, const SoftmaxPredictions& predictions, float* hidden,
                   cudaStream_t stream);
/// matrix[c] += rule.gradient_weight(n) * updates[p] for the contexts c of p; contexts may repeat.
void launch_scatter_add(MatrixView<float> matrix, const SoftmaxPredictions& predictions, const float* updates,
                        cudaStream_t stream);
/// softmax_row() for each prediction's row of `scores`, predictions x words. `losses`: one for each of
/// kSoftmaxBlocks.
inline constexpr int kSoftmaxBlocks = 264;
void launch_softmax(const SoftmaxPredictions& predictions, float* scores, std::int64_t words, double* losses,
                    cudaStream_t stream);

}  // namespace warp2vec
