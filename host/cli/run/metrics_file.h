#pragma once
/// A JSON Lines file that can be read while it grows.

#include <nlohmann/json_fwd.hpp>

#include <fstream>
#include <string>

namespace warp2vec::cli {

/// One JSON object a line, each flushed as it is written. A write that fails stops nothing: complete() tells.
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
