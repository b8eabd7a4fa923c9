#pragma once
/// Selects the device that trains from the requested and the available ones.

#include <warp2vec/config.h>
#include <warp2vec/cuda.h>

#include "host/cli/flags/device.h"

#include <optional>
#include <string>

namespace warp2vec::cli {

struct DeviceChoice {
  DeviceKind kind = DeviceKind::cpu;  ///< never automatic
  std::optional<CudaDevice> gpu;      ///< if `kind` is cuda
  std::string note;                   ///< one line for the user; may be empty
};

/// `gpus`: from find_gpus(); used only if request.may_be_gpu(). Throws UsageError if a GPU was requested that
/// cannot train this configuration.
DeviceChoice choose_device(const DeviceRequest& request, const Config& config,
                           const std::optional<CudaDevices>& gpus);

}  // namespace warp2vec::cli
