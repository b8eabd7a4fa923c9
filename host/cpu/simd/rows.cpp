#include "host/cpu/simd/rows.h"

#include "host/cpu/simd/simd_kernels.h"

namespace warp2vec {

PrivateRows::PrivateRows(MatrixView<float> shared, PrivateRowsPlan plan)
    : shared_(shared),
      max_visits_(plan.visits),
      visits_(static_cast<std::size_t>(plan.rows)),
      copies_(plan.rows, shared.cols),
      merged_(plan.rows, shared.cols) {
  merge();
}

void PrivateRows::merge() {
  for (std::int64_t r = 0; r < copies_.rows(); ++r) merge(r);
}

void PrivateRows::merge(std::int64_t r) {
  float* const shared = shared_.row(r);
  const float weights[] = {1, -1};
  const float* const rows[] = {copies_.row(r), merged_.row(r)};
  simd::add_combination(shared, 1, nullptr, 2, weights, rows, copies_.stride());
  simd::gather(&shared, 1, copies_.stride(), copies_.row(r));
  simd::gather(rows, 1, copies_.stride(), merged_.row(r));
  visits_[static_cast<std::size_t>(r)] = 0;
}

}  // namespace warp2vec
