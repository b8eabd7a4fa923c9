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

// `Lanes` contexts at a time, each in a lane of its own.
void softmax_gradients(std::int64_t words, std::int64_t columns, std::int64_t centre, float* scores,
                       std::int64_t stride, double* losses) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  constexpr std::int64_t kRun = 1024;  // float partial sums over 1,024 words, then double
  HWY_ALIGN float lane[kLanes];
  for (std::int64_t column = 0; column < columns; column += lanes) {
    float* const first = scores + column;
    Vec highest = hn::Load(tag, first);
    for (std::int64_t w = 1; w < words; ++w) highest = hn::Max(highest, hn::Load(tag, first + w * stride));
    hn::Store(hn::Sub(hn::Load(tag, first + centre * stride), highest), tag, lane);
    double sums[kLanes] = {};
    for (std::int64_t i = 0; i < lanes; ++i) losses[column + i] = -static_cast<double>(lane[i]);
    for (std::int64_t begin = 0; begin < words; begin += kRun) {
      Vec partial = hn::Zero(tag);
      const std::int64_t end = begin + kRun < words ? begin + kRun : words;
      for (std::int64_t w = begin; w < end; ++w) {
        const Vec e = hn::Exp(tag, hn::Sub(hn::Load(tag, first + w * stride), highest));
        hn::Store(e, tag, first + w * stride);
        partial = hn::Add(partial, e);
      }
      hn::Store(partial, tag, lane);
      for (std::int64_t i = 0; i < lanes; ++i) sums[i] += static_cast<double>(lane[i]);
    }
    for (std::int64_t i = 0; i < lanes; ++i) {
      losses[column + i] += std::log(sums[i]);
      lane[i] = static_cast<float>(-1 / sums[i]);
    }
    const Vec scale = hn::Load(tag, lane);
    for (std::int64_t w = 0; w < words; ++w) {
      float* const row = first + w * stride;
      hn::Store(hn::Mul(scale, hn::Load(tag, row)), tag, row);
    }
    float* const own = first + centre * stride;
    hn::Store(hn::Add(hn::Load(tag, own), hn::Set(tag, 1.0F)), tag, own);
  }
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

void gather(MatrixView<float> matrix, const std::int64_t* rows, std::int64_t count, float* out) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  for (std::int64_t i = 0; i < count; ++i) {
    const float* row = matrix.row(rows[i]);
    float* copy = out + i * matrix.stride;
    for (std::int64_t c = 0; c < matrix.stride; c += lanes)
      hn::Store(load_shared(tag, row + c), tag, copy + c);
  }
}

void transpose(const float* in, std::int64_t in_stride, std::int64_t rows, std::int64_t columns, float* out,
               std::int64_t out_stride) {
#if HWY_TARGET == HWY_SCALAR  // has no vectors to interleave
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c) out[c * out_stride + r] = in[r * in_stride + c];
#else
  const hn::FixedTag<float, 4> tag;
  for (std::int64_t r = 0; r < rows; r += 4) {
    for (std::int64_t c = 0; c < columns; c += 4) {
      const float* from = in + r * in_stride + c;
      const auto row0 = hn::Load(tag, from);
      const auto row1 = hn::Load(tag, from + in_stride);
      const auto row2 = hn::Load(tag, from + 2 * in_stride);
      const auto row3 = hn::Load(tag, from + 3 * in_stride);
      const auto low01 = hn::InterleaveLower(tag, row0, row1);  // 00 10 01 11, by row and column
      const auto low23 = hn::InterleaveLower(tag, row2, row3);
      const auto high01 = hn::InterleaveUpper(tag, row0, row1);
      const auto high23 = hn::InterleaveUpper(tag, row2, row3);
      float* to = out + c * out_stride + r;
      hn::Store(hn::ConcatLowerLower(tag, low23, low01), tag, to);
      hn::Store(hn::ConcatUpperUpper(tag, low23, low01), tag, to + out_stride);
      hn::Store(hn::ConcatLowerLower(tag, high23, high01), tag, to + 2 * out_stride);
      hn::Store(hn::ConcatUpperUpper(tag, high23, high01), tag, to + 3 * out_stride);
    }
  }
#endif
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
HWY_EXPORT(transpose);
HWY_EXPORT(scatter_add);
HWY_EXPORT(instruction_set);

void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Operand a, const float* b,
              std::int64_t b_stride, float* c, std::int64_t c_stride, bool accumulate) {
  HWY_DYNAMIC_DISPATCH(multiply)(m, n, k, a, b, b_stride, c, c_stride, accumulate);
}

double score_gradients(std::int64_t n, const float* scores, const float* weights, float* gradients) {
  return HWY_DYNAMIC_DISPATCH(score_gradients)(n, scores, weights, gradients);
}

void softmax_gradients(std::int64_t words, std::int64_t columns, std::int64_t centre, float* scores,
                       std::int64_t stride, double* losses) {
  HWY_DYNAMIC_DISPATCH(softmax_gradients)(words, columns, centre, scores, stride, losses);
}

void gather(MatrixView<float> matrix, const std::int64_t* rows, std::int64_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(gather)(matrix, rows, count, out);
}

void transpose(const float* in, std::int64_t in_stride, std::int64_t rows, std::int64_t columns, float* out,
               std::int64_t out_stride) {
  HWY_DYNAMIC_DISPATCH(transpose)(in, in_stride, rows, columns, out, out_stride);
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
