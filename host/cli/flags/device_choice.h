#pragma once
/// Selects the device that trains from the requested and the available ones.

#include <warp2vec/config.h>
#include <warp2vec/cuda.h>

#include "host/cli/flags/device.h"

#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {

struct DeviceChoice {
  DeviceKind kind = DeviceKind::cpu;  ///< never automatic
  std::vector<CudaDevice> gpus;       ///< that train together, if `kind` is cuda
  std::string note;                   ///< one line for the user; may be empty
};

/// The request of a process that trains together with others of this machine, of which it is number
/// `local_rank` of `local_size`: if no GPU is named, one of its own. Throws Error if there are fewer GPUs.
DeviceRequest own_gpu(DeviceRequest request, const std::optional<CudaDevices>& gpus, int local_rank,
                      int local_size);

/// `gpus`: from find_gpus(); used only if request.may_be_gpu(). Throws UsageError if a GPU was requested that
/// cannot train this configuration.
DeviceChoice choose_device(const DeviceRequest& request, const Config& config,
                           const std::optional<CudaDevices>& gpus);

}  // namespace warp2vec::cli
