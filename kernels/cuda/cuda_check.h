#pragma once
/// Every CUDA runtime call goes through WARP2VEC_CUDA_CHECK, except in destructors, which must not throw.

#include <cuda_runtime_api.h>

namespace warp2vec {

/// Throws DeviceError naming the call, its file and line, and CUDA's name and description of the error.
[[noreturn]] void throw_cuda_error(cudaError_t error, const char* call, const char* file, int line);

}  // namespace warp2vec

#define WARP2VEC_CUDA_CHECK(call)                                                                     \
  do {                                                                                                \
    const cudaError_t w2v_error = (call);                                                             \
    if (w2v_error != cudaSuccess) ::warp2vec::throw_cuda_error(w2v_error, #call, __FILE__, __LINE__); \
  } while (false)
