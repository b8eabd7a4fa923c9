#pragma once
/// The value of --device.

#include <optional>
#include <string>

namespace warp2vec::cli {

enum class DeviceKind {
  automatic,  ///< the first usable GPU, else the CPU
  cpu,
  cuda,
  reference
};

struct DeviceRequest {
  DeviceKind kind = DeviceKind::automatic;
  std::optional<int> index;  ///< of cuda:N; none means the first usable GPU

  bool may_be_gpu() const { return kind == DeviceKind::automatic || kind == DeviceKind::cuda; }
};

/// "auto", "cpu", "cuda", "cuda:N" or "reference". Throws UsageError for anything else.
DeviceRequest parse_device(const std::string& text);
std::string to_string(DeviceKind kind);
std::string to_string(const DeviceRequest& request);

}  // namespace warp2vec::cli
