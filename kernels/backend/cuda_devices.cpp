#include "kernels/backend/cuda_devices.h"

#include <warp2vec/error.h>

#include <cuda_runtime_api.h>

#include <array>
#include <string>

namespace warp2vec {
namespace {

// Compute capabilities that the build has kernels for, 10 * major + minor, increasing.
constexpr std::array kArchitectures{WARP2VEC_CUDA_ARCHITECTURES};

std::string cuda_version(int number) {  // 13000 = 13.0, 12040 = 12.4
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}
std::string capability(int number) { return std::to_string(number / 10) + "." + std::to_string(number % 10); }

std::string no_devices(cudaError_t error) {
  int driver = 0;
  const bool has_driver = cudaDriverGetVersion(&driver) == cudaSuccess && driver > 0;
  if (!has_driver) return "no NVIDIA driver was found";
  if (error == cudaErrorInsufficientDriver)
    return "the NVIDIA driver is too old: it supports CUDA " + cuda_version(driver) + ", this build needs " +
           cuda_version(CUDART_VERSION);
  if (error == cudaErrorNoDevice) return "no NVIDIA GPU was found";
  return std::string("the NVIDIA driver fails: ") + cudaGetErrorString(error) + " (" +
         cudaGetErrorName(error) + ")";
}

// Adds device `index` to the usable devices or to the problems.
void examine(int index, bool with_free_memory, CudaDevices& devices) {
  const std::string name = "GPU " + std::to_string(index);
  cudaDeviceProp properties{};
  std::size_t free = 0;
  std::size_t total = 0;
  cudaError_t error = cudaGetDeviceProperties(&properties, index);
  if (error == cudaSuccess) {
    const int found = 10 * properties.major + properties.minor;
    if (found < kArchitectures.front()) {
      devices.problems.push_back(name + " (" + properties.name + ", compute capability " + capability(found) +
                                 ") is too old: this build needs " + capability(kArchitectures.front()));
      return;
    }
    if (with_free_memory) error = cudaSetDevice(index);
  }
  if (error == cudaSuccess && with_free_memory) error = cudaMemGetInfo(&free, &total);
  if (error != cudaSuccess) {
    cudaGetLastError();  // clears the error
    devices.problems.push_back(name + " fails: " + cudaGetErrorString(error) + " (" +
                               cudaGetErrorName(error) + ")");
    return;
  }
  devices.usable.push_back(
      {index, properties.name, properties.major, properties.minor, properties.multiProcessorCount,
       static_cast<std::int64_t>(properties.totalGlobalMem), static_cast<std::int64_t>(free)});
}

}  // namespace

CudaDevices find_cuda_devices(bool with_free_memory) {
  CudaDevices devices;
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess || count == 0) {
    cudaGetLastError();  // clears the error
    devices.problems.push_back(no_devices(error != cudaSuccess ? error : cudaErrorNoDevice));
    return devices;
  }
  for (int index = 0; index < count; ++index) examine(index, with_free_memory, devices);
  return devices;
}

CudaDevice use_cuda_device(int index) {
  CudaDevices devices;
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess || count == 0)
    devices.problems.push_back(no_devices(error != cudaSuccess ? error : cudaErrorNoDevice));
  else if (index < 0 || index >= count)
    devices.problems.push_back("there is no GPU " + std::to_string(index) + ", only 0 to " +
                               std::to_string(count - 1));
  else
    examine(index, true, devices);
  if (devices.usable.empty()) throw Error(devices.problems.front());
  return devices.usable.front();
}

std::string cuda_build() {
  std::string kernels;
  for (const int architecture : kArchitectures)
    kernels += (kernels.empty() ? "" : ", ") + capability(architecture);
  return cuda_version(CUDART_VERSION) + ", kernels for compute capability " + kernels;
}

}  // namespace warp2vec
