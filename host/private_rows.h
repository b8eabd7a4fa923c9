#pragma once
/// One thread's own copies of the rows that all threads move most often.

#include <warp2vec/embeddings.h>

#include <cstdint>

namespace warp2vec {

/// The first `count` rows of a matrix that several threads train without locks: a thread reads and moves
/// copies of them, and merge() exchanges what was learned. Otherwise each of these rows would wander from one
/// processor's cache to the other's at every step. Rows from `count` on are the shared ones.
class PrivateRows {
 public:
  PrivateRows(MatrixView<float> shared, std::int64_t count);

  /// Address of a row, the same for the lifetime of this object.
  float* row(std::int64_t r) { return r < copies_.rows() ? copies_.row(r) : shared_.row(r); }
  /// Adds to the shared rows what this thread has changed since the last merge, and takes over what the
  /// others have.
  void merge();

 private:
  MatrixView<float> shared_;
  Matrix copies_;
  Matrix merged_;  // the copies after the last merge
};

}  // namespace warp2vec
