#pragma once
/// The windows of consecutive centres under CBOW on the CPU: H = A X, and X += B' dH (host/reference/cbow.h).
/// A and B are banded: a window is a range of the elements without its centre, so its sum is a difference of
/// running sums, and what it adds to its contexts changes only where it begins and ends. Both take about
/// three rows a centre, however wide the windows are.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cpu_batch.h"
#include "host/cpu/simd/rows.h"
#include "host/cpu/simd/simd_kernels.h"
#include "host/cpu/simd/trained_matrices.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

class CbowWindows {
 public:
  /// Lists the windows of centres [begin, end) of the batch.
  void list(const CpuBatch& batch, const Config& config, std::int64_t begin, std::int64_t end,
            Embeddings& embeddings);
  /// The scales of the contexts' updates.
  void damp(const TrainedMatrix& matrix, float lr) { contexts_.damp(matrix, lr); }
  void prefetch(std::int64_t stride) const;

  /// The centres that have contexts, as elements of the batch: row h of H and of dH is centres()[h]'s.
  const std::vector<std::int64_t>& centres() const { return centres_; }
  std::int64_t size() const { return static_cast<std::int64_t>(centres_.size()); }

  /// Room for the running sums of the windows of up to this many centres.
  static Matrix running_sums(const Config& config, std::int32_t centres) {
    return {2 * std::int64_t{config.window} + centres + 1, simd::kWindowSums};
  }
  /// H = A X, in the first size() rows.
  void hidden(Matrix& sums, Matrix& h) const;
  /// X += lr a B' dH, with a's damping. A centre without contexts that other windows surround is itself
  /// changed by their rounding errors.
  void update_contexts(const Matrix& h_updates, Matrix& sums) const;

 private:
  simd::Windows windows() const { return {windows_.data(), size(), contexts_.size()}; }

  std::vector<std::int64_t> centres_;
  std::vector<simd::Window> windows_;  // of each, among contexts_
  ScaledRows contexts_;                // the elements that the windows cover
  // Of each element, by how much more pairs the windows add to it than to the one before, and those of the
  // window that it is the centre of.
  std::vector<float> more_pairs_;
  std::vector<float> own_pairs_;
};

}  // namespace warp2vec
