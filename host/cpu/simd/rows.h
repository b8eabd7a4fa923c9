#pragma once
/// The rows that a CPU thread reads and updates: its own copies of the hottest (PrivateRows), the rows of one
/// tile with their learning rates (ScaledRows), and contexts as operands of matrix products (ContextCopies).

#include <warp2vec/embeddings.h>
#include <warp2vec/types.h>

#include "host/cpu/simd/simd_kernels.h"
#include "host/cpu/simd/trained_matrices.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {

/// Which rows a thread copies, and how often it merges them.
struct PrivateRowsPlan {
  std::int64_t rows = 0;    ///< the first rows of the matrix
  std::int32_t visits = 1;  ///< number of visits of a row until it is merged
};

/// Private copies of the first rows of a matrix that several threads train without locks. A thread reads and
/// updates its copy and merges it with the shared row after a number of visits; otherwise each of these rows
/// would move from one core's cache to another's at every update. All other rows are used in place.
class PrivateRows {
 public:
  PrivateRows(MatrixView<float> shared, PrivateRowsPlan plan);

  /// Address of a row that is about to be trained `times` times; constant for the lifetime of this object.
  float* visit(std::int64_t r, std::int32_t times = 1) {
    if (r >= copies_.rows()) return shared_.row(r);
    if ((visits_[static_cast<std::size_t>(r)] += times) >= max_visits_) merge(r);
    return copies_.row(r);
  }
  /// Merges all rows.
  void merge();

 private:
  // Adds this thread's changes since the last merge to the shared row, then copies the shared row.
  void merge(std::int64_t r);

  MatrixView<float> shared_;
  std::int32_t max_visits_;
  std::vector<std::int32_t> visits_;  // since the last merge
  Matrix copies_;
  Matrix merged_;  // the copies after the last merge
};

/// Rows of one matrix, and the scale of each one's update: learning rate times damping. Rows may repeat.
class ScaledRows {
 public:
  std::vector<float*> rows;
  std::vector<float> scales;  ///< after damp()

  std::int64_t size() const { return static_cast<std::int64_t>(rows.size()); }
  void clear() {
    rows.clear();
    occurrences_.clear();
  }
  /// Adds row `number`, stored at `row`, which is in `pairs` pairs here.
  void add(float* row, std::int64_t number, float pairs) {
    rows.push_back(row);
    occurrences_.push_back(
        {static_cast<std::uint32_t>(number), pairs});  // row_of() a WordId, or a node: both fit
  }
  /// Adds pairs to the i-th added row.
  void add_pairs(std::size_t i, float pairs) { occurrences_[i].pairs += pairs; }

  /// Computes the scales, and marks the rows as changed. Equal rows share the sum of their pairs, which is
  /// counted exactly only for rows that may be damped according to cheap upper bounds: in ordinary text for
  /// hardly any.
  void damp(const TrainedMatrix& matrix, float lr) {
    mark(matrix);
    scales.assign(rows.size(), lr);
    const HotView view = matrix.hot();
    const auto own_undamped = [&](std::uint32_t pairs) {
      return view.factor(view.size, static_cast<float>(pairs), lr) == 1.0F;
    };
    std::uint32_t all = 0;
    for (const Occurrence& o : occurrences_) all += o.upper_bound();
    if (view.size == 0 && own_undamped(all)) return;
    buckets_.fill(0);
    for (const Occurrence& o : occurrences_) bucket(o) += o.upper_bound();
    std::uint32_t most = 0;
    for (const std::uint32_t pairs : buckets_) most = std::max(most, pairs);
    const bool only_elsewhere = own_undamped(most);
    if (view.size == 0 && only_elsewhere) return;
    for (std::size_t i = 0; i < occurrences_.size(); ++i) {
      const std::int64_t number = occurrences_[i].number;
      if (only_elsewhere && number >= view.size) continue;
      if (view.factor(number, static_cast<float>(bucket(occurrences_[i])), lr) != 1.0F)
        scales[i] = lr * view.factor(number, pairs_of(occurrences_[i].number), lr);
    }
  }

  /// Whether all rows are distinct; false for more than 32 rows, without looking.
  bool all_distinct() const {
    constexpr std::size_t kMax = 32;
    if (occurrences_.size() > kMax) return false;
    for (std::size_t i = 0; i < occurrences_.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (occurrences_[i].number == occurrences_[j].number) return false;
    return true;
  }
  /// damp() for distinct rows.
  void damp_distinct(const TrainedMatrix& matrix, float lr) {
    mark(matrix);
    const HotView view = matrix.hot();
    scales.clear();
    for (const Occurrence& o : occurrences_) scales.push_back(lr * view.factor(o.number, o.pairs, lr));
  }

 private:
  struct Occurrence {
    std::uint32_t number;
    float pairs;

    std::uint32_t upper_bound() const {
      return static_cast<std::uint32_t>(static_cast<std::int64_t>(pairs)) + 1;
    }
  };

  void mark(const TrainedMatrix& matrix) const {
    if (ChangedRows* const changed = matrix.changed())
      for (const Occurrence& o : occurrences_) changed->mark(o.number);
  }
  std::uint32_t& bucket(const Occurrence& o) { return buckets_[o.number % buckets_.size()]; }
  float pairs_of(std::uint32_t number) const {
    float sum = 0;
    for (const Occurrence& o : occurrences_) sum += o.number == number ? o.pairs : 0.0F;
    return sum;
  }

  std::vector<Occurrence> occurrences_;
  std::array<std::uint32_t, 512> buckets_{};  // sums of pairs over rows equal modulo its size
};

inline simd::Operand rows_of(const Matrix& matrix, std::int64_t first = 0) {
  return {matrix.row(first), matrix.stride(), 1};
}
inline simd::Operand transpose_of(const Matrix& matrix, std::int64_t first = 0) {
  return {matrix.row(first), 1, matrix.stride()};
}

/// Copies of up to `capacity` rows, and their transpose.
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
    transpose(count);
  }
  /// Makes `columns` the transpose of the first `count` rows.
  void transpose(std::int64_t count) {
    simd::transpose(rows.row(0), rows.stride(), (count + 3) / 4 * 4, rows.stride(), columns.row(0),
                    columns.stride());
  }
};

}  // namespace warp2vec
