#pragma once
/// The arithmetic of the CPU backend, compiled for several instruction sets and chosen at run time (Google
/// Highway). All buffers are 64-byte aligned, and row lengths are multiples of kLanes values, zero-padded.

#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec::simd {

inline constexpr std::int64_t kLanes = 16;

constexpr std::int64_t padded(std::int64_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

/// A dense matrix operand: element (r, c) is data[r * row_stride + c * column_stride].
struct Operand {
  const float* data;
  std::int64_t row_stride;
  std::int64_t column_stride;
};

/// C = A B, or C += A B if `accumulate`: A is m x k, B is k x n with unit column stride, C is m x n,
/// row-major. n is a multiple of kLanes.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Operand a, const float* b,
              std::int64_t b_stride, float* c, std::int64_t c_stride, bool accumulate);

/// For n scores (a multiple of kLanes) and their weights (see step.h): gradients[i] =
/// score_gradient(scores[i], weights[i]); `gradients` may be `scores`. Returns the sum of
/// score_loss(scores[i], weights[i]).
double score_gradients(std::int64_t n, const float* scores, const float* weights, float* gradients);

/// The full softmax of `columns` contexts (a multiple of kLanes): scores is words x columns, `stride` values
/// a row. Replaces each score by the gradient 1{w = centre} - P(w | context) and writes -log P(centre |
/// context) to losses.
void softmax_gradients(std::int64_t words, std::int64_t columns, std::int64_t centre, float* scores,
                       std::int64_t stride, double* losses);

/// Copies rows of a shared matrix to consecutive rows of `out`, matrix.stride values each.
void gather(MatrixView<float> matrix, const std::int64_t* rows, std::int64_t count, float* out);

/// out[c * out_stride + r] = in[r * in_stride + c] for r < rows and c < columns, both multiples of 4.
void transpose(const float* in, std::int64_t in_stride, std::int64_t rows, std::int64_t columns, float* out,
               std::int64_t out_stride);

/// matrix[rows[i]] += scales[i] * deltas[i]. Other threads may read and write the rows meanwhile without
/// locks (Hogwild, F. Niu et al. 2011): an update may get lost, values are never torn.
void scatter_add(MatrixView<float> matrix, const std::int64_t* rows, const float* scales, std::int64_t count,
                 const float* deltas);

/// Asks the processor to load the rows into its cache.
void prefetch(MatrixView<float> matrix, const std::int64_t* rows, std::int64_t count);

/// Name of the instruction set in use, as Highway calls it.
const char* instruction_set();

}  // namespace warp2vec::simd
