#include "kernels/cuda/cuda_check.h"

#include <warp2vec/error.h>

#include "kernels/cuda/cublas.h"

#include <string>
#include <string_view>

namespace warp2vec {
namespace {

[[noreturn]] void throw_device_error(const std::string& error, const char* call, std::string_view file,
                                     int line) {
  throw DeviceError(error + " in " + call + " at " + std::string(file.substr(file.find_last_of('/') + 1)) +
                    ":" + std::to_string(line));
}

}  // namespace

void throw_cuda_error(cudaError_t error, const char* call, const char* file, int line) {
  throw_device_error(std::string(cudaGetErrorString(error)) + " (" + cudaGetErrorName(error) + ")", call,
                     file, line);
}

void throw_cublas_error(cublasStatus_t status, const char* call, const char* file, int line) {
  throw_device_error("cuBLAS status " + std::to_string(status), call, file, line);
}

}  // namespace warp2vec
