#include "private_rows.h"

#include "simd_kernels.h"

namespace warp2vec {

PrivateRows::PrivateRows(MatrixView<float> shared, std::int64_t count)
    : shared_(shared), copies_(count, shared.cols), merged_(count, shared.cols) {
  merge();
}

void PrivateRows::merge() {
  for (std::int64_t r = 0; r < copies_.rows(); ++r) {
    float* const shared = shared_.row(r);
    const float weights[] = {1, -1};
    const float* const rows[] = {copies_.row(r), merged_.row(r)};
    simd::add_combination(shared, 1, nullptr, 2, weights, rows, copies_.stride());
    simd::gather(&shared, 1, copies_.stride(), copies_.row(r));
    simd::gather(&shared, 1, copies_.stride(), merged_.row(r));
  }
}

}  // namespace warp2vec
