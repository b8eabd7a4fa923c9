#pragma once
/// The rows that a CPU thread reads and updates: its own copies of the hottest (PrivateRows), the rows of one
/// tile with their learning rates (ScaledRows), and contexts as operands of matrix products (ContextCopies).

#include <warp2vec/embeddings.h>
#include <warp2vec/types.h>

#include "host/cpu/simd_kernels.h"
#include "host/training/hot_rows.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {

/// Which rows a thread keeps copies of, and for how long.
struct PrivateRowsPlan {
  std::int64_t rows = 0;    ///< the first of the matrix
  std::int32_t visits = 1;  ///< of a row until it is merged
};

/// The first rows of a matrix that several threads train without locks: a thread reads and updates copies of
/// them, and exchanges what was learned with the shared row after a number of visits. Otherwise each of these
/// rows would wander from one processor's cache to the other's at every step. All other rows are the shared
/// ones.
class PrivateRows {
 public:
  PrivateRows(MatrixView<float> shared, PrivateRowsPlan plan);

  /// Address of a row that is about to be trained, so many times in turn; the same for the lifetime of this
  /// object.
  float* visit(std::int64_t r, std::int32_t times = 1) {
    if (r >= copies_.rows()) return shared_.row(r);
    if ((visits_[static_cast<std::size_t>(r)] += times) >= most_visits_) merge(r);
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

  /// Whether no two rows are equal, as far as that is quickly told: not for more than 32.
  bool all_different() const {
    constexpr std::size_t kMost = 32;
    if (places_.size() > kMost) return false;
    for (std::size_t i = 0; i < places_.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (places_[i].number == places_[j].number) return false;
    return true;
  }
  /// damp() where no rows are equal.
  void damp_different(const HotRows& hot, float lr) {
    scales.clear();
    for (const Place& place : places_) scales.push_back(lr * hot.factor(place.number, place.pairs, lr));
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

inline simd::Operand rows_of(const Matrix& matrix, std::int64_t first = 0) {
  return {matrix.row(first), matrix.stride(), 1};
}
inline simd::Operand transpose_of(const Matrix& matrix, std::int64_t first = 0) {
  return {matrix.row(first), 1, matrix.stride()};
}

/// Copies of up to `capacity` rows, as they are and transposed.
struct ContextCopies {
  Matrix rows;     ///< capacity x dim
  Matrix columns;  ///< dim x capacity

  ContextCopies() = default;
  ContextCopies(std::int64_t capacity, std::int32_t dim)
      : rows(simd::padded(capacity), dim),
        columns(Matrix::padded(dim), static_cast<std::int32_t>(simd::padded(capacity))) {}

  void take(const std::vector<float*>& from) {
    const auto count = static_cast<std::int64_t>(from.size());
    simd::gather(from.data(), count, rows.stride(), rows.row(0));
    simd::transpose(rows.row(0), rows.stride(), (count + 3) / 4 * 4, rows.stride(), columns.row(0),
                    columns.stride());
  }
};

}  // namespace warp2vec
