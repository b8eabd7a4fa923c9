#pragma once
/// Copies from global to shared memory that go on while their thread does other things, as functions, so that
/// tests can run kernels where there are none. All but the prefetch take compute capability 8.0.

namespace warp2vec {

#if defined(__CUDACC__)

/// Begins to copy 16 bytes, both addresses multiples of 16. They are read from the L2 cache, where other
/// blocks' additions arrive.
__device__ inline void begin_copy_16(void* shared, const void* global) {
  const auto to = static_cast<unsigned>(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" : : "r"(to), "l"(global) : "memory");
}

/// What the thread has begun since the last call is a group.
__device__ inline void end_copy_group() { asm volatile("cp.async.commit_group;" : : : "memory"); }

/// Waits for all of the thread's groups but the last `kGroups`.
template <int kGroups>
__device__ inline void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" : : "n"(kGroups) : "memory");
}

/// Asks for the 128 bytes around the address to be brought to the L2 cache.
__device__ inline void prefetch_to_l2(const void* global) {
  asm volatile("prefetch.global.L2 [%0];" : : "l"(global));
}

#else

void begin_copy_16(void* shared, const void* global);
void end_copy_group();
void wait_for_copies(int groups);
template <int kGroups>
void wait_for_copies() {
  wait_for_copies(kGroups);
}
inline void prefetch_to_l2(const void*) {}

#endif

}  // namespace warp2vec
