#pragma once
/// A JSON Lines file that can be followed while it grows.

#include <nlohmann/json_fwd.hpp>

#include <fstream>
#include <string>

namespace warp2vec::cli {

/// One JSON object per line, flushed when written. A failed write does not throw; see complete().
class MetricsFile {
 public:
  /// Writes nowhere.
  MetricsFile() = default;
  /// Opens and empties the file; "" writes nowhere. Throws Error if it cannot be written.
  explicit MetricsFile(const std::string& path);

  void write(const nlohmann::json& object);
  /// False once a write has failed.
  bool complete() const { return complete_; }

 private:
  std::ofstream out_;
  bool complete_ = true;
};

}  // namespace warp2vec::cli
