#include "host/cli/flags/device.h"

#include "host/cli/flags/flags.h"

#include <algorithm>
#include <cctype>

namespace warp2vec::cli {

DeviceRequest parse_device(const std::string& text) {
  for (const DeviceKind kind :
       {DeviceKind::automatic, DeviceKind::cpu, DeviceKind::cuda, DeviceKind::reference})
    if (text == to_string(kind)) return {kind, {}};
  const std::string prefix = "cuda:";
  const std::string number = text.starts_with(prefix) ? text.substr(prefix.size()) : "";
  if (number.empty() ||
      !std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; }))
    throw UsageError("--device " + text + " is not known: expected auto, cpu, cuda, cuda:N or reference");
  return {DeviceKind::cuda, parse_number<int>("--device cuda:N:", number)};
}

std::string to_string(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::automatic:
      return "auto";
    case DeviceKind::cpu:
      return "cpu";
    case DeviceKind::cuda:
      return "cuda";
    case DeviceKind::reference:
      break;
  }
  return "reference";
}

std::string to_string(const DeviceRequest& request) {
  return to_string(request.kind) + (request.index ? ":" + std::to_string(*request.index) : "");
}

}  // namespace warp2vec::cli
