#pragma once
/// The types that host and device code share. Depends on nothing else of warp2vec.

#include <cstdint>

#if defined(__CUDACC__)
#define WARP2VEC_HD __host__ __device__
#define WARP2VEC_UNROLL _Pragma("unroll")
#define WARP2VEC_NO_UNROLL _Pragma("unroll 1")  // saves registers
#define WARP2VEC_NO_INLINE __noinline__         // saves registers
#else
#define WARP2VEC_HD
#define WARP2VEC_UNROLL
#define WARP2VEC_NO_UNROLL
#define WARP2VEC_NO_INLINE
#endif

#if defined(__CUDA_ARCH__)
#define WARP2VEC_ASSUME(condition) __builtin_assume(condition)
#else
#define WARP2VEC_ASSUME(condition) ((void)0)
#endif

namespace warp2vec {

/// A word's row in the vocabulary and in the matrices, 0 = the most frequent word. A distinct type, so that
/// it cannot be confused with a position in the corpus (std::int64_t).
enum class WordId : std::int32_t {};

/// The largest vocabulary: a WordId holds 31 bits.
inline constexpr std::int64_t kMaxVocabulary = 2147483647;

WARP2VEC_HD constexpr std::int64_t row_of(WordId id) { return static_cast<std::int64_t>(id); }

/// A non-owning view of a row-major matrix: `rows` rows of `cols` values, `stride` >= cols values apart.
/// Offsets are 64-bit: rows * stride exceeds 2^31 for a few million words.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int32_t cols = 0;
  std::int64_t stride = 0;

  WARP2VEC_HD constexpr T* row(std::int64_t r) const { return data + r * stride; }
  WARP2VEC_HD constexpr T* row(WordId id) const { return row(row_of(id)); }
};

}  // namespace warp2vec
