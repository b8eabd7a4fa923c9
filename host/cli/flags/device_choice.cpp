#include "host/cli/flags/device_choice.h"

#include <warp2vec/error.h>

#include "host/cli/flags/usage_error.h"
#include "host/cli/terminal/gpu_text.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace warp2vec::cli {
namespace {

std::string names_of(const std::vector<CudaDevice>& devices) {
  std::string names;
  for (const CudaDevice& device : devices) names += (names.empty() ? "" : ", ") + gpu_name(device);
  return names;
}

DeviceChoice on_gpus(std::vector<CudaDevice> devices) {
  std::string note = "training on " + names_of(devices);
  return {DeviceKind::cuda, std::move(devices), std::move(note)};
}

// "; GPU 1 is too old ..." of those that are not usable.
std::string and_problems(const CudaDevices& gpus) {
  return gpus.problems.empty() ? "" : "; " + why_no_gpu(gpus);
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
  if (why.empty()) return on_gpus({gpus->usable.front()});
  if (config.table_type == TableType::bf16) refuse_bf16(why);
  return {DeviceKind::cpu, {}, expects_no_gpu(gpus) ? "" : "training on the CPU: " + why};
}

DeviceChoice choose_gpu(const DeviceRequest& request, const Config& config,
                        const std::optional<CudaDevices>& gpus) {
  const std::string asked =
      request.gpus > 0 ? "--gpus " + std::to_string(request.gpus) : "--device " + to_string(request);
  if (config.deterministic)
    throw UsageError("--deterministic is not possible with " + asked +
                     ", which adds its updates in no fixed order: use --device cpu");
  if (config.dim > kMaxCudaDim)
    throw UsageError("--dim " + std::to_string(config.dim) + " is too large for " + asked +
                     ": expected at most " + std::to_string(kMaxCudaDim));
  if (!gpus || gpus->usable.empty()) throw UsageError(asked + ": " + why_no_gpu(gpus) + "; use --device cpu");
  if (request.indices.empty()) {
    const auto usable = std::ssize(gpus->usable);
    if (request.count() > usable)
      throw UsageError(asked + ": only " + std::to_string(usable) + (usable == 1 ? " is" : " are") +
                       " usable: " + names_of(gpus->usable) + and_problems(*gpus));
    return on_gpus({gpus->usable.begin(), gpus->usable.begin() + request.count()});
  }
  std::vector<CudaDevice> chosen;
  for (const int index : request.indices) {
    const auto found = std::find_if(gpus->usable.begin(), gpus->usable.end(),
                                    [index](const CudaDevice& device) { return device.index == index; });
    if (found == gpus->usable.end())
      throw UsageError((request.indices.size() == 1 ? asked : asked + ": cuda:" + std::to_string(index)) +
                       " is not usable; usable: " + names_of(gpus->usable) + and_problems(*gpus));
    chosen.push_back(*found);
  }
  return on_gpus(std::move(chosen));
}

}  // namespace

DeviceRequest own_gpu(DeviceRequest request, const std::optional<CudaDevices>& gpus, int local_rank,
                      int local_size) {
  if (request.kind != DeviceKind::cuda || !request.indices.empty() || !gpus || gpus->usable.empty())
    return request;
  const auto usable = std::ssize(gpus->usable);
  if (local_rank >= usable)
    throw Error("--device cuda: this machine has " + std::to_string(local_size) +
                " processes (mpirun), which need a GPU each, and only " + std::to_string(usable) +
                (usable == 1 ? " is" : " are") + " usable: " + names_of(gpus->usable) + and_problems(*gpus));
  request.indices = {gpus->usable[static_cast<std::size_t>(local_rank)].index};
  return request;
}

DeviceChoice choose_device(const DeviceRequest& request, const Config& config,
                           const std::optional<CudaDevices>& gpus) {
  if (request.kind == DeviceKind::automatic) return choose_automatically(config, gpus);
  if (request.kind == DeviceKind::cuda) return choose_gpu(request, config, gpus);
  if (config.table_type == TableType::bf16) refuse_bf16("not --device " + to_string(request));
  return {request.kind, {}, ""};
}

}  // namespace warp2vec::cli
