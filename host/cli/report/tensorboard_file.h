#pragma once
/// A run's loss, learning rate and speed for TensorBoard.

#include <warp2vec/trainer.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace warp2vec::cli {

/// A file of events in a folder that TensorBoard shows: scalars `loss`, `lr` and `words_per_second` over the
/// trained words, at most one point in a second, besides those at the ends of epochs. TFRecords of Event
/// messages (tensorflow/core/util/event.proto), flushed when written. A failed write does not throw; see
/// failure().
class TensorboardFile {
 public:
  /// Writes nowhere.
  TensorboardFile() = default;
  /// Makes the folder and a new file in it; "" writes nowhere. `resumed_tokens`: of a run that goes on, whose
  /// points behind these, of work that was lost, TensorBoard then leaves out; else 0. Throws Error if they
  /// cannot be made.
  explicit TensorboardFile(const std::string& folder, std::int64_t resumed_tokens = 0);

  void write(const Progress& progress);
  /// Why a write failed, after which nothing more is written; "" if none did.
  const std::string& failure() const { return failure_; }

 private:
  void write_record(std::string_view event);

  std::ofstream out_;
  std::chrono::steady_clock::time_point last_;
  std::string failure_;
};

}  // namespace warp2vec::cli
