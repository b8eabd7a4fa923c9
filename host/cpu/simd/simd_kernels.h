#pragma once
/// The arithmetic of the CPU backend, compiled for several instruction sets and dispatched at run time
/// (Google Highway). All buffers are 64-byte aligned, and row lengths are multiples of kLanes values,
/// zero-padded.

#include <cstdint>

// Must be defined before Highway is included. Scalable vectors cannot be array elements, which the sums of
// products are; ARM has NEON instead.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

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

/// scores[i] = x[i] . y[i] over `length` values (a multiple of kLanes) for `count` pairs of rows; `scores`
/// has room for padded(count) values.
void dots(std::int64_t count, const float* const* x, const float* const* y, std::int64_t length,
          float* scores);

/// row += scale * (base + sum over i < count of weights[i] * rows[i]), `length` values each (a multiple of
/// kLanes); `base` may be null. Other threads may read and write the rows concurrently without locks
/// (Hogwild, F. Niu et al. 2011): an update may be lost, but values are never torn.
void add_combination(float* row, float scale, const float* base, std::int64_t count, const float* weights,
                     const float* const* rows, std::int64_t length);

/// rows[i] += scales[i] * weights[i] * from[i] for i < count, one after the other, under the same conditions.
void add_rows(std::int64_t count, float* const* rows, const float* scales, const float* weights,
              const float* const* from, std::int64_t length);

/// The window of a centre among some rows: rows [begin, end) but `centre`, which is one of them.
struct Window {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t centre;
  float weight;           ///< of each row in sum_windows()
  float gradient_weight;  ///< in add_windows()
};
/// Windows of increasing centres, among `rows` rows.
struct Windows {
  const Window* of;
  std::int64_t count;
  std::int64_t rows;
};
inline constexpr std::int64_t kWindowSums = 4 * kLanes;  ///< values of `sums` and `changes` per row

/// out[w] = weight * the sum of the rows of window w, `length` values each (a multiple of kLanes), by
/// differences of running sums, so that the cost does not depend on the windows' width. `sums` has room for
/// (windows.rows + 1) * kWindowSums values. Other threads may write the rows concurrently.
void sum_windows(const Windows& windows, const float* const* rows, std::int64_t length, float* sums,
                 float* out);

/// rows[r] += scales[r] * the sum of gradient_weight * in[w] over the windows w that contain row r, likewise.
void add_windows(const Windows& windows, float* const* rows, const float* scales, std::int64_t length,
                 float* changes, const float* in);

/// For `count` scores s with weights w of 1 or -1 (see update_rule.h), both with room for padded(count)
/// values: replaces each score by score_gradient(s, w). Returns the sum of score_loss(s, w).
double sign_gradients(std::int64_t count, const float* signs, float* scores);

/// Trains one context x with `count` distinct targets y, `length` values each (a multiple of kLanes):
///     s[t] = x . y[t];  g = score_gradient(s, signs);  x += scale sum over t of g[t] y[t];  y[t] +=
///     scales[t] g[t] x
/// all from the old values, without locks. `signs` and `scores` have room for padded(count) values. Returns
/// the sum of score_loss().
double train_context(float* x, float scale, std::int64_t count, float* const* y, const float* scales,
                     const float* signs, std::int64_t length, float* scores);

/// Scores of negatives (rows) with contexts (columns, a multiple of kLanes), `stride` values per row, and the
/// magnitude w >= 0 of each column's weight: replaces each score s by score_gradient(s, -w), which is 0 for
/// kMasked. Returns the sum of score_loss(s, -w).
double negative_gradients(std::int64_t rows, std::int64_t columns, const float* sizes, float* scores,
                          std::int64_t stride);

/// The score of a negative and a context that do not interact.
inline constexpr float kMasked = -1e30F;

/// The full softmax of `columns` contexts (a multiple of kLanes), some words at a time: scores is words x
/// columns, `stride` values per row. Adds these words to each column's running maximum m of scores s and sum
/// of exp(s - m); initially maxima are kNoScore and sums 0.
void softmax_sums(std::int64_t words, std::int64_t columns, const float* scores, std::int64_t stride,
                  float* highest, double* sums);
inline constexpr float kNoScore = -1e30F;

/// Replaces each score s of such words by scale * exp(s - m), with the maximum m and the scale of its column.
void softmax_gradients(std::int64_t words, std::int64_t columns, const float* highest, const float* scales,
                       float* scores, std::int64_t stride);

/// Copies rows of `length` values (a multiple of kLanes) to consecutive rows of `out`.
void gather(const float* const* rows, std::int64_t count, std::int64_t length, float* out);

/// out[c * out_stride + r] = in[r * in_stride + c] for r < rows and c < columns, both multiples of 4.
void transpose(const float* in, std::int64_t in_stride, std::int64_t rows, std::int64_t columns, float* out,
               std::int64_t out_stride);

/// Prefetches rows of `length` values to the second-level cache: the first would lose what is in use.
void prefetch(const float* const* rows, std::int64_t count, std::int64_t length);

/// Name of the instruction set in use, as Highway calls it.
const char* instruction_set();

}  // namespace warp2vec::simd
