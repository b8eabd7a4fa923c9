#pragma once
/// Rows of the trained matrices that one step reads and moves.

#include <warp2vec/types.h>

#include "host/training/hot_rows.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
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
    places_.clear();
  }
  /// Adds row `number` at `row`, which gets the gradients of `pairs` pairs here.
  void add(float* row, std::int64_t number, float pairs) {
    rows.push_back(row);
    places_.push_back(
        {static_cast<std::uint32_t>(number), pairs});  // row_of() a WordId, or a node of as many
  }
  /// Adds pairs to the row that was added as number `i`.
  void add_pairs(std::size_t i, float pairs) { places_[i].pairs += pairs; }

  /// Finds the scales. Equal rows share the sum of their pairs; it is counted exactly only for rows of which
  /// cheap upper bounds say that they may be damped: in ordinary text for hardly any.
  void damp(const HotRows& hot, float lr) {
    scales.assign(rows.size(), lr);
    const HotView view = hot.view();
    const auto own_undamped = [&](std::uint32_t pairs) {
      return view.factor(view.size, static_cast<float>(pairs), lr) == 1.0F;
    };
    std::uint32_t all = 0;
    for (const Place& place : places_) all += place.most();
    if (view.size == 0 && own_undamped(all)) return;
    buckets_.fill(0);
    for (const Place& place : places_) bucket(place) += place.most();
    std::uint32_t most = 0;
    for (const std::uint32_t pairs : buckets_) most = std::max(most, pairs);
    const bool only_elsewhere = own_undamped(most);
    if (view.size == 0 && only_elsewhere) return;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const std::int64_t number = places_[i].number;
      if (only_elsewhere && number >= view.size) continue;
      if (view.factor(number, static_cast<float>(bucket(places_[i])), lr) != 1.0F)
        scales[i] = lr * view.factor(number, pairs_of(places_[i].number), lr);
    }
  }

 private:
  struct Place {
    std::uint32_t number;
    float pairs;

    std::uint32_t most() const { return static_cast<std::uint32_t>(static_cast<std::int64_t>(pairs)) + 1; }
  };

  std::uint32_t& bucket(const Place& place) { return buckets_[place.number % buckets_.size()]; }
  float pairs_of(std::uint32_t number) const {
    float sum = 0;
    for (const Place& place : places_) sum += place.number == number ? place.pairs : 0.0F;
    return sum;
  }

  std::vector<Place> places_;
  std::array<std::uint32_t, 512> buckets_{};  // sums over rows of the same number modulo their size
};

}  // namespace warp2vec
