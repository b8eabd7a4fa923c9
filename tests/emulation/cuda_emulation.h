#pragma once
/// Included before the first line of each CUDA source that is compiled as C++: provides what nvcc has built
/// in. CUDA threads are fibers of one host thread, which run from barrier to barrier. Warps do not run in
/// lockstep. Not emulated: partial masks, __shared__ variables (see dynamic_shared()), grids and blocks of
/// more than one dimension, clusters, waiting for other threads except at barriers.

// NOLINTBEGIN(bugprone-reserved-identifier): the names are CUDA's.

// The toolkit's launch function needs a compiled kernel. It is renamed; the replacement is below.
#define cudaLaunchKernelEx cudaLaunchKernelExOfTheToolkit
#include <cuda_runtime.h>
#undef cudaLaunchKernelEx

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

// For curand_philox4x32_x.h and similar headers.
#define QUALIFIERS static inline

#undef __launch_bounds__
#define __launch_bounds__(...)

// Instead of a thread-local variable, which it would be.
#undef __shared__
#define __shared__ only_dynamic_shared_memory_is_emulated

extern uint3 threadIdx;
extern uint3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;
inline constexpr int warpSize = 32;

namespace warp2vec {

/// The block's dynamic shared memory, of exactly the requested size, initialised to 0xFF bytes (NaN).
unsigned char* dynamic_shared();

namespace emulation {

// The places where a thread may wait for its warp, identified by address.
inline constexpr char kShfl[] = "is at __shfl_sync";
inline constexpr char kShflXor[] = "is at __shfl_xor_sync";
inline constexpr char kShflDown[] = "is at __shfl_down_sync";
inline constexpr char kShflUp[] = "is at __shfl_up_sync";

/// Waits at `where` until all lanes of the warp have passed a value, and returns that of lane `source`. Does
/// not order anything else.
std::uint64_t exchange(const char* where, unsigned mask, std::uint64_t value, unsigned source);

/// The same, for all lanes.
std::array<std::uint64_t, 32> exchange_all(const char* where, unsigned mask, std::uint64_t value);

unsigned lane();

cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, std::function<void()> body);

template <class T>
concept Shuffled = std::is_arithmetic_v<T> &&(sizeof(T) == 4 || sizeof(T) == 8);

template <Shuffled T>
T shuffle(const char* where, unsigned mask, T value, unsigned source) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  return std::bit_cast<T>(static_cast<Bits>(exchange(where, mask, std::bit_cast<Bits>(value), source)));
}

template <class T>
T load_relaxed(const T* address) {
  return std::atomic_ref<T>(*const_cast<T*>(address)).load(std::memory_order_relaxed);
}

template <class T, class Operation>
T update(T* address, const Operation& operation) {
  std::atomic_ref<T> target(*address);
  T old = target.load(std::memory_order_relaxed);
  while (!target.compare_exchange_weak(old, operation(old), std::memory_order_relaxed)) {
  }
  return old;
}

}  // namespace emulation
}  // namespace warp2vec

// Barriers of all threads of a block or warp; a thread that has returned is an error.
void __syncthreads();
void __syncwarp(unsigned mask = 0xFFFFFFFFU);

// They order no memory.
inline void __threadfence() {}
inline void __threadfence_block() {}

// Shuffles and votes.
template <warp2vec::emulation::Shuffled T>
T __shfl_sync(unsigned mask, T value, int source, int width = warpSize) {
  const unsigned w = static_cast<unsigned>(width);
  const unsigned from = (warp2vec::emulation::lane() & ~(w - 1)) | (static_cast<unsigned>(source) & (w - 1));
  return warp2vec::emulation::shuffle(warp2vec::emulation::kShfl, mask, value, from);
}

template <warp2vec::emulation::Shuffled T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = warpSize) {
  const unsigned w = static_cast<unsigned>(width);
  const unsigned lane = warp2vec::emulation::lane();
  const unsigned from = lane ^ static_cast<unsigned>(lanes);
  return warp2vec::emulation::shuffle(warp2vec::emulation::kShflXor, mask, value,
                                      from <= (lane | (w - 1)) ? from : lane);
}

template <warp2vec::emulation::Shuffled T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = warpSize) {
  const unsigned w = static_cast<unsigned>(width);
  const unsigned lane = warp2vec::emulation::lane();
  return warp2vec::emulation::shuffle(warp2vec::emulation::kShflDown, mask, value,
                                      (lane & (w - 1)) + delta < w ? lane + delta : lane);
}

template <warp2vec::emulation::Shuffled T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = warpSize) {
  const unsigned w = static_cast<unsigned>(width);
  const unsigned lane = warp2vec::emulation::lane();
  return warp2vec::emulation::shuffle(warp2vec::emulation::kShflUp, mask, value,
                                      (lane & (w - 1)) >= delta ? lane - delta : lane);
}

unsigned __ballot_sync(unsigned mask, int predicate);
int __any_sync(unsigned mask, int predicate);
int __all_sync(unsigned mask, int predicate);

// Atomics: relaxed, as on a device.
template <class T>
requires std::is_arithmetic_v<T> T atomicAdd(T* address, std::type_identity_t<T> value) {
  return std::atomic_ref<T>(*address).fetch_add(value, std::memory_order_relaxed);
}

template <std::integral T>
T atomicMax(T* address, std::type_identity_t<T> value) {
  return warp2vec::emulation::update(address, [value](T old) { return std::max(old, value); });
}

template <std::integral T>
T atomicMin(T* address, std::type_identity_t<T> value) {
  return warp2vec::emulation::update(address, [value](T old) { return std::min(old, value); });
}

template <class T>
requires std::is_arithmetic_v<T> T atomicExch(T* address, std::type_identity_t<T> value) {
  return std::atomic_ref<T>(*address).exchange(value, std::memory_order_relaxed);
}

template <std::integral T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  std::atomic_ref<T>(*address).compare_exchange_strong(expected, value, std::memory_order_relaxed);
  return expected;
}

// Loads and stores through the L2 cache, for intentional races.
template <class T>
requires std::is_arithmetic_v<T> T __ldcg(const T* address) {
  return warp2vec::emulation::load_relaxed(address);
}

inline float2 __ldcg(const float2* address) { return {__ldcg(&address->x), __ldcg(&address->y)}; }
inline float4 __ldcg(const float4* address) {
  return {__ldcg(&address->x), __ldcg(&address->y), __ldcg(&address->z), __ldcg(&address->w)};
}

template <class T>
requires std::is_arithmetic_v<T>
void __stcg(T* address, std::type_identity_t<T> value) {
  std::atomic_ref<T>(*address).store(value, std::memory_order_relaxed);
}

inline void __stcg(float2* address, float2 value) {
  __stcg(&address->x, value.x);
  __stcg(&address->y, value.y);
}
inline void __stcg(float4* address, float4 value) {
  __stcg(&address->x, value.x);
  __stcg(&address->y, value.y);
  __stcg(&address->z, value.z);
  __stcg(&address->w, value.w);
}

// For memory that is never written: a plain load.
template <class T>
T __ldg(const T* address) {
  return *address;
}

// Arithmetic.
inline int __popc(unsigned x) { return std::popcount(x); }
inline int __popcll(unsigned long long x) { return std::popcount(x); }
inline int __clz(int x) { return std::countl_zero(static_cast<unsigned>(x)); }
inline int __ffs(int x) { return x == 0 ? 0 : std::countr_zero(static_cast<unsigned>(x)) + 1; }
inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((std::uint64_t{a} * b) >> 32);
}
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline float __uint_as_float(unsigned x) { return std::bit_cast<float>(x); }
inline int __float_as_int(float x) { return std::bit_cast<int>(x); }
inline float __int_as_float(int x) { return std::bit_cast<float>(x); }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
using std::max;
using std::min;

// The part of the runtime API that is typed by kernel.
template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  return warp2vec::emulation::launch(
      *config, reinterpret_cast<const void*>(kernel),
      [kernel, values = std::tuple<Parameters...>(std::forward<Arguments>(arguments)...)] {
        std::apply(kernel, values);
      });
}

template <class... Parameters>
cudaError_t cudaFuncSetAttribute(void (*kernel)(Parameters...), cudaFuncAttribute attribute, int value) {
  return cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), attribute, value);
}

template <class... Parameters>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, void (*kernel)(Parameters...)) {
  return cudaFuncGetAttributes(attributes, reinterpret_cast<const void*>(kernel));
}

// NOLINTEND(bugprone-reserved-identifier)
