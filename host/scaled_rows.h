#pragma once
/// Rows of the trained matrices that one step reads and moves.

#include <warp2vec/types.h>

#include "hot_rows.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace warp2vec {

/// Rows of one matrix, and what the step of each is multiplied by: learning rate and damping. Rows may
/// repeat.
class ScaledRows {
 public:
  std::vector<float*> rows;
  std::vector<float> scales;  ///< after damp()

  std::int64_t size() const { return static_cast<std::int64_t>(rows.size()); }
  void clear() {
    rows.clear();
    numbers_.clear();
    pairs_.clear();
  }
  /// Adds row `number` at `row`, which gets the gradients of `pairs` pairs here.
  void add(float* row, std::int64_t number, float pairs) {
    rows.push_back(row);
    numbers_.push_back(number);
    pairs_.push_back(pairs);
  }
  /// Adds pairs to the row that was added as number `i`.
  void add_pairs(std::size_t i, float pairs) { pairs_[i] += pairs; }

  /// Finds the scales. Equal rows share the sum of their pairs; it is counted exactly only for rows of which
  /// cheap upper bounds say that they may be damped.
  void damp(const HotRows& hot, float lr) {
    scales.assign(rows.size(), lr);
    const float all = std::accumulate(pairs_.begin(), pairs_.end(), 0.0F);
    const HotView view = hot.view();
    if (view.size == 0 && view.factor(0, all, lr) == 1.0F) return;
    buckets_.fill(0);
    for (std::size_t i = 0; i < rows.size(); ++i) bucket(i) += pairs_[i];
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (view.factor(numbers_[i], bucket(i), lr) != 1.0F)
        scales[i] = lr * view.factor(numbers_[i], pairs_of(numbers_[i]), lr);
  }

 private:
  float& bucket(std::size_t i) { return buckets_[static_cast<std::size_t>(numbers_[i]) % buckets_.size()]; }
  float pairs_of(std::int64_t number) const {
    float sum = 0;
    for (std::size_t i = 0; i < numbers_.size(); ++i) sum += numbers_[i] == number ? pairs_[i] : 0.0F;
    return sum;
  }

  std::vector<std::int64_t> numbers_;
  std::vector<float> pairs_;
  std::array<float, 512> buckets_{};  // sums over all rows of the same number modulo their size
};

}  // namespace warp2vec
