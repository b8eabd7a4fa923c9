#pragma once
/// The value of --device.

#include <string>
#include <vector>

namespace warp2vec::cli {

enum class DeviceKind {
  automatic,  ///< the first usable GPU, else the CPU
  cpu,
  cuda,
  reference
};

struct DeviceRequest {
  DeviceKind kind = DeviceKind::automatic;
  std::vector<int> indices = {};  ///< of cuda:N,M,...; none means the first usable GPUs
  int gpus = 0;                   ///< of --gpus: how many of those; 0 = not given

  /// How many GPUs train together, if it is not a CPU that trains.
  int count() const;
  bool may_be_gpu() const { return kind == DeviceKind::automatic || kind == DeviceKind::cuda; }
};

/// "auto", "cpu", "cuda", "cuda:N", "cuda:N,M,..." or "reference". Throws UsageError for anything else.
DeviceRequest parse_device(const std::string& text);
std::string to_string(DeviceKind kind);
std::string to_string(const DeviceRequest& request);

}  // namespace warp2vec::cli
