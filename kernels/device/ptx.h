#pragma once
/// PTX instructions as functions, so that tests can replace them on a CPU: matrix multiply-accumulate, vector
/// additions to memory, asynchronous copies from global to shared memory, and prefetches. Registers and lanes
/// are laid out as in NVIDIA's "PTX ISA" (mma.m16n8k16, ldmatrix, cp.async). All but the additions and the
/// prefetch need compute capability 8.0.

#include <warp2vec/detail/bf16.h>

#include <cstdint>

namespace warp2vec {

#if defined(__CUDACC__)

/// c += a b, a 16 x 16 and b 16 x 8, accumulated in float.
__device__ inline void mma_16x8x16(float* c, const std::uint32_t* a, const std::uint32_t* b) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, "
      "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/// Loads four 8 x 8 matrices from shared memory; lane l passes the address of row l % 8 of matrix l / 8.
__device__ inline void load_matrices(std::uint32_t* out, const Bf16* row) {
  const auto address = static_cast<unsigned>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(out[0]), "=r"(out[1]), "=r"(out[2]), "=r"(out[3])
               : "r"(address)
               : "memory");
}

/// The same, each matrix transposed.
__device__ inline void load_matrices_transposed(std::uint32_t* out, const Bf16* row) {
  const auto address = static_cast<unsigned>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(out[0]), "=r"(out[1]), "=r"(out[2]), "=r"(out[3])
               : "r"(address)
               : "memory");
}

/// Both values rounded to nearest; `low` in the lower half.
__device__ inline std::uint32_t pack_bf16(float low, float high) {
  std::uint32_t packed = 0;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(high), "f"(low));
  return packed;
}

/// Adds four values, each atomically, at a 16-byte-aligned address; one instruction from 9.0 on.
__device__ inline void add_4(float* to, const float* values) {
#if __CUDA_ARCH__ >= 900
  asm volatile("red.relaxed.gpu.global.add.v4.f32 [%0], {%1,%2,%3,%4};"
               :
               : "l"(to), "f"(values[0]), "f"(values[1]), "f"(values[2]), "f"(values[3])
               : "memory");
#else
  for (int i = 0; i < 4; ++i) atomicAdd(to + i, values[i]);
#endif
}

/// Adds four values, packed in pairs, each atomically and rounded to nearest, at an 8-byte-aligned address.
__device__ inline void add_4(Bf16* to, const std::uint32_t* values) {
#if __CUDA_ARCH__ >= 900
  asm volatile("red.relaxed.gpu.global.add.noftz.v2.bf16x2 [%0], {%1,%2};"
               :
               : "l"(to), "r"(values[0]), "r"(values[1])
               : "memory");
#else
  const auto sum = [](std::uint32_t a, std::uint32_t b) {
    return to_float({static_cast<std::uint16_t>(a)}) + to_float({static_cast<std::uint16_t>(b)});
  };
  for (int i = 0; i < 2; ++i) {
    auto* const pair = reinterpret_cast<unsigned*>(to) + i;
    unsigned old = __ldcg(pair);
    for (unsigned seen = ~old; seen != old;) {
      seen = old;
      old = atomicCAS(pair, seen, pack_bf16(sum(seen, values[i]), sum(seen >> 16, values[i] >> 16)));
    }
  }
#endif
}

#else

void mma_16x8x16(float* c, const std::uint32_t* a, const std::uint32_t* b);
void load_matrices(std::uint32_t* out, const Bf16* row);
void load_matrices_transposed(std::uint32_t* out, const Bf16* row);
std::uint32_t pack_bf16(float low, float high);
void add_4(float* to, const float* values);
void add_4(Bf16* to, const std::uint32_t* values);

#endif

#if defined(__CUDACC__)

/// Starts copying 16 bytes between 16-byte-aligned addresses. Reads from the L2 cache, where other blocks'
/// additions arrive.
__device__ inline void start_copy_16(void* shared, const void* global) {
  const auto to = static_cast<unsigned>(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" : : "r"(to), "l"(global) : "memory");
}

/// Groups the copies that the thread has started since the last call.
__device__ inline void commit_copy_group() { asm volatile("cp.async.commit_group;" : : : "memory"); }

/// Waits for all of the thread's groups except the last `kGroups`.
template <int kGroups>
__device__ inline void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" : : "n"(kGroups) : "memory");
}

/// Prefetches the 128 bytes around the address into the L2 cache.
__device__ inline void prefetch_to_l2(const void* global) {
  asm volatile("prefetch.global.L2 [%0];" : : "l"(global));
}

#else

void start_copy_16(void* shared, const void* global);
void commit_copy_group();
void wait_for_copies(int groups);
template <int kGroups>
void wait_for_copies() {
  wait_for_copies(kGroups);
}
inline void prefetch_to_l2(const void*) {}

#endif

}  // namespace warp2vec
