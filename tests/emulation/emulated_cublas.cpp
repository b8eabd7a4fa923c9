// The cuBLAS functions that this project calls, replacing libcublas.
#include "tests/emulation/device_state.h"

#include <cublas_v2.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

struct cublasContext {
  cudaStream_t stream = nullptr;
};

namespace warp2vec::emulation {
namespace {

/// A column-major matrix, optionally transposed.
struct Matrix {
  const float* values;
  std::size_t stride;
  bool transposed;

  float at(std::size_t row, std::size_t column) const {
    return transposed ? values[row * stride + column] : values[column * stride + row];
  }
};

void multiply(std::size_t m, std::size_t n, std::size_t k, float alpha, const Matrix& a, const Matrix& b,
              float beta, float* c, std::size_t stride) {
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < m; ++i) {
      float sum = 0;
      for (std::size_t l = 0; l < k; ++l) sum += a.at(i, l) * b.at(l, j);
      float& value = c[j * stride + i];
      value = beta == 0 ? alpha * sum : alpha * sum + beta * value;  // ignores NaN in overwritten values
    }
  }
}

template <class Body>
cublasStatus_t api(const char* function, const Body& body) {
  const std::lock_guard lock(device_mutex());
  DeviceState& state = device_state();
  switch (state.begin_call(function)) {
    case cudaSuccess:
      return body(state);
    case cudaErrorMemoryAllocation:
      return CUBLAS_STATUS_ALLOC_FAILED;
    case cudaErrorInsufficientDriver:
    case cudaErrorNoDevice:
      return CUBLAS_STATUS_NOT_INITIALIZED;
    default:
      return CUBLAS_STATUS_EXECUTION_FAILED;
  }
}

}  // namespace
}  // namespace warp2vec::emulation

using namespace warp2vec::emulation;

extern "C" {

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  return api("cublasCreate_v2", [&](DeviceState& state) {
    *handle = new cublasContext;
    state.cublas_handles.insert(*handle);
    return CUBLAS_STATUS_SUCCESS;
  });
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  const std::lock_guard lock(device_mutex());
  if (device_state().cublas_handles.erase(handle) == 0) return CUBLAS_STATUS_NOT_INITIALIZED;
  delete handle;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  return api("cublasSetStream_v2", [&](DeviceState& state) {
    if (!state.cublas_handles.contains(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    handle->stream = stream;
    return CUBLAS_STATUS_SUCCESS;
  });
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t) {
  return api("cublasSetMathMode", [&](DeviceState& state) {
    return state.cublas_handles.contains(handle) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_INITIALIZED;
  });
}

cublasStatus_t cublasSgemm_v2(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
                              int m, int n, int k, const float* alpha, const float* a, int lda,
                              const float* b, int ldb, const float* beta, float* c, int ldc) {
  return api("cublasSgemm_v2", [&](DeviceState& state) {
    if (!state.cublas_handles.contains(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    const bool ta = transa != CUBLAS_OP_N;
    const bool tb = transb != CUBLAS_OP_N;
    if (m < 0 || n < 0 || k < 0 || lda < (ta ? k : m) || ldb < (tb ? n : k) || ldc < m || lda < 1 ||
        ldb < 1 || ldc < 1)
      return CUBLAS_STATUS_INVALID_VALUE;
    const auto size = [](int value) { return static_cast<std::size_t>(value); };
    enqueue(handle->stream, [=, alpha = *alpha, beta = *beta] {
      multiply(size(m), size(n), size(k), alpha, Matrix{a, size(lda), ta}, Matrix{b, size(ldb), tb}, beta, c,
               size(ldc));
    });
    return CUBLAS_STATUS_SUCCESS;
  });
}

}  // extern "C"
