#pragma once
/// Launches kernels.

#include "kernels/cuda/cuda_check.h"

#include <cuda_runtime_api.h>

#include <cstdint>

namespace warp2vec {

/// The grid of a launch.
struct LaunchShape {
  int blocks;
  int threads;  ///< per block
  std::int64_t shared_bytes = 0;
};

/// Throws DeviceError.
template <class... Parameters, class... Values>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, cudaStream_t stream, Values... values) {
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(shape.blocks));
  config.blockDim = dim3(static_cast<unsigned>(shape.threads));
  config.dynamicSmemBytes = static_cast<std::size_t>(shape.shared_bytes);
  config.stream = stream;
  WARP2VEC_CUDA_CHECK(cudaLaunchKernelEx(&config, kernel, values...));
}

/// The compute capability, 10 * major + minor, that the kernel's code for the current device was compiled
/// for: lower than the device's own where the build has no newer code.
template <class... Parameters>
int compiled_for(void (*kernel)(Parameters...)) {
  cudaFuncAttributes attributes{};
  WARP2VEC_CUDA_CHECK(cudaFuncGetAttributes(&attributes, kernel));
  return attributes.ptxVersion;
}

/// Maximum bytes of shared memory per block on the device.
inline std::int64_t max_shared_memory(int device) {
  int most = 0;
  WARP2VEC_CUDA_CHECK(cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  return most;
}

/// Number of blocks of the shape that run on one multiprocessor at the same time. Also raises the kernel's
/// limit of shared memory to the maximum: the limit belongs to the kernel, not to a launch.
template <class... Parameters>
int blocks_at_a_time(void (*kernel)(Parameters...), const LaunchShape& shape, int device) {
  WARP2VEC_CUDA_CHECK(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                           static_cast<int>(max_shared_memory(device))));
  int blocks = 0;
  WARP2VEC_CUDA_CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      &blocks, kernel, shape.threads, static_cast<std::size_t>(shape.shared_bytes)));
  return blocks;
}

}  // namespace warp2vec
