#include "host/cli/flags/device_choice.h"

#include "host/cli/flags/usage_error.h"
#include "host/cli/terminal/gpu_text.h"

#include <algorithm>

namespace warp2vec::cli {
namespace {

DeviceChoice on_gpu(const CudaDevice& device) {
  return {DeviceKind::cuda, device, "training on " + gpu_name(device)};
}

/// Why no GPU can train this configuration; "" if one can.
std::string why_not_on_gpu(const Config& config, const std::optional<CudaDevices>& gpus) {
  if (!gpus || gpus->usable.empty()) return why_no_gpu(gpus);
  if (config.deterministic) return "--deterministic is not possible on a GPU";
  if (config.dim > kMaxCudaDim) return "a GPU trains vectors up to --dim " + std::to_string(kMaxCudaDim);
  return "";
}

/// Whether a missing GPU is not worth a note: the machine or the build was never meant to use one.
bool expects_no_gpu(const std::optional<CudaDevices>& gpus) {
  return !gpus || (gpus->usable.empty() &&
                   std::all_of(gpus->problems.begin(), gpus->problems.end(),
                               [](const auto& problem) { return problem.starts_with("no NVIDIA driver"); }));
}

[[noreturn]] void refuse_bf16(const std::string& why) {
  throw UsageError("--table-type bf16 needs a GPU: " + why);
}

DeviceChoice choose_automatically(const Config& config, const std::optional<CudaDevices>& gpus) {
  const std::string why = why_not_on_gpu(config, gpus);
  if (why.empty()) return on_gpu(gpus->usable.front());
  if (config.table_type == TableType::bf16) refuse_bf16(why);
  return {DeviceKind::cpu, {}, expects_no_gpu(gpus) ? "" : "training on the CPU: " + why};
}

DeviceChoice choose_gpu(const DeviceRequest& request, const Config& config,
                        const std::optional<CudaDevices>& gpus) {
  const std::string asked = "--device " + to_string(request);
  if (config.deterministic)
    throw UsageError("--deterministic is not possible with " + asked +
                     ", which adds its updates in no fixed order: use --device cpu");
  if (config.dim > kMaxCudaDim)
    throw UsageError("--dim " + std::to_string(config.dim) + " is too large for " + asked +
                     ": expected at most " + std::to_string(kMaxCudaDim));
  if (!gpus || gpus->usable.empty()) throw UsageError(asked + ": " + why_no_gpu(gpus) + "; use --device cpu");
  if (!request.index) return on_gpu(gpus->usable.front());
  std::string usable;
  for (const CudaDevice& device : gpus->usable) {
    if (device.index == *request.index) return on_gpu(device);
    usable += (usable.empty() ? "" : ", ") + gpu_name(device);
  }
  throw UsageError(asked + " is not usable; usable: " + usable +
                   (gpus->problems.empty() ? "" : "; " + why_no_gpu(gpus)));
}

}  // namespace

DeviceChoice choose_device(const DeviceRequest& request, const Config& config,
                           const std::optional<CudaDevices>& gpus) {
  if (request.kind == DeviceKind::automatic) return choose_automatically(config, gpus);
  if (request.kind == DeviceKind::cuda) return choose_gpu(request, config, gpus);
  if (config.table_type == TableType::bf16) refuse_bf16("not --device " + to_string(request));
  return {request.kind, {}, ""};
}

}  // namespace warp2vec::cli
