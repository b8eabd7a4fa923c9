#pragma once
/// Matrices, and the parameters that are trained.

#include <warp2vec/config.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/types.h>

#include <cstdint>
#include <memory>

namespace warp2vec {

/// Owns a zeroed, 64-byte-aligned row-major float matrix. Rows are zero-padded to a multiple of 16
/// values (one cache line), so that vector code needs no remainder loops; no update changes the padding.
class WARP2VEC_EXPORT Matrix {
 public:
  Matrix() = default;
  /// Throws Error with the size in bytes if the allocation fails.
  Matrix(std::int64_t rows, std::int32_t cols);

  std::int64_t rows() const { return rows_; }
  std::int32_t cols() const { return cols_; }
  std::int64_t stride() const { return stride_; }
  MatrixView<float> view() { return {values_.get(), rows_, cols_, stride_}; }
  MatrixView<const float> view() const { return {values_.get(), rows_, cols_, stride_}; }
  const float* row(std::int64_t r) const { return values_.get() + r * stride_; }
  float* row(std::int64_t r) { return values_.get() + r * stride_; }

  static std::int64_t padded(std::int32_t cols) { return (std::int64_t{cols} + 15) / 16 * 16; }
  /// Bytes that a matrix of this shape takes.
  static std::int64_t bytes(std::int64_t rows, std::int32_t cols);

 private:
  struct Free {
    void operator()(float* p) const;
  };
  std::int64_t rows_ = 0;
  std::int32_t cols_ = 0;
  std::int64_t stride_ = 0;
  std::unique_ptr<float[], Free> values_;
};

/// All trained parameters. Input rows belong to words as contexts and are the vectors that are saved; output
/// rows belong to words as targets.
struct Embeddings {
  Matrix input;   ///< vocabulary x dim
  Matrix output;  ///< vocabulary x dim, for negative sampling and softmax; else empty
  Matrix nodes;   ///< (vocabulary - 1) x dim, inner nodes of the Huffman tree, for hierarchical softmax; else
                  ///< empty
};

/// Initial values as in word2vec.c: input uniform in [-0.5, 0.5) / dim, the rest zero; a pure function of
/// (seed, row, column). Uses config.threads threads; the result does not depend on their number.
WARP2VEC_EXPORT Embeddings initial_embeddings(std::int64_t vocabulary, const Config& config);

}  // namespace warp2vec
