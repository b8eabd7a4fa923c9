#pragma once
/// Kernels with one bug each, and their fixed versions.

#include <cuda_runtime.h>

namespace warp2vec::bug_zoo {

enum class Variant { broken, fixed };

/// The size of the arrays: one block of two warps.
constexpr int kThreads = 64;

using Kernel = void (*)(float* out, const float* in);

/// One specimen. `blocks` blocks of kThreads threads read and write arrays of kThreads numbers.
struct Specimen {
  const char* name;
  unsigned blocks;
  std::size_t shared_bytes;
  Kernel broken;
  Kernel fixed;

  Kernel kernel(Variant variant) const { return variant == Variant::broken ? broken : fixed; }
};

// Races in shared memory.
extern const Specimen missing_syncwarp;
extern const Specimen missing_syncthreads;
extern const Specimen missing_second_syncwarp;  ///< the one after the reads, before the next write
extern const Specimen shuffle_as_barrier;       ///< all lanes are at the shuffle, but it orders no memory

// Races in global memory.
extern const Specimen plain_sum_of_lanes;
extern const Specimen plain_sum_of_blocks;

// Barriers that not all threads reach.
extern const Specimen divergent_syncwarp;
extern const Specimen divergent_syncthreads;
extern const Specimen different_barriers;

// Memory.
extern const Specimen shared_overrun;
extern const Specimen device_overrun;
extern const Specimen uninitialised_shared;

// Asynchronous copies.
extern const Specimen unawaited_copy;        ///< its thread ends before it
extern const Specimen early_read_of_copy;    ///< before the wait
extern const Specimen copy_without_barrier;  ///< a thread waits for its own copies only

/// Launches one on arrays in device memory.
cudaError_t launch(const Specimen& specimen, Variant variant, float* out, const float* in,
                   cudaStream_t stream = nullptr);

}  // namespace warp2vec::bug_zoo
