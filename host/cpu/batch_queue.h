#pragma once
/// Decides which batch a worker trains next.

#include <warp2vec/trainer.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <vector>

namespace warp2vec {

/// Waiting batches, and those in training. Adjacent batches are never trained at the same time: a text
/// repeats the words of its topic, and if the end of one batch and the beginning of the next update the same
/// rows from the same values, neither's damping accounts for the other's pairs. The full softmax has no
/// damping, and its batches take so long that few should wait, for a run to stop soon. Not synchronised.
class BatchQueue {
 public:
  /// `apart`: adjacent batches are not trained at the same time.
  explicit BatchQueue(int workers, bool apart = true)
      : apart_(apart), workers_(static_cast<std::size_t>(workers)) {}

  /// If batches are kept apart, with so many waiting one is always ready(): each of the other workers blocks
  /// at most two. Else none waits for long.
  bool full() const {
    return apart_ ? waiting_.size() >= 2 * workers_ : waiting_.size() + training_.size() >= workers_;
  }
  bool empty() const { return waiting_.empty(); }
  bool idle() const { return waiting_.empty() && training_.empty(); }
  /// Whether a waiting batch may be trained now.
  bool ready() const { return next() != waiting_.end(); }

  void add(const Batch& batch) { waiting_.push_back(batch); }
  /// Takes the first waiting batch that may be trained. Requires ready().
  Batch take() {
    const auto taken = next();
    training_.push_back(*taken);
    waiting_.erase(taken);
    return training_.back();
  }
  /// `batch`: from take().
  void finish(const Batch& batch) {
    training_.erase(std::find_if(training_.begin(), training_.end(),
                                 [&](const Batch& other) { return other.first == batch.first; }));
  }
  /// Drops the waiting batches.
  void clear() { waiting_.clear(); }

 private:
  bool exclude_each_other(const Batch& a, const Batch& b) const {
    return apart_ && (a.last == b.first || b.last == a.first);
  }

  std::deque<Batch>::const_iterator next() const {
    return std::find_if(waiting_.begin(), waiting_.end(), [&](const Batch& batch) {
      return std::none_of(training_.begin(), training_.end(),
                          [&](const Batch& other) { return exclude_each_other(batch, other); });
    });
  }

  bool apart_;
  std::size_t workers_;
  std::deque<Batch> waiting_;
  std::vector<Batch> training_;
};

}  // namespace warp2vec
