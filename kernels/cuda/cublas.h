#pragma once
/// The cuBLAS functions that the full softmax needs, loaded at run time.

#include <cublas_v2.h>

namespace warp2vec {

struct CublasFunctions {
  decltype(&cublasCreate_v2) create;
  decltype(&cublasDestroy_v2) destroy;
  decltype(&cublasSetStream_v2) set_stream;
  decltype(&cublasSgemm_v2) sgemm;
};

/// Loads cuBLAS on first use, so that programs that do not train the full softmax run without it (some 600
/// MB). Throws Error if it is not found.
const CublasFunctions& cublas();

/// Throws DeviceError naming the call, its file and line, and the status.
[[noreturn]] void throw_cublas_error(cublasStatus_t status, const char* call, const char* file, int line);

}  // namespace warp2vec

#define WARP2VEC_CUBLAS_CHECK(call)                                          \
  do {                                                                       \
    const cublasStatus_t w2v_status = (call);                                \
    if (w2v_status != CUBLAS_STATUS_SUCCESS)                                 \
      ::warp2vec::throw_cublas_error(w2v_status, #call, __FILE__, __LINE__); \
  } while (false)
