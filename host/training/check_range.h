#pragma once
/// Ranges of settings.

#include <warp2vec/error.h>

#include <sstream>

namespace warp2vec {

/// Throws Error, naming the flag of the setting, unless low <= value <= high.
template <class T>
void check_range(const char* flag, T value, T low, T high) {
  if (value >= low && value <= high) return;
  std::ostringstream message;
  message << flag << " " << value << " is out of range: expected " << low << " to " << high;
  throw Error(message.str());
}

}  // namespace warp2vec
