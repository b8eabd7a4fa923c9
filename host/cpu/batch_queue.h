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
/// rows from the same values, neither's damping accounts for the other's pairs. Not synchronised.
class BatchQueue {
 public:
  explicit BatchQueue(int workers) : workers_(static_cast<std::size_t>(workers)) {}

  /// With so many waiting one is always ready(): each of the other workers blocks at most two.
  bool full() const { return waiting_.size() >= 2 * workers_; }
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
  static bool neighbours(const Batch& a, const Batch& b) { return a.last == b.first || b.last == a.first; }

  std::deque<Batch>::const_iterator next() const {
    return std::find_if(waiting_.begin(), waiting_.end(), [&](const Batch& batch) {
      return std::none_of(training_.begin(), training_.end(),
                          [&](const Batch& other) { return neighbours(batch, other); });
    });
  }

  std::size_t workers_;
  std::deque<Batch> waiting_;
  std::vector<Batch> training_;
};

}  // namespace warp2vec
