#pragma once
/// cuRAND's Philox4x32-10 as a generator for BasicDraws: bit for bit what random.h defines, so that a GPU
/// draws what a CPU draws.

#include <warp2vec/detail/random.h>

#include <cuda_runtime_api.h>

// cuRAND declares its functions for the device alone; Thrust's functors are compiled for both sides.
#if !defined(QUALIFIERS)
#define QUALIFIERS static inline __host__ __device__
#endif
// clang-format off: it needs the vector types of the runtime.
#include <curand_philox4x32_x.h>
// clang-format on

namespace warp2vec {

struct CurandPhilox {
  WARP2VEC_HD static U32x4 block(U32x4 counter, std::uint32_t key0, std::uint32_t key1) {
    const uint4 r =
        curand_Philox4x32_10({counter.w[0], counter.w[1], counter.w[2], counter.w[3]}, {key0, key1});
    return {{r.x, r.y, r.z, r.w}};
  }
};

}  // namespace warp2vec
