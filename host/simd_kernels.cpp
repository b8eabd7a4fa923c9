#include "simd_kernels.h"

#include <atomic>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd_kernels.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h:
#include <hwy/contrib/math/math-inl.h>

#if defined(__SANITIZE_THREAD__)
#define W2V_TSAN 1
#else
#define W2V_TSAN 0
#endif

HWY_BEFORE_NAMESPACE();
namespace warp2vec::simd::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// At most 16 lanes, so that kLanes is a multiple of the vector length on every target.
using Tag = hn::CappedTag<float, kLanes>;
using Vec = hn::Vec<Tag>;

// Rows of C that one inner loop holds in registers beside 2 vectors of columns: 2 * 12 accumulators of 32
// registers with AVX-512, 2 * 6 of 16 elsewhere.
constexpr int kRows = HWY_TARGET <= HWY_AVX3 ? 12 : 6;

template <int R, int V>
HWY_INLINE void multiply_block(std::int64_t k, Operand a, const float* b, std::int64_t b_stride, float* c,
                               std::int64_t c_stride, bool accumulate) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  Vec sums[R][V];
  for (int r = 0; r < R; ++r)
    for (int v = 0; v < V; ++v)
      sums[r][v] = accumulate ? hn::Load(tag, c + r * c_stride + v * lanes) : hn::Zero(tag);
  for (std::int64_t i = 0; i < k; ++i) {
    Vec columns[V];
    for (int v = 0; v < V; ++v) columns[v] = hn::Load(tag, b + i * b_stride + v * lanes);
    for (int r = 0; r < R; ++r) {
      const Vec value = hn::Set(tag, a.data[r * a.row_stride + i * a.column_stride]);
      for (int v = 0; v < V; ++v) sums[r][v] = hn::MulAdd(value, columns[v], sums[r][v]);
    }
  }
  for (int r = 0; r < R; ++r)
    for (int v = 0; v < V; ++v) hn::Store(sums[r][v], tag, c + r * c_stride + v * lanes);
}

// All columns for R rows.
template <int R>
HWY_INLINE void multiply_rows(std::int64_t n, std::int64_t k, Operand a, const float* b,
                              std::int64_t b_stride, float* c, std::int64_t c_stride, bool accumulate) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Tag()));
  std::int64_t column = 0;
  for (; column + 2 * lanes <= n; column += 2 * lanes)
    multiply_block<R, 2>(k, a, b + column, b_stride, c + column, c_stride, accumulate);
  if (column < n) multiply_block<R, 1>(k, a, b + column, b_stride, c + column, c_stride, accumulate);
}

// The last m < kRows rows: halves of a block, then single rows.
template <int R>
void multiply_rest(std::int64_t m, std::int64_t n, std::int64_t k, Operand a, const float* b,
                   std::int64_t b_stride, float* c, std::int64_t c_stride, bool accumulate) {
  std::int64_t row = 0;
  for (; row + R <= m; row += R)
    multiply_rows<R>(n, k, {a.data + row * a.row_stride, a.row_stride, a.column_stride}, b, b_stride,
                     c + row * c_stride, c_stride, accumulate);
  if constexpr (R > 1)
    multiply_rest<R / 2>(m - row, n, k, {a.data + row * a.row_stride, a.row_stride, a.column_stride}, b,
                         b_stride, c + row * c_stride, c_stride, accumulate);
}

void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Operand a, const float* b,
              std::int64_t b_stride, float* c, std::int64_t c_stride, bool accumulate) {
  multiply_rest<kRows>(m, n, k, a, b, b_stride, c, c_stride, accumulate);
}

double score_gradients(std::int64_t n, const float* scores, const float* weights, float* gradients) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  const Vec zero = hn::Zero(tag);
  const Vec one = hn::Set(tag, 1.0F);
  const Vec half = hn::Set(tag, 0.5F);
  Vec loss = zero;
  for (std::int64_t i = 0; i < n; i += lanes) {
    const Vec weight = hn::Load(tag, weights + i);
    const Vec s = hn::Load(tag, scores + i);
    // u = -sign(w) s: the gradient is w sigmoid(u), the loss |w| softplus(u).
    const Vec u = hn::IfThenElse(hn::Gt(weight, zero), hn::Neg(s), s);
    const Vec e = hn::Exp(tag, hn::Neg(hn::Abs(u)));
    const Vec denominator = hn::Div(one, hn::Add(one, e));
    const Vec sigmoid = hn::IfThenElse(hn::Ge(u, zero), denominator, hn::Mul(e, denominator));
    hn::Store(hn::Mul(weight, sigmoid), tag, gradients + i);
    // (u + |u|) / 2 is max(u, 0), but a NaN stays one: Max and Exp would hide it.
    const Vec positive_part = hn::Mul(half, hn::Add(u, hn::Abs(u)));
    loss = hn::MulAdd(hn::Abs(weight), hn::Add(positive_part, hn::Log1p(tag, e)), loss);
  }
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(tag, loss)));
}

double softmax_gradients(std::int64_t n, std::int64_t words, std::int64_t centre, float* scores) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  float highest = scores[0];
  for (std::int64_t w = 1; w < words; ++w) highest = scores[w] > highest ? scores[w] : highest;
  const double centre_score = static_cast<double>(scores[centre]) - static_cast<double>(highest);
  for (std::int64_t w = words; w < n; ++w) scores[w] = -INFINITY;
  const Vec shift = hn::Set(tag, highest);
  double sum = 0;
  constexpr std::int64_t kRun = 1024;  // float partial sums over 1,024 values, then double
  for (std::int64_t begin = 0; begin < n; begin += kRun) {
    Vec partial = hn::Zero(tag);
    const std::int64_t end = begin + kRun < n ? begin + kRun : n;
    for (std::int64_t w = begin; w < end; w += lanes) {
      // Below -100 the exponential is 0 in float; -inf (padding) is not in Exp's domain.
      const Vec e = hn::Exp(tag, hn::Max(hn::Sub(hn::Load(tag, scores + w), shift), hn::Set(tag, -100.0F)));
      hn::Store(e, tag, scores + w);
      partial = hn::Add(partial, e);
    }
    sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(tag, partial)));
  }
  const Vec scale = hn::Set(tag, static_cast<float>(-1 / sum));
  for (std::int64_t w = 0; w < n; w += lanes)
    hn::Store(hn::Mul(scale, hn::Load(tag, scores + w)), tag, scores + w);
  for (std::int64_t w = words; w < n; ++w) scores[w] = 0;
  scores[centre] += 1;
  return std::log(sum) - centre_score;
}

// Rows of the shared matrices are read and written by all threads without locks. ThreadSanitizer is shown the
// same accesses as relaxed atomic ones, so that it still finds every other race.
HWY_INLINE Vec load_shared(Tag tag, const float* p) {
#if W2V_TSAN
  HWY_ALIGN float lanes[kLanes];
  for (std::size_t i = 0; i < hn::Lanes(tag); ++i)
    lanes[i] = std::atomic_ref<float>(const_cast<float*>(p)[i]).load(std::memory_order_relaxed);
  return hn::Load(tag, lanes);
#else
  return hn::Load(tag, p);
#endif
}

HWY_INLINE void store_shared(Vec value, Tag tag, float* p) {
#if W2V_TSAN
  HWY_ALIGN float lanes[kLanes];
  hn::Store(value, tag, lanes);
  for (std::size_t i = 0; i < hn::Lanes(tag); ++i)
    std::atomic_ref<float>(p[i]).store(lanes[i], std::memory_order_relaxed);
#else
  hn::Store(value, tag, p);
#endif
}

void gather(MatrixView<float> matrix, const std::int64_t* rows, std::int64_t count, float* out,
            float* transposed, std::int64_t transposed_stride) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  for (std::int64_t i = 0; i < count; ++i) {
    const float* row = matrix.row(rows[i]);
    float* copy = out + i * matrix.stride;
    for (std::int64_t c = 0; c < matrix.stride; c += lanes)
      hn::Store(load_shared(tag, row + c), tag, copy + c);
    if (transposed == nullptr) continue;
    for (std::int64_t c = 0; c < matrix.cols; ++c) transposed[c * transposed_stride + i] = copy[c];
  }
}

void scatter_add(MatrixView<float> matrix, const std::int64_t* rows, const float* scales, std::int64_t count,
                 const float* deltas) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  for (std::int64_t i = 0; i < count; ++i) {
    float* row = matrix.row(rows[i]);
    const float* delta = deltas + i * matrix.stride;
    const Vec scale = hn::Set(tag, scales[i]);
    for (std::int64_t c = 0; c < matrix.stride; c += lanes)
      store_shared(hn::MulAdd(scale, hn::Load(tag, delta + c), load_shared(tag, row + c)), tag, row + c);
  }
}

const char* instruction_set() { return hwy::TargetName(HWY_TARGET); }

}  // namespace warp2vec::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace warp2vec::simd {

HWY_EXPORT(multiply);
HWY_EXPORT(score_gradients);
HWY_EXPORT(softmax_gradients);
HWY_EXPORT(gather);
HWY_EXPORT(scatter_add);
HWY_EXPORT(instruction_set);

void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Operand a, const float* b,
              std::int64_t b_stride, float* c, std::int64_t c_stride, bool accumulate) {
  HWY_DYNAMIC_DISPATCH(multiply)(m, n, k, a, b, b_stride, c, c_stride, accumulate);
}

double score_gradients(std::int64_t n, const float* scores, const float* weights, float* gradients) {
  return HWY_DYNAMIC_DISPATCH(score_gradients)(n, scores, weights, gradients);
}

double softmax_gradients(std::int64_t n, std::int64_t words, std::int64_t centre, float* scores) {
  return HWY_DYNAMIC_DISPATCH(softmax_gradients)(n, words, centre, scores);
}

void gather(MatrixView<float> matrix, const std::int64_t* rows, std::int64_t count, float* out,
            float* transposed, std::int64_t transposed_stride) {
  HWY_DYNAMIC_DISPATCH(gather)(matrix, rows, count, out, transposed, transposed_stride);
}

void scatter_add(MatrixView<float> matrix, const std::int64_t* rows, const float* scales, std::int64_t count,
                 const float* deltas) {
  HWY_DYNAMIC_DISPATCH(scatter_add)(matrix, rows, scales, count, deltas);
}

void prefetch(MatrixView<float> matrix, const std::int64_t* rows, std::int64_t count) {
  constexpr std::int64_t kLine = 64 / sizeof(float);
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t c = 0; c < matrix.stride; c += kLine) hwy::Prefetch(matrix.row(rows[i]) + c);
}

const char* instruction_set() { return HWY_DYNAMIC_DISPATCH(instruction_set)(); }

}  // namespace warp2vec::simd
#endif
