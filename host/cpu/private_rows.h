#pragma once
/// One thread's own copies of the rows that all threads move most often.

#include <warp2vec/embeddings.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {

/// Which rows a thread keeps copies of, and for how long.
struct PrivateRowsPlan {
  std::int64_t rows = 0;    ///< the first of the matrix
  std::int32_t visits = 1;  ///< of a row until it is merged
};

/// The first rows of a matrix that several threads train without locks: a thread reads and moves copies of
/// them, and exchanges what was learned with the shared row after a number of visits. Otherwise each of these
/// rows would wander from one processor's cache to the other's at every step. All other rows are the shared
/// ones.
class PrivateRows {
 public:
  PrivateRows(MatrixView<float> shared, PrivateRowsPlan plan);

  /// Address of a row that is about to be trained, the same for the lifetime of this object.
  float* visit(std::int64_t r) {
    if (r >= copies_.rows()) return shared_.row(r);
    if (++visits_[static_cast<std::size_t>(r)] >= most_visits_) merge(r);
    return copies_.row(r);
  }
  /// Merges all rows.
  void merge();

 private:
  // Adds to the shared row what this thread has changed since the last merge, and takes over what the others
  // have.
  void merge(std::int64_t r);

  MatrixView<float> shared_;
  std::int32_t most_visits_;
  std::vector<std::int32_t> visits_;  // since the last merge
  Matrix copies_;
  Matrix merged_;  // the copies after the last merge
};

}  // namespace warp2vec
