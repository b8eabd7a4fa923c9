// What nvcc's code calls to register and launch kernels.
#include "tests/emulation/device_state.h"
#include "tests/ptx/fat_binary.h"
#include "tests/ptx/ptx_device.h"

#include <cuda_runtime_api.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

namespace warp2vec::ptx {
namespace {

struct Module {
  const void* fat_binary;
  std::vector<Image> images;  // read when they are first needed

  const std::vector<Image>& all() {
    if (images.empty()) images = images_of(fat_binary);
    return images;
  }
};

struct Kernel {
  Module* module;
  std::string name;
};

// Filled before main().
std::vector<std::unique_ptr<Module>>& modules() {
  static std::vector<std::unique_ptr<Module>> all;
  return all;
}
std::map<const void*, Kernel>& kernels() {
  static std::map<const void*, Kernel> all;
  return all;
}
std::map<std::pair<const void*, int>, std::unique_ptr<Program>>& decoded() {
  static std::map<std::pair<const void*, int>, std::unique_ptr<Program>> all;
  return all;
}
std::string first_failure;
std::uint64_t executed = 0;

void run(Program& program, const Grid& grid) {
  if (!first_failure.empty()) return;
  Options options = settings().options;
  // Libraries copy what their types have between their members.
  options.unwritten_is_error = is_of_the_project(program.name);
  try {
    executed += run_grid(program, grid, options);
  } catch (const Error& error) {  // it cannot be thrown to whoever happens to wait
    first_failure = error.what();
    std::fprintf(stderr, "%s\n", error.what());
    emulation::device_state().break_down();
  }
}

/// As the driver chooses it: the newest that the device can run; null if there is none.
const Image* image_for(Module& module, int device) {
  const Image* chosen = nullptr;
  for (const Image& image : module.all())
    if (image.architecture <= device) chosen = &image;
  return chosen;
}

Program& program_of(const void* kernel, const Image& image) {
  std::unique_ptr<Program>& program = decoded()[{kernel, image.architecture}];
  if (!program) {
    const std::string& name = kernels().at(kernel).name;
    program = std::make_unique<Program>(
        load_program(settings().edit ? settings().edit(name, image.text) : image.text, name));
  }
  return *program;
}

Range allocation_at(std::uint64_t address) {
  const auto [begin, allocation] =
      emulation::device_state().allocation_at(reinterpret_cast<const void*>(address));
  if (allocation == nullptr || allocation->device == emulation::kHost) return {};
  const auto first = reinterpret_cast<std::uint64_t>(begin);
  return {first, first + allocation->bytes};
}

cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, void** arguments) {
  const auto known = kernels().find(kernel);
  if (known == kernels().end()) return cudaErrorInvalidDeviceFunction;
  const emulation::DeviceSettings& device = emulation::device_settings();
  const Image* const image = image_for(*known->second.module, device.major * 10 + device.minor);
  if (image == nullptr) return cudaErrorNoKernelImageForDevice;
  Program& program = program_of(kernel, *image);
  Grid grid{config.gridDim.x, config.blockDim.x, static_cast<std::uint32_t>(config.dynamicSmemBytes),
            std::vector<unsigned char>(program.parameter_bytes), allocation_at};
  for (std::size_t i = 0; i < program.parameters.size(); ++i)
    std::memcpy(grid.parameters.data() + program.parameters[i].offset, arguments[i],
                program.parameters[i].bytes);
  return emulation::enqueue_grid(config, kernel, [&program, grid = std::move(grid)] { run(program, grid); });
}

/// Of the <<<...>>> that is on its way from a caller to a kernel's stub.
thread_local cudaLaunchConfig_t call_configuration{};

}  // namespace

Settings& settings() {
  static Settings value;
  return value;
}

void reset() {
  decoded().clear();
  first_failure.clear();
}

std::vector<const Program*> programs() {
  std::vector<const Program*> all;
  for (const auto& [key, program] : decoded()) all.push_back(program.get());
  return all;
}

std::vector<int> architectures() {
  std::vector<int> all;
  if (!modules().empty())
    for (const Image& image : modules().front()->all()) all.push_back(image.architecture);
  return all;
}

bool is_of_the_project(const std::string& kernel) { return kernel.rfind("_ZN8warp2vec", 0) == 0; }

const std::string& failure() { return first_failure; }

std::uint64_t executed_instructions() { return executed; }

}  // namespace warp2vec::ptx

using namespace warp2vec::ptx;

// NOLINTBEGIN(bugprone-reserved-identifier): the names are CUDA's.
extern "C" {

// The wrapper: a magic number, a version, and where the fat binary is.
void** __cudaRegisterFatBinary(const void* wrapper) {
  const void* fat_binary = nullptr;
  std::memcpy(&fat_binary, static_cast<const char*>(wrapper) + 8, sizeof fat_binary);
  modules().push_back(std::make_unique<Module>(Module{fat_binary, {}}));
  return reinterpret_cast<void**>(modules().back().get());
}
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
void __cudaRegisterVar(void**, char*, char*, const char*, int, std::size_t, int, int) {}
void __cudaRegisterFunction(void** module, const char* kernel, char*, const char* name, int, uint3*, uint3*,
                            dim3*, dim3*, int*) {
  kernels()[kernel] = {reinterpret_cast<Module*>(module), name};
}

unsigned __cudaPushCallConfiguration(dim3 blocks, dim3 threads, std::size_t shared_bytes,
                                     CUstream_st* stream) {
  call_configuration = {};
  call_configuration.gridDim = blocks;
  call_configuration.blockDim = threads;
  call_configuration.dynamicSmemBytes = shared_bytes;
  call_configuration.stream = stream;
  return 0;
}
cudaError_t __cudaPopCallConfiguration(dim3* blocks, dim3* threads, std::size_t* shared_bytes, void* stream) {
  *blocks = call_configuration.gridDim;
  *threads = call_configuration.blockDim;
  *shared_bytes = call_configuration.dynamicSmemBytes;
  *static_cast<cudaStream_t*>(stream) = call_configuration.stream;
  return cudaSuccess;
}

cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* stub) {
  *kernel = static_cast<cudaKernel_t>(const_cast<void*>(stub));
  return cudaSuccess;
}
cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 blocks, dim3 threads, void** arguments,
                               std::size_t shared_bytes, cudaStream_t stream) {
  return cudaLaunchKernel(kernel, blocks, threads, arguments, shared_bytes, stream);
}
cudaError_t cudaLaunchKernel(const void* kernel, dim3 blocks, dim3 threads, void** arguments,
                             std::size_t shared_bytes, cudaStream_t stream) {
  cudaLaunchConfig_t config{};
  config.gridDim = blocks;
  config.blockDim = threads;
  config.dynamicSmemBytes = shared_bytes;
  config.stream = stream;
  return launch(config, kernel, arguments);
}
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* kernel, void** arguments) {
  return launch(*config, kernel, arguments);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
