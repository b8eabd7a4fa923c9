#pragma once
/// Queues Thrust algorithms on a stream.

#include "kernels/cuda/scratch_allocator.h"

#include <cuda_runtime_api.h>
#include <thrust/execution_policy.h>
#if defined(__CUDACC__)
#include <thrust/system/cuda/execution_policy.h>
#else
#include <functional>
#endif

namespace warp2vec {

#if defined(__CUDACC__)
/// Calls algorithm(policy); with the policy a Thrust algorithm is queued on `stream`.
template <class Algorithm>
void on_stream(cudaStream_t stream, ScratchAllocator& scratch, Algorithm algorithm) {
  algorithm(thrust::cuda::par_nosync(scratch).on(stream));
}
#else
/// Defined by the tests that run without a GPU.
namespace emulation {
void enqueue(cudaStream_t stream, std::function<void()> work);
}

template <class Algorithm>
void on_stream(cudaStream_t stream, ScratchAllocator&, Algorithm algorithm) {
  emulation::enqueue(stream, [algorithm] { algorithm(thrust::device); });
}
#endif

}  // namespace warp2vec
