#pragma once
/// Which device trains: from what was asked for and what there is.

#include <warp2vec/config.h>
#include <warp2vec/cuda.h>

#include "host/cli/flags/device.h"

#include <optional>
#include <string>

namespace warp2vec::cli {

struct DeviceChoice {
  DeviceKind kind = DeviceKind::cpu;  ///< never automatic
  std::optional<CudaDevice> gpu;      ///< if `kind` is cuda
  std::string note;                   ///< one line for the user; "" if there is nothing to say
};

/// `gpus` as find_gpus() gives them; it matters only if request.may_be_gpu(). Throws UsageError if a GPU was
/// asked for and cannot train this.
DeviceChoice choose_device(const DeviceRequest& request, const Config& config,
                           const std::optional<CudaDevices>& gpus);

}  // namespace warp2vec::cli
