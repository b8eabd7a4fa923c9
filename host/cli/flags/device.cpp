#include "host/cli/flags/device.h"

#include "host/cli/flags/flags.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace warp2vec::cli {

DeviceRequest parse_device(const std::string& text) {
  for (const DeviceKind kind :
       {DeviceKind::automatic, DeviceKind::cpu, DeviceKind::cuda, DeviceKind::reference})
    if (text == to_string(kind)) return {kind, {}};
  const std::string prefix = "cuda:";
  DeviceRequest request{DeviceKind::cuda};
  for (std::size_t begin = prefix.size(); begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string number = text.starts_with(prefix) ? text.substr(begin, end - begin) : "";
    if (number.empty() ||
        !std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
      request.indices.clear();
      break;
    }
    const int index = parse_number<int>("--device cuda:N:", number);
    if (std::find(request.indices.begin(), request.indices.end(), index) != request.indices.end())
      throw UsageError("--device " + text + ": GPU " + std::to_string(index) + " is given twice");
    request.indices.push_back(index);
    begin = end + 1;
  }
  if (request.indices.empty())
    throw UsageError("--device " + text +
                     " is not known: expected auto, cpu, cuda, cuda:N, cuda:N,M,... or reference");
  return request;
}

int DeviceRequest::count() const {
  return indices.empty() ? std::max(1, gpus) : static_cast<int>(indices.size());
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
  std::string text = to_string(request.kind);
  for (std::size_t i = 0; i < request.indices.size(); ++i)
    text += (i == 0 ? ":" : ",") + std::to_string(request.indices[i]);
  return text;
}

}  // namespace warp2vec::cli
