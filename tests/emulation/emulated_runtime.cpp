// The CUDA runtime functions that this project calls, replacing libcudart.
#include "tests/emulation/cuda_emulation.h"
#include "tests/emulation/device_state.h"
#include "tests/emulation/grid.h"

#include <cxxabi.h>
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace warp2vec::emulation {
namespace {

thread_local cudaError_t last_error = cudaSuccess;

cudaError_t remember(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

/// An API call: calls `body` with the state, unless the call must fail.
template <class Body>
cudaError_t api(const char* function, const Body& body) {
  const std::lock_guard lock(device_mutex());
  DeviceState& state = device_state();
  const cudaError_t error = state.begin_call(function);
  return remember(error != cudaSuccess ? error : body(state));
}

/// The same for functions that release something, which happens even when the device is broken.
template <class Body>
cudaError_t give_back(const char* function, const Body& body) {
  const std::lock_guard lock(device_mutex());
  DeviceState& state = device_state();
  const cudaError_t error = state.begin_call(function);
  const cudaError_t given_back = body(state);
  return remember(error != cudaSuccess ? error : given_back);
}

std::string name_of(const void* kernel) {
  Dl_info info{};
  if (::dladdr(kernel, &info) == 0 || info.dli_sname == nullptr || info.dli_saddr != kernel) {
    char address[32];
    std::snprintf(address, sizeof address, "kernel at %p", kernel);
    return address;
  }
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status), &std::free);
  return name ? name.get() : info.dli_sname;
}

/// The kind of an address; kHost also for memory that CUDA does not know.
cudaMemcpyKind kind_of(const Allocation* to, const Allocation* from) {
  const bool to_device = to != nullptr && to->device != kHost;
  const bool from_device = from != nullptr && from->device != kHost;
  if (to_device) return from_device ? cudaMemcpyDeviceToDevice : cudaMemcpyHostToDevice;
  return from_device ? cudaMemcpyDeviceToHost : cudaMemcpyHostToHost;
}

void count(CallLog& log, cudaMemcpyKind kind, std::size_t bytes) {
  const auto n = static_cast<std::int64_t>(bytes);
  if (kind == cudaMemcpyHostToDevice) log.host_to_device += n;
  if (kind == cudaMemcpyDeviceToHost) log.device_to_host += n;
  if (kind == cudaMemcpyDeviceToDevice) log.device_to_device += n;
}

cudaError_t copy(DeviceState& state, void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                 cudaStream_t stream, bool wait) {
  const std::shared_ptr<WorkQueue> queue = state.queue_of(stream);
  if (!queue) return cudaErrorInvalidResourceHandle;
  if (bytes == 0) return cudaSuccess;
  const Allocation* const target = state.find(to, bytes);
  const Allocation* const source = state.find(from, bytes);
  const cudaMemcpyKind actual = kind_of(target, source);
  if (kind != cudaMemcpyDefault && kind != actual) return cudaErrorInvalidValue;
  count(state.log, actual, bytes);

  // Pageable memory is staged, or written, before the call returns.
  if (source == nullptr && !wait) {
    const auto* const begin = static_cast<const unsigned char*>(from);
    state.add(*queue, [to, aside = std::vector<unsigned char>(begin, begin + bytes)] {
      std::memcpy(to, aside.data(), aside.size());
    });
  } else {
    state.add(*queue, [to, from, bytes] { std::memcpy(to, from, bytes); });
  }
  if (wait || target == nullptr) state.run([&] { queue->run(); });
  return cudaSuccess;
}

cudaError_t set(DeviceState& state, void* memory, int value, std::size_t bytes, cudaStream_t stream) {
  const std::shared_ptr<WorkQueue> queue = state.queue_of(stream);
  if (!queue) return cudaErrorInvalidResourceHandle;
  if (bytes == 0) return cudaSuccess;
  if (state.find(memory, bytes) == nullptr) return cudaErrorInvalidValue;
  state.add(*queue, [memory, value, bytes] { std::memset(memory, value, bytes); });
  return cudaSuccess;
}

constexpr int kThreadsPerBlock = 1024;
constexpr std::size_t kSharedMemory = std::size_t{48} << 10;  // without asking for more

int threads_per_multiprocessor(const DeviceSettings& settings) {
  switch (settings.major * 10 + settings.minor) {
    case 75:
      return 1024;
    case 86:
    case 87:
    case 89:
    case 120:
    case 121:
      return 1536;
    default:
      return 2048;
  }
}

/// Among the architectures that kernels are compiled for, the one whose machine code a device runs, else the
/// one whose PTX the driver compiles for it; 0 if there is none.
cudaFuncAttributes code_for(const DeviceSettings& settings) {
  const int device = settings.major * 10 + settings.minor;
  cudaFuncAttributes code{};
  for (const int architecture : settings.architectures)
    if (architecture <= device) code.ptxVersion = std::max(code.ptxVersion, architecture);
  code.binaryVersion = code.ptxVersion / 10 == settings.major ? code.ptxVersion : device;
  return code;
}

std::size_t shared_limit_of(const DeviceState& state, const void* kernel) {
  const auto it = state.shared_limits.find(kernel);
  return it == state.shared_limits.end() ? kSharedMemory : it->second;
}

}  // namespace

cudaError_t enqueue_grid(const cudaLaunchConfig_t& config, const void* kernel, std::function<void()> grid) {
  return api("cudaLaunchKernelEx", [&](DeviceState& state) {
    const std::shared_ptr<WorkQueue> queue = state.queue_of(config.stream);
    if (!queue || queue->device != current_device()) return cudaErrorInvalidResourceHandle;
    const dim3 blocks = config.gridDim;
    const dim3 threads = config.blockDim;
    if (blocks.x == 0 || blocks.x > 0x7FFFFFFFU || threads.x == 0 || threads.x > kThreadsPerBlock)
      return cudaErrorInvalidConfiguration;
    if (config.numAttrs != 0 || blocks.y * blocks.z != 1 || threads.y * threads.z != 1)
      return cudaErrorNotSupported;
    if (config.dynamicSmemBytes > shared_limit_of(state, kernel)) return cudaErrorInvalidValue;
    state.add(*queue, std::move(grid));
    return cudaSuccess;
  });
}

cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, std::function<void()> body) {
  return enqueue_grid(
      config, kernel,
      [what = Launch{name_of(kernel), config.gridDim.x, config.blockDim.x, config.dynamicSmemBytes,
                     std::move(body)}] { run_grid(what, device_settings().schedule); });
}

}  // namespace warp2vec::emulation

using namespace warp2vec::emulation;

extern "C" {

// Devices.

cudaError_t cudaGetDeviceCount(int* count) {
  return api("cudaGetDeviceCount", [&](DeviceState& state) {
    *count = state.settings.devices;
    return cudaSuccess;
  });
}

cudaError_t cudaSetDevice(int device) {
  return api("cudaSetDevice", [&](DeviceState& state) {
    if (device < 0 || device >= state.settings.devices) return cudaErrorInvalidDevice;
    current_device() = device;
    return cudaSuccess;
  });
}

cudaError_t cudaGetDevice(int* device) {
  return api("cudaGetDevice", [&](DeviceState&) {
    *device = current_device();
    return cudaSuccess;
  });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  return api("cudaGetDeviceProperties", [&](DeviceState& state) {
    const DeviceSettings& settings = state.settings;
    if (device < 0 || device >= settings.devices) return cudaErrorInvalidDevice;
    *properties = {};
    std::snprintf(properties->name, sizeof properties->name, "Emulated GPU %d", device);
    properties->major = settings.major;
    properties->minor = settings.minor;
    properties->totalGlobalMem = settings.memory;
    properties->multiProcessorCount = settings.multiprocessors;
    properties->maxThreadsPerBlock = kThreadsPerBlock;
    properties->maxThreadsPerMultiProcessor = threads_per_multiprocessor(settings);
    properties->warpSize = warpSize;
    properties->sharedMemPerBlock = kSharedMemory;
    properties->sharedMemPerBlockOptin = shared_memory_limit(settings);
    properties->sharedMemPerMultiprocessor = shared_memory_limit(settings) + 1024;
    properties->reservedSharedMemPerBlock = 1024;
    properties->regsPerBlock = properties->regsPerMultiprocessor = 65536;
    properties->maxThreadsDim[0] = kThreadsPerBlock;
    properties->maxGridSize[0] = 0x7FFFFFFF;
    properties->l2CacheSize = 4 << 20;
    properties->asyncEngineCount = 1;
    properties->concurrentKernels = 1;
    return cudaSuccess;
  });
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  return api("cudaDeviceGetAttribute", [&](DeviceState& state) {
    const DeviceSettings& settings = state.settings;
    if (device < 0 || device >= settings.devices) return cudaErrorInvalidDevice;
    switch (attribute) {
      case cudaDevAttrComputeCapabilityMajor:
        *value = settings.major;
        return cudaSuccess;
      case cudaDevAttrComputeCapabilityMinor:
        *value = settings.minor;
        return cudaSuccess;
      case cudaDevAttrMultiProcessorCount:
        *value = settings.multiprocessors;
        return cudaSuccess;
      case cudaDevAttrMaxGridDimX:
        *value = 0x7FFFFFFF;
        return cudaSuccess;
      case cudaDevAttrMaxThreadsPerBlock:
        *value = kThreadsPerBlock;
        return cudaSuccess;
      case cudaDevAttrMaxThreadsPerMultiProcessor:
        *value = threads_per_multiprocessor(settings);
        return cudaSuccess;
      case cudaDevAttrWarpSize:
        *value = warpSize;
        return cudaSuccess;
      case cudaDevAttrMaxSharedMemoryPerBlock:
        *value = static_cast<int>(kSharedMemory);
        return cudaSuccess;
      case cudaDevAttrMaxSharedMemoryPerBlockOptin:
        *value = static_cast<int>(shared_memory_limit(settings));
        return cudaSuccess;
      case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
        *value = static_cast<int>(shared_memory_limit(settings) + 1024);
        return cudaSuccess;
      case cudaDevAttrL2CacheSize:
        *value = 4 << 20;
        return cudaSuccess;
      default:
        return cudaErrorNotSupported;
    }
  });
}

cudaError_t cudaDriverGetVersion(int* version) {
  const std::lock_guard lock(device_mutex());
  *version = device_state().settings.driver ? CUDART_VERSION : 0;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() {
  return api("cudaDeviceSynchronize", [](DeviceState& state) {
    state.run_device(current_device());
    return cudaSuccess;
  });
}

// Memory.

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  return api("cudaMemGetInfo", [&](DeviceState& state) {
    *free = state.free_bytes(current_device());
    *total = state.settings.memory;
    return cudaSuccess;
  });
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  return api("cudaMalloc",
             [&](DeviceState& state) { return state.allocate(memory, bytes, current_device()); });
}

cudaError_t cudaFree(void* memory) {
  return give_back("cudaFree", [&](DeviceState& state) {
    if (const Allocation* const allocation = state.find(memory, 1)) state.run_device(allocation->device);
    return state.free(memory, false);
  });
}

cudaError_t cudaHostAlloc(void** memory, std::size_t bytes, unsigned) {
  return api("cudaHostAlloc", [&](DeviceState& state) { return state.allocate(memory, bytes, kHost); });
}

cudaError_t cudaMallocHost(void** memory, std::size_t bytes) {
  return api("cudaMallocHost", [&](DeviceState& state) { return state.allocate(memory, bytes, kHost); });
}

cudaError_t cudaFreeHost(void* memory) {
  return give_back("cudaFreeHost", [&](DeviceState& state) {
    if (memory != nullptr) state.run_all_while_ready();
    return state.free(memory, true);
  });
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  return api("cudaMemcpy",
             [&](DeviceState& state) { return copy(state, to, from, bytes, kind, nullptr, true); });
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  return api("cudaMemcpyAsync",
             [&](DeviceState& state) { return copy(state, to, from, bytes, kind, stream, false); });
}

cudaError_t cudaMemset(void* memory, int value, std::size_t bytes) {
  return api("cudaMemset", [&](DeviceState& state) { return set(state, memory, value, bytes, nullptr); });
}

cudaError_t cudaMemsetAsync(void* memory, int value, std::size_t bytes, cudaStream_t stream) {
  return api("cudaMemsetAsync", [&](DeviceState& state) { return set(state, memory, value, bytes, stream); });
}

// Streams.

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  return api("cudaStreamCreateWithFlags", [&](DeviceState& state) {
    if ((flags & ~unsigned{cudaStreamNonBlocking}) != 0) return cudaErrorInvalidValue;
    return state.make_stream(stream, flags == cudaStreamDefault);
  });
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  return api("cudaStreamCreate", [&](DeviceState& state) { return state.make_stream(stream, true); });
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return give_back("cudaStreamDestroy", [&](DeviceState& state) { return state.destroy_stream(stream); });
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return api("cudaStreamSynchronize", [&](DeviceState& state) {
    const std::shared_ptr<WorkQueue> queue = state.queue_of(stream);
    if (!queue) return cudaErrorInvalidResourceHandle;
    state.run([&] { queue->run(); });
    return cudaSuccess;
  });
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  const cudaError_t status = api("cudaStreamQuery", [&](DeviceState& state) {
    return state.queue_of(stream) ? cudaSuccess : cudaErrorInvalidResourceHandle;
  });
  if (status != cudaSuccess) return status;
  bool ready = true;
  {
    const std::lock_guard lock(device_mutex());
    const std::shared_ptr<WorkQueue> queue = device_state().queue_of(stream);
    if (queue->done()) return cudaSuccess;
    device_state().run([&] { ready = queue->run_one(); });
  }
  if (!ready) leave_to_others();
  return cudaErrorNotReady;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  return api("cudaStreamWaitEvent", [&](DeviceState& state) {
    const std::shared_ptr<WorkQueue> queue = state.queue_of(stream);
    if (!queue || !state.is_event(event)) return cudaErrorInvalidResourceHandle;
    if (event->recording) state.add(*queue, [recording = event->recording] { recording->wait(); });
    return cudaSuccess;
  });
}

// Events.

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  return api("cudaEventCreateWithFlags", [&](DeviceState& state) {
    return state.make_event(event, (flags & cudaEventDisableTiming) == 0);
  });
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
  return api("cudaEventCreate", [&](DeviceState& state) { return state.make_event(event, true); });
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return give_back("cudaEventDestroy", [&](DeviceState& state) { return state.destroy_event(event); });
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return api("cudaEventRecord", [&](DeviceState& state) {
    const std::shared_ptr<WorkQueue> queue = state.queue_of(stream);
    if (!queue || !state.is_event(event)) return cudaErrorInvalidResourceHandle;
    const auto recording = std::make_shared<Recording>(Recording{queue, 0, {}});
    state.add(*queue, [r = std::weak_ptr(recording)] {
      if (const auto complete = r.lock()) complete->time = std::chrono::steady_clock::now();
    });
    recording->position = queue->added();
    event->recording = recording;
    return cudaSuccess;
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return api("cudaEventSynchronize", [&](DeviceState& state) {
    if (!state.is_event(event)) return cudaErrorInvalidResourceHandle;
    if (const auto recording = event->recording) state.run([&] { recording->wait(); });
    return cudaSuccess;
  });
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  const cudaError_t status = api("cudaEventQuery", [&](DeviceState& state) {
    return state.is_event(event) ? cudaSuccess : cudaErrorInvalidResourceHandle;
  });
  if (status != cudaSuccess) return status;
  const std::lock_guard lock(device_mutex());
  const std::shared_ptr<Recording> recording = event->recording;
  if (!recording || recording->complete()) return cudaSuccess;
  device_state().run([&] { recording->queue->run_one(); });
  return cudaErrorNotReady;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  return api("cudaEventElapsedTime", [&](DeviceState& state) {
    if (!state.is_event(start) || !state.is_event(end) || !start->timed || !end->timed || !start->recording ||
        !end->recording)
      return cudaErrorInvalidResourceHandle;
    if (!start->recording->complete() || !end->recording->complete()) return cudaErrorNotReady;
    *milliseconds =
        std::chrono::duration<float, std::milli>(end->recording->time - start->recording->time).count();
    return cudaSuccess;
  });
}

// Kernels.

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value) {
  return api("cudaFuncSetAttribute", [&](DeviceState& state) {
    if (attribute == cudaFuncAttributePreferredSharedMemoryCarveout) return cudaSuccess;
    if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || value < 0 ||
        static_cast<std::size_t>(value) > shared_memory_limit(state.settings))
      return cudaErrorInvalidValue;
    state.shared_limits[kernel] = static_cast<std::size_t>(value);
    return cudaSuccess;
  });
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* kernel) {
  return api("cudaFuncGetAttributes", [&](DeviceState& state) {
    const cudaFuncAttributes code = code_for(state.settings);
    if (code.ptxVersion == 0) return cudaErrorNoKernelImageForDevice;
    *attributes = code;
    attributes->maxThreadsPerBlock = kThreadsPerBlock;
    attributes->maxDynamicSharedSizeBytes = static_cast<int>(shared_limit_of(state, kernel));
    attributes->numRegs = 32;
    return cudaSuccess;
  });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void* kernel,
                                                                   int threads, std::size_t shared_bytes,
                                                                   unsigned) {
  return api("cudaOccupancyMaxActiveBlocksPerMultiprocessor", [&](DeviceState& state) {
    if (threads <= 0) return cudaErrorInvalidValue;
    const std::size_t limit = shared_memory_limit(state.settings);
    const bool fits = threads <= kThreadsPerBlock && shared_bytes <= shared_limit_of(state, kernel);
    const int by_threads = threads_per_multiprocessor(state.settings) / ((threads + 31) / 32 * 32);
    const int by_memory = static_cast<int>((limit + 1024) / (shared_bytes + 1024));
    *blocks = fits ? std::min({32, by_threads, by_memory}) : 0;
    return cudaSuccess;
  });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void* kernel, int threads,
                                                          std::size_t shared_bytes) {
  return cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks, kernel, threads, shared_bytes, 0);
}

// Errors.

cudaError_t cudaGetLastError() { return std::exchange(last_error, cudaSuccess); }

cudaError_t cudaPeekAtLastError() { return last_error; }

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
#define NAME_OF(error) \
  case error:          \
    return #error;
    NAME_OF(cudaSuccess)
    NAME_OF(cudaErrorInvalidValue)
    NAME_OF(cudaErrorMemoryAllocation)
    NAME_OF(cudaErrorInvalidConfiguration)
    NAME_OF(cudaErrorInsufficientDriver)
    NAME_OF(cudaErrorNoDevice)
    NAME_OF(cudaErrorInvalidDevice)
    NAME_OF(cudaErrorInvalidResourceHandle)
    NAME_OF(cudaErrorNotReady)
    NAME_OF(cudaErrorIllegalAddress)
    NAME_OF(cudaErrorLaunchFailure)
    NAME_OF(cudaErrorNoKernelImageForDevice)
    NAME_OF(cudaErrorNotSupported)
    NAME_OF(cudaErrorUnknown)
#undef NAME_OF
    default:
      return "unrecognized error code";
  }
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidConfiguration:
      return "invalid configuration argument";
    case cudaErrorInsufficientDriver:
      return "CUDA driver version is insufficient for CUDA runtime version";
    case cudaErrorNoDevice:
      return "no CUDA-capable device is detected";
    case cudaErrorInvalidDevice:
      return "invalid device ordinal";
    case cudaErrorInvalidResourceHandle:
      return "invalid resource handle";
    case cudaErrorNotReady:
      return "device not ready";
    case cudaErrorIllegalAddress:
      return "an illegal memory access was encountered";
    case cudaErrorLaunchFailure:
      return "unspecified launch failure";
    case cudaErrorNoKernelImageForDevice:
      return "no kernel image is available for execution on the device";
    case cudaErrorNotSupported:
      return "operation not supported";
    case cudaErrorUnknown:
      return "unknown error";
    default:
      return "unrecognized error code";
  }
}

}  // extern "C"
