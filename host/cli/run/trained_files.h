#pragma once
/// The files that a training run writes, and what happens if one cannot be written.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cli/flags/train_options.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// Suffix of the files of an unfinished run.
inline constexpr const char* kPartial = ".partial";
/// Suffix of files that could not be written where they were wanted.
inline constexpr const char* kRescued = ".rescued";

/// `path` with `suffix` appended, before .gz and the like, which say how it is written; for a device or a
/// pipe, in the current folder.
std::string with_suffix(const std::string& path, const std::string& suffix);

/// Writes the vectors and, if requested, the model of a run.
class TrainedFiles {
 public:
  /// --output and --save-model of `options`, with `suffix` appended. All arguments must outlive this.
  TrainedFiles(const TrainingData& data, const Embeddings& embeddings, const TrainOptions& options,
               const std::string& suffix, std::chrono::milliseconds pause = std::chrono::seconds(1));

  /// Writes both, trying three times with a pause in between.
  void save();
  /// Why a file could not be written where it was wanted; "" if all were.
  const std::string& failure() const { return failure_; }
  /// Writes what could not be saved to the current folder, or else to the folder for temporary files, as
  /// NAME.rescued. Does not replace files.
  void rescue();
  /// Where the files are: "the vectors WHERE, the model is WHERE". `vectors`: what they are called.
  std::string places(const std::string& vectors) const;

 private:
  struct Part {
    std::string wanted;
    std::function<void(const std::string&)> write;
    std::function<std::vector<std::string>(const std::string&)> files;  ///< that it writes for a path
    std::string place = {};                                             ///< "" until it is written
  };

  bool rescue(Part& part, const std::string& folder);
  void note(const std::string& failure);

  std::vector<Part> parts_;  // the vectors, then the model
  std::chrono::milliseconds pause_;
  std::string failure_;
};

/// After a device failure, saves the vectors of the last checkpoint, if any, as OUTPUT.partial, and likewise
/// the model if requested. Returns a message for the user.
std::string save_last_checkpoint(const TrainingFailed& failure, const TrainingData& data,
                                 const Embeddings& embeddings, const TrainOptions& options,
                                 std::chrono::milliseconds pause = std::chrono::seconds(1));

}  // namespace warp2vec::cli
