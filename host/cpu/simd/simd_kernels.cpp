#include "host/cpu/simd/simd_kernels.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <type_traits>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "host/cpu/simd/simd_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h:
#include <hwy/contrib/math/math-inl.h>

#if defined(__SANITIZE_THREAD__)
#define WARP2VEC_TSAN 1
#else
#define WARP2VEC_TSAN 0
#endif

HWY_BEFORE_NAMESPACE();
namespace warp2vec::simd::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// At most 16 lanes, so that kLanes is a multiple of the vector length on every target.
using Tag = hn::CappedTag<float, kLanes>;
using Vec = hn::Vec<Tag>;

// Rows of C that the micro-kernel holds in registers, by 2 vectors of columns: 2 * 12 accumulators of 32
// registers with AVX-512, 2 * 6 of 16 elsewhere.
constexpr int kRows = HWY_TARGET <= HWY_AVX3 ? 12 : 6;

template <int R, int V>
HWY_INLINE void micro_kernel(std::int64_t k, Operand a, const float* b, std::int64_t b_stride, float* c,
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
    micro_kernel<R, 2>(k, a, b + column, b_stride, c + column, c_stride, accumulate);
  if (column < n) micro_kernel<R, 1>(k, a, b + column, b_stride, c + column, c_stride, accumulate);
}

// m rows: R at a time, the rest by half as many, down to single rows.
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

// Rows of the shared matrices are read and written by all threads without locks. Under ThreadSanitizer
// these accesses are relaxed atomics, so that it still finds all other races.
HWY_INLINE Vec load_shared(Tag tag, const float* p) {
#if WARP2VEC_TSAN
  HWY_ALIGN float lanes[kLanes];
  for (std::size_t i = 0; i < hn::Lanes(tag); ++i)
    lanes[i] = std::atomic_ref<float>(const_cast<float*>(p)[i]).load(std::memory_order_relaxed);
  return hn::Load(tag, lanes);
#else
  return hn::Load(tag, p);
#endif
}

HWY_INLINE void store_shared(Vec value, Tag tag, float* p) {
#if WARP2VEC_TSAN
  HWY_ALIGN float lanes[kLanes];
  hn::Store(value, tag, lanes);
  for (std::size_t i = 0; i < hn::Lanes(tag); ++i)
    std::atomic_ref<float>(p[i]).store(lanes[i], std::memory_order_relaxed);
#else
  hn::Store(value, tag, p);
#endif
}

// sums[i] = the sum over the lanes of v[i], for as many vectors as lanes.
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE Vec sums_of(Tag, const Vec (&v)[1]) { return v[0]; }
#else
// In each 128-bit block of four lanes, the sums of that block of v0, v1, v2 and v3.
HWY_INLINE Vec block_sums(Tag tag, Vec v0, Vec v1, Vec v2, Vec v3) {
  const hn::RepartitionToWide<Tag> pairs;
  const Vec a = hn::Add(hn::InterleaveLower(tag, v0, v1), hn::InterleaveUpper(tag, v0, v1));
  const Vec b = hn::Add(hn::InterleaveLower(tag, v2, v3), hn::InterleaveUpper(tag, v2, v3));
  const auto wide_a = hn::BitCast(pairs, a);
  const auto wide_b = hn::BitCast(pairs, b);
  return hn::Add(hn::BitCast(tag, hn::InterleaveLower(pairs, wide_a, wide_b)),
                 hn::BitCast(tag, hn::InterleaveUpper(pairs, wide_a, wide_b)));
}

HWY_INLINE Vec sums_of(Tag tag, const Vec (&v)[4]) { return block_sums(tag, v[0], v[1], v[2], v[3]); }

#if HWY_MAX_BYTES >= 32
// The lower halves' sums of a, then of b.
HWY_INLINE Vec half_sums(Tag tag, Vec a, Vec b) {
  return hn::Add(hn::ConcatLowerLower(tag, b, a), hn::ConcatUpperUpper(tag, b, a));
}

HWY_INLINE Vec sums_of(Tag tag, const Vec (&v)[8]) {
  return half_sums(tag, block_sums(tag, v[0], v[1], v[2], v[3]), block_sums(tag, v[4], v[5], v[6], v[7]));
}
#endif

#if HWY_MAX_BYTES >= 64
HWY_INLINE Vec sums_of(Tag tag, const Vec (&v)[16]) {
  const Vec a = block_sums(tag, v[0], v[1], v[2], v[3]);
  const Vec b = block_sums(tag, v[4], v[5], v[6], v[7]);
  const Vec c = block_sums(tag, v[8], v[9], v[10], v[11]);
  const Vec d = block_sums(tag, v[12], v[13], v[14], v[15]);
  const Vec ac = half_sums(tag, a, c);  // blocks a, a, c, c
  const Vec bd = half_sums(tag, b, d);
  return hn::Add(hn::OddEvenBlocks(hn::SwapAdjacentBlocks(bd), ac),  // blocks a, b, c, d
                 hn::OddEvenBlocks(bd, hn::SwapAdjacentBlocks(ac)));
}
#endif
#endif

// Per-lane sums of a .* b.
HWY_INLINE Vec products(Tag tag, const float* a, const float* b, std::int64_t length) {
  Vec sum = hn::Zero(tag);
  for (std::int64_t i = 0; i < length; i += static_cast<std::int64_t>(hn::Lanes(tag)))
    sum = hn::MulAdd(load_shared(tag, a + i), load_shared(tag, b + i), sum);
  return sum;
}

// One pair per lane; past the end the last pair is repeated.
template <std::int64_t... P>
HWY_INLINE void dots_of_group(std::int64_t last, const float* const* x, const float* const* y,
                              std::int64_t length, float* scores, std::integer_sequence<std::int64_t, P...>) {
  const Tag tag;
  const Vec sums[] = {products(tag, x[std::min(P, last)], y[std::min(P, last)], length)...};
  hn::Store(sums_of(tag, sums), tag, scores);
}

void dots(std::int64_t count, const float* const* x, const float* const* y, std::int64_t length,
          float* scores) {
  constexpr std::int64_t kGroup = hn::MaxLanes(Tag());
  for (std::int64_t i = 0; i < count; i += kGroup)
    dots_of_group(count - 1 - i, x + i, y + i, length, scores + i,
                  std::make_integer_sequence<std::int64_t, kGroup>());
}

// V vectors of the row from `offset` on.
template <int V>
HWY_INLINE void add_combination_vectors(float* row, Vec scale, const float* base, std::int64_t count,
                                        const float* weights, const float* const* rows, std::int64_t offset) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  Vec sums[V];
  for (int v = 0; v < V; ++v) sums[v] = hn::Zero(tag);
  for (std::int64_t i = 0; i < count; ++i) {
    const Vec weight = hn::Set(tag, weights[i]);
    const float* const from = rows[i] + offset;
    for (int v = 0; v < V; ++v) sums[v] = hn::MulAdd(weight, load_shared(tag, from + v * lanes), sums[v]);
  }
  if (base != nullptr)
    for (int v = 0; v < V; ++v) sums[v] = hn::Add(sums[v], hn::Load(tag, base + offset + v * lanes));
  for (int v = 0; v < V; ++v) {
    float* const to = row + offset + v * lanes;
    store_shared(hn::MulAdd(scale, sums[v], load_shared(tag, to)), tag, to);
  }
}

// Calls f(V, offset) for groups of V vectors, as large as `Most`, from `offset` up to `length` values.
template <int Most, class F>
HWY_INLINE void for_each_group(std::int64_t length, const F& f, std::int64_t offset = 0) {
  const std::int64_t group = Most * static_cast<std::int64_t>(hn::Lanes(Tag()));
  for (; length - offset >= group; offset += group) f(std::integral_constant<int, Most>(), offset);
  if constexpr (Most > 1) for_each_group<Most - 1>(length, f, offset);
}

// Of whole rows that are passed once. Windows' running sums should stay in the first-level cache.
constexpr int kRowVectors = 8;
constexpr int kWindowVectors = kWindowSums / kLanes;

void add_combination(float* row, float scale, const float* base, std::int64_t count, const float* weights,
                     const float* const* rows, std::int64_t length) {
  const Vec factor = hn::Set(Tag(), scale);
  for_each_group<kRowVectors>(
      length, [&]<int V>(std::integral_constant<int, V>, std::int64_t offset)
                  HWY_ATTR { add_combination_vectors<V>(row, factor, base, count, weights, rows, offset); });
}

void add_rows(std::int64_t count, float* const* rows, const float* scales, const float* weights,
              const float* const* from, std::int64_t length) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  for (std::int64_t i = 0; i < count; ++i) {
    const Vec factor = hn::Set(tag, scales[i] * weights[i]);
    float* const to = rows[i];
    for (std::int64_t c = 0; c < length; c += lanes)
      store_shared(hn::MulAdd(factor, load_shared(tag, from[i] + c), load_shared(tag, to + c)), tag, to + c);
  }
}

// V vectors of all windows from `offset` on. sums[r] is the sum of the rows before r.
template <int V>
HWY_INLINE void sum_windows_vectors(const Windows& windows, const float* const* rows, std::int64_t offset,
                                    float* sums, std::int64_t length, float* out) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  Vec sum[V];
  for (int v = 0; v < V; ++v) sum[v] = hn::Zero(tag);
  for (int v = 0; v < V; ++v) hn::Store(sum[v], tag, sums + v * lanes);
  for (std::int64_t r = 0; r < windows.rows; ++r) {
    float* const to = sums + (r + 1) * kWindowSums;
    for (int v = 0; v < V; ++v) {
      sum[v] = hn::Add(sum[v], load_shared(tag, rows[r] + offset + v * lanes));
      hn::Store(sum[v], tag, to + v * lanes);
    }
  }
  for (std::int64_t w = 0; w < windows.count; ++w) {
    const Window& window = windows.of[w];
    const Vec weight = hn::Set(tag, window.weight);
    const float* const begin = sums + window.begin * kWindowSums;
    const float* const end = sums + window.end * kWindowSums;
    const float* const centre = rows[window.centre] + offset;
    for (int v = 0; v < V; ++v) {
      const Vec all = hn::Sub(hn::Load(tag, end + v * lanes), hn::Load(tag, begin + v * lanes));
      const Vec contexts = hn::Sub(all, load_shared(tag, centre + v * lanes));
      hn::Store(hn::Mul(weight, contexts), tag, out + w * length + offset + v * lanes);
    }
  }
}

void sum_windows(const Windows& windows, const float* const* rows, std::int64_t length, float* sums,
                 float* out) {
  for_each_group<kWindowVectors>(
      length, [&]<int V>(std::integral_constant<int, V>, std::int64_t offset)
                  HWY_ATTR { sum_windows_vectors<V>(windows, rows, offset, sums, length, out); });
}

// V vectors of all rows from `offset` on. changes[r] is by how much the sum of row r differs from that of
// the row before.
template <int V>
HWY_INLINE void add_windows_vectors(const Windows& windows, float* const* rows, const float* scales,
                                    std::int64_t offset, float* changes, std::int64_t length,
                                    const float* in) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  std::fill_n(changes, (windows.rows + 1) * kWindowSums, 0.0F);
  for (std::int64_t w = 0; w < windows.count; ++w) {
    const Window& window = windows.of[w];
    const Vec weight = hn::Set(tag, window.gradient_weight);
    float* const begin = changes + window.begin * kWindowSums;
    float* const end = changes + window.end * kWindowSums;
    for (int v = 0; v < V; ++v) {
      const Vec value = hn::Mul(weight, hn::Load(tag, in + w * length + offset + v * lanes));
      hn::Store(hn::Add(hn::Load(tag, begin + v * lanes), value), tag, begin + v * lanes);
      hn::Store(hn::Sub(hn::Load(tag, end + v * lanes), value), tag, end + v * lanes);
    }
  }
  Vec sum[V];
  for (int v = 0; v < V; ++v) sum[v] = hn::Zero(tag);
  std::int64_t own = 0;
  for (std::int64_t r = 0; r < windows.rows; ++r) {
    const float* const change = changes + r * kWindowSums;
    for (int v = 0; v < V; ++v) sum[v] = hn::Add(sum[v], hn::Load(tag, change + v * lanes));
    float* const row = rows[r] + offset;
    const Vec scale = hn::Set(tag, scales[r]);
    if (own < windows.count && windows.of[own].centre == r) {
      const Vec weight = hn::Set(tag, windows.of[own].gradient_weight);
      for (int v = 0; v < V; ++v) {
        const Vec other =
            hn::NegMulAdd(weight, hn::Load(tag, in + own * length + offset + v * lanes), sum[v]);
        store_shared(hn::MulAdd(scale, other, load_shared(tag, row + v * lanes)), tag, row + v * lanes);
      }
      ++own;
    } else {
      for (int v = 0; v < V; ++v)
        store_shared(hn::MulAdd(scale, sum[v], load_shared(tag, row + v * lanes)), tag, row + v * lanes);
    }
  }
}

void add_windows(const Windows& windows, float* const* rows, const float* scales, std::int64_t length,
                 float* changes, const float* in) {
  for_each_group<kWindowVectors>(
      length, [&]<int V>(std::integral_constant<int, V>, std::int64_t offset)
                  HWY_ATTR { add_windows_vectors<V>(windows, rows, scales, offset, changes, length, in); });
}

// softplus(u) and sigmoid(u) from e = exp(-|u|): sigmoid, and softplus as positive_part + log(factor).
struct Logistic {
  Vec sigmoid;
  Vec positive_part;
  Vec factor;
};

HWY_INLINE Logistic logistic(Tag tag, Vec u) {
  const Vec one = hn::Set(tag, 1.0F);
  const Vec e = hn::Exp(tag, hn::Neg(hn::Abs(u)));
  const Vec factor = hn::Add(one, e);
  const Vec reciprocal = hn::Div(one, factor);
  const Vec sigmoid = hn::IfThenElse(hn::Ge(u, hn::Zero(tag)), reciprocal, hn::Mul(e, reciprocal));
  // (u + |u|) / 2 is max(u, 0), but NaN stays NaN, which Max and Exp would hide.
  return {sigmoid, hn::Mul(hn::Set(tag, 0.5F), hn::Add(u, hn::Abs(u))), factor};
}

// The logarithm is taken of products of this many factors in (1, 2], which cannot overflow.
constexpr std::int64_t kFactors = 64;

double sign_gradients(std::int64_t count, const float* signs, float* scores) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  const Vec one = hn::Set(tag, 1.0F);
  Vec loss = hn::Zero(tag);
  for (std::int64_t begin = 0; begin < count; begin += kFactors * lanes) {
    Vec product = one;
    for (std::int64_t i = begin; i < count && i < begin + kFactors * lanes; i += lanes) {
      const auto valid = hn::FirstN(tag, static_cast<std::size_t>(count - i));
      const Vec sign = hn::IfThenElseZero(valid, hn::LoadU(tag, signs + i));
      // The gradient is w sigmoid(u), the loss softplus(u).
      const Logistic l = logistic(tag, hn::Neg(hn::Mul(sign, hn::Load(tag, scores + i))));
      hn::Store(hn::Mul(sign, l.sigmoid), tag, scores + i);
      loss = hn::Add(loss, l.positive_part);
      product = hn::Mul(product, hn::IfThenElse(valid, l.factor, one));
    }
    loss = hn::Add(loss, hn::Log(tag, product));
  }
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(tag, loss)));
}

// V vectors of all rows from `offset` on, given the gradients.
template <int V>
HWY_INLINE void update_context_vectors(float* x, Vec scale, std::int64_t count, float* const* y,
                                       const float* scales, const float* gradients, std::int64_t offset) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  Vec old[V];
  Vec sums[V];
  for (int v = 0; v < V; ++v) old[v] = load_shared(tag, x + offset + v * lanes);
  for (int v = 0; v < V; ++v) sums[v] = hn::Zero(tag);
  for (std::int64_t t = 0; t < count; ++t) {
    const Vec gradient = hn::Set(tag, gradients[t]);
    const Vec target_scale = hn::Set(tag, scales[t]);
    float* const row = y[t] + offset;
    for (int v = 0; v < V; ++v) {
      const Vec value = load_shared(tag, row + v * lanes);
      sums[v] = hn::MulAdd(gradient, value, sums[v]);
      store_shared(hn::MulAdd(target_scale, hn::Mul(gradient, old[v]), value), tag, row + v * lanes);
    }
  }
  for (int v = 0; v < V; ++v) store_shared(hn::MulAdd(scale, sums[v], old[v]), tag, x + offset + v * lanes);
}

double train_context(float* x, float scale, std::int64_t count, float* const* y, const float* scales,
                     const float* signs, std::int64_t length, float* scores) {
  constexpr std::int64_t kGroup = hn::MaxLanes(Tag());
  constexpr int kVectors = 4;
  const float* contexts[kGroup];
  std::fill_n(contexts, kGroup, x);
  for (std::int64_t i = 0; i < count; i += kGroup)
    dots_of_group(count - 1 - i, contexts, y + i, length, scores + i,
                  std::make_integer_sequence<std::int64_t, kGroup>());
  const double loss = sign_gradients(count, signs, scores);
  const Tag tag;
  const Vec factor = hn::Set(tag, scale);
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  std::int64_t offset = 0;
  for (; length - offset >= kVectors * lanes; offset += kVectors * lanes)
    update_context_vectors<kVectors>(x, factor, count, y, scales, scores, offset);
  for (; offset < length; offset += lanes)
    update_context_vectors<1>(x, factor, count, y, scales, scores, offset);
  return loss;
}

double negative_gradients(std::int64_t rows, std::int64_t columns, const float* sizes, float* scores,
                          std::int64_t stride) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  Vec loss = hn::Zero(tag);
  for (std::int64_t column = 0; column < columns; column += lanes) {
    const Vec size = hn::LoadU(tag, sizes + column);
    Vec sum = hn::Zero(tag);
    for (std::int64_t begin = 0; begin < rows; begin += kFactors) {
      Vec product = hn::Set(tag, 1.0F);
      for (std::int64_t r = begin; r < rows && r < begin + kFactors; ++r) {
        float* const at = scores + r * stride + column;
        const Logistic l = logistic(tag, hn::Load(tag, at));
        hn::Store(hn::Neg(hn::Mul(size, l.sigmoid)), tag, at);
        sum = hn::Add(sum, l.positive_part);
        product = hn::Mul(product, l.factor);
      }
      sum = hn::Add(sum, hn::Log(tag, product));
    }
    loss = hn::MulAdd(size, sum, loss);
  }
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(tag, loss)));
}

// Sums are float within a call, double across calls.
void softmax_sums(std::int64_t words, std::int64_t columns, const float* scores, std::int64_t stride,
                  float* highest, double* sums) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  HWY_ALIGN float factors[kLanes];
  HWY_ALIGN float partials[kLanes];
  for (std::int64_t column = 0; column < columns; column += lanes) {
    const float* const first = scores + column;
    const Vec before = hn::Load(tag, highest + column);
    Vec most = before;
    for (std::int64_t w = 0; w < words; ++w) most = hn::Max(most, hn::Load(tag, first + w * stride));
    Vec partial = hn::Zero(tag);
    for (std::int64_t w = 0; w < words; ++w)
      partial = hn::Add(partial, hn::Exp(tag, hn::Sub(hn::Load(tag, first + w * stride), most)));
    hn::Store(most, tag, highest + column);
    hn::Store(hn::Exp(tag, hn::Sub(before, most)), tag, factors);
    hn::Store(partial, tag, partials);
    for (std::int64_t i = 0; i < lanes; ++i)
      sums[column + i] =
          sums[column + i] * static_cast<double>(factors[i]) + static_cast<double>(partials[i]);
  }
}

void softmax_gradients(std::int64_t words, std::int64_t columns, const float* highest, const float* scales,
                       float* scores, std::int64_t stride) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  for (std::int64_t column = 0; column < columns; column += lanes) {
    const Vec most = hn::Load(tag, highest + column);
    const Vec scale = hn::Load(tag, scales + column);
    for (std::int64_t w = 0; w < words; ++w) {
      float* const at = scores + w * stride + column;
      hn::Store(hn::Mul(scale, hn::Exp(tag, hn::Sub(hn::Load(tag, at), most))), tag, at);
    }
  }
}

void gather(const float* const* rows, std::int64_t count, std::int64_t length, float* out) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  for (std::int64_t i = 0; i < count; ++i, out += length)
    for (std::int64_t c = 0; c < length; c += lanes) hn::Store(load_shared(tag, rows[i] + c), tag, out + c);
}

void transpose(const float* in, std::int64_t in_stride, std::int64_t rows, std::int64_t columns, float* out,
               std::int64_t out_stride) {
#if HWY_TARGET == HWY_SCALAR  // no vectors to interleave
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

const char* instruction_set() { return hwy::TargetName(HWY_TARGET); }

}  // namespace warp2vec::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace warp2vec::simd {

HWY_EXPORT(multiply);
HWY_EXPORT(dots);
HWY_EXPORT(add_combination);
HWY_EXPORT(add_rows);
HWY_EXPORT(sum_windows);
HWY_EXPORT(add_windows);
HWY_EXPORT(sign_gradients);
HWY_EXPORT(train_context);
HWY_EXPORT(negative_gradients);
HWY_EXPORT(softmax_sums);
HWY_EXPORT(softmax_gradients);
HWY_EXPORT(gather);
HWY_EXPORT(transpose);
HWY_EXPORT(instruction_set);

void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Operand a, const float* b,
              std::int64_t b_stride, float* c, std::int64_t c_stride, bool accumulate) {
  HWY_DYNAMIC_DISPATCH(multiply)(m, n, k, a, b, b_stride, c, c_stride, accumulate);
}

void dots(std::int64_t count, const float* const* x, const float* const* y, std::int64_t length,
          float* scores) {
  HWY_DYNAMIC_DISPATCH(dots)(count, x, y, length, scores);
}

void add_combination(float* row, float scale, const float* base, std::int64_t count, const float* weights,
                     const float* const* rows, std::int64_t length) {
  HWY_DYNAMIC_DISPATCH(add_combination)(row, scale, base, count, weights, rows, length);
}

void add_rows(std::int64_t count, float* const* rows, const float* scales, const float* weights,
              const float* const* from, std::int64_t length) {
  HWY_DYNAMIC_DISPATCH(add_rows)(count, rows, scales, weights, from, length);
}

void sum_windows(const Windows& windows, const float* const* rows, std::int64_t length, float* sums,
                 float* out) {
  HWY_DYNAMIC_DISPATCH(sum_windows)(windows, rows, length, sums, out);
}

void add_windows(const Windows& windows, float* const* rows, const float* scales, std::int64_t length,
                 float* changes, const float* in) {
  HWY_DYNAMIC_DISPATCH(add_windows)(windows, rows, scales, length, changes, in);
}

double sign_gradients(std::int64_t count, const float* signs, float* scores) {
  return HWY_DYNAMIC_DISPATCH(sign_gradients)(count, signs, scores);
}

double train_context(float* x, float scale, std::int64_t count, float* const* y, const float* scales,
                     const float* signs, std::int64_t length, float* scores) {
  return HWY_DYNAMIC_DISPATCH(train_context)(x, scale, count, y, scales, signs, length, scores);
}

double negative_gradients(std::int64_t rows, std::int64_t columns, const float* sizes, float* scores,
                          std::int64_t stride) {
  return HWY_DYNAMIC_DISPATCH(negative_gradients)(rows, columns, sizes, scores, stride);
}

void softmax_sums(std::int64_t words, std::int64_t columns, const float* scores, std::int64_t stride,
                  float* highest, double* sums) {
  HWY_DYNAMIC_DISPATCH(softmax_sums)(words, columns, scores, stride, highest, sums);
}

void softmax_gradients(std::int64_t words, std::int64_t columns, const float* highest, const float* scales,
                       float* scores, std::int64_t stride) {
  HWY_DYNAMIC_DISPATCH(softmax_gradients)(words, columns, highest, scales, scores, stride);
}

void gather(const float* const* rows, std::int64_t count, std::int64_t length, float* out) {
  HWY_DYNAMIC_DISPATCH(gather)(rows, count, length, out);
}

void transpose(const float* in, std::int64_t in_stride, std::int64_t rows, std::int64_t columns, float* out,
               std::int64_t out_stride) {
  HWY_DYNAMIC_DISPATCH(transpose)(in, in_stride, rows, columns, out, out_stride);
}

void prefetch(const float* const* rows, std::int64_t count, std::int64_t length) {
  constexpr std::int64_t kLine = 64 / sizeof(float);
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t c = 0; c < length; c += kLine) __builtin_prefetch(rows[i] + c, 0, 2);
}

const char* instruction_set() { return HWY_DYNAMIC_DISPATCH(instruction_set)(); }

}  // namespace warp2vec::simd
#endif
