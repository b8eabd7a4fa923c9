#pragma once
/// Rows of the trained matrices that one step reads and moves.

#include <warp2vec/types.h>

#include "hot_rows.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Rows, and what the step of each is multiplied by: learning rate and damping. Rows may repeat.
struct ScaledRows {
  std::vector<float*> rows;
  std::vector<float> scales;

  std::int64_t size() const { return static_cast<std::int64_t>(rows.size()); }
  void clear() {
    rows.clear();
    scales.clear();
  }
  void add(float* row, float scale) {
    rows.push_back(row);
    scales.push_back(scale);
  }
  void add(MatrixView<float> matrix, std::int64_t row, float lr, const HotRows& hot) {
    add(matrix.row(row), lr * hot.factor(row, lr));
  }
};

}  // namespace warp2vec
