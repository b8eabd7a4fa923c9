#pragma once
/// A JSON Lines file that can be followed while it is being written.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <fstream>
#include <string>

namespace warp2vec::cli {

/// One JSON object per line, flushed when written. A failed write does not throw; see failure().
class MetricsFile {
 public:
  /// Writes nowhere.
  MetricsFile() = default;
  /// Opens the file, and empties it unless `append` is set; "" writes nowhere. Throws Error if it cannot be
  /// written.
  explicit MetricsFile(const std::string& path, bool append = false);

  /// Removes the progress of a run after `tokens` trained tokens, and everything that follows it: work that
  /// was lost and will be repeated. Returns the number of lines removed. Throws Error if the file contains
  /// anything other than metrics; only its last line may be incomplete, and is then removed too.
  std::int64_t cut_behind(std::int64_t tokens);

  void write(const nlohmann::json& object);
  /// Why a write failed, after which nothing more is written; "" if none did.
  const std::string& failure() const { return failure_; }

 private:
  std::string path_;
  std::ofstream out_;
  std::string failure_;
};

}  // namespace warp2vec::cli
