#pragma once
/// Launches the kernels of the full softmax; cuBLAS computes the products between them.

#include <warp2vec/types.h>

#include <cuda_runtime_api.h>

#include <cstdint>

namespace warp2vec {

/// (context, centre) pairs on the device, trained from the same values.
struct SoftmaxPairs {
  const std::int32_t* contexts;  ///< rows of the input matrix
  const std::int32_t* centres;   ///< rows of the output matrix
  float lr;
  std::int32_t size;
};

/// rows[r] = matrix[contexts[r]]; `rows` has the matrix's stride. All of these throw DeviceError.
void launch_gather(MatrixView<float> matrix, const SoftmaxPairs& pairs, float* rows, cudaStream_t stream);
/// matrix[contexts[r]] += rows[r]; contexts may repeat.
void launch_scatter_add(MatrixView<float> matrix, const SoftmaxPairs& pairs, const float* rows,
                        cudaStream_t stream);
/// softmax_row() for each pair's row of `scores`, pairs x words. `losses`: one for each of kSoftmaxBlocks.
inline constexpr int kSoftmaxBlocks = 264;
void launch_softmax(const SoftmaxPairs& pairs, float* scores, std::int64_t words, double* losses,
                    cudaStream_t stream);

}  // namespace warp2vec
