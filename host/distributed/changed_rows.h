#pragma once
/// Which rows of the parameters have changed since they were merged: the others need not be.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace warp2vec {

/// A mark for each row of a matrix.
class ChangedRows {
 public:
  explicit ChangedRows(std::int64_t rows) : marks_(static_cast<std::size_t>(rows)) {}

  /// From any thread. A row that is marked already stays in the caches of all cores.
  void mark(std::int64_t row) {
    std::atomic<std::uint8_t>& mark = marks_[static_cast<std::size_t>(row)];
    if (mark.load(std::memory_order_relaxed) == 0) mark.store(1, std::memory_order_relaxed);
  }
  /// A bit for each of the first `rows` rows, row r's in byte r / 8 at 1 << (r % 8), and removes their marks.
  /// When no other thread marks.
  std::vector<std::uint8_t> take(std::int64_t rows) {
    std::vector<std::uint8_t> bits(static_cast<std::size_t>((rows + 7) / 8));
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r)
      if (marks_[r].load(std::memory_order_relaxed) != 0) {
        bits[r / 8] = static_cast<std::uint8_t>(bits[r / 8] | 1U << (r % 8));
        marks_[r].store(0, std::memory_order_relaxed);
      }
    return bits;
  }

 private:
  std::vector<std::atomic<std::uint8_t>> marks_;
};

/// Those of Embeddings; none for a matrix of which all rows are taken to have changed.
struct ChangedParameters {
  std::optional<ChangedRows> input;
  std::optional<ChangedRows> output;
  std::optional<ChangedRows> nodes;
};

}  // namespace warp2vec
