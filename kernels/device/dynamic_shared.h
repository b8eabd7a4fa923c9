#pragma once
/// The block's dynamic shared memory, through a function, so that tests can run kernels where there is none.

namespace warp2vec {

#if defined(__CUDACC__)
extern __shared__ __align__(16) unsigned char dynamic_shared_memory[];
__device__ inline unsigned char* dynamic_shared() { return dynamic_shared_memory; }
#else
unsigned char* dynamic_shared();
#endif

}  // namespace warp2vec
