#pragma once
/// The windows of consecutive centres under CBOW on the CPU: H = A X, and X += B' dH (host/reference/cbow.h).
/// A is banded, so both are sums over the few contexts of a window, or windows of a context, that interact.

#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cpu_batch.h"
#include "host/cpu/simd/rows.h"
#include "host/training/hot_rows.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {

class CbowWindows {
 public:
  /// Lists the windows of centres [begin, end) of the batch. `updates`: where the rows of dH will be, as many
  /// as there are centres.
  void list(const CpuBatch& batch, const Config& config, std::int64_t begin, std::int64_t end,
            Embeddings& embeddings, Matrix& updates);
  /// The scales of the contexts' updates.
  void damp(const HotRows& hot, float lr) { contexts_.damp(hot, lr); }
  void prefetch(std::int64_t stride) const;

  /// The centres that have contexts, as elements of the batch: row h of H and of dH is centres()[h]'s.
  const std::vector<std::int64_t>& centres() const { return centres_; }
  std::int64_t size() const { return static_cast<std::int64_t>(centres_.size()); }

  /// H = A X, in the first size() rows.
  void hidden(Matrix& h) const;
  /// X += lr a B' dH, with a's damping.
  void update_contexts(std::int64_t stride) const;

 private:
  struct Window {
    std::int64_t begin;   ///< its first element, among contexts_
    std::int64_t size;    ///< with the centre
    std::int64_t centre;  ///< from `begin` on
    float weight;         ///< of each context
  };

  std::vector<std::int64_t> centres_;
  std::vector<Window> windows_;  // of each
  // The elements that the windows cover, and of each, counts_[c] of room_ places from c * room_ on, the
  // windows that it is a context of:
  ScaledRows contexts_;
  std::vector<std::uint32_t> counts_;
  std::size_t room_ = 0;
  std::vector<const float*> update_rows_;
  std::vector<float> update_weights_;
};

}  // namespace warp2vec
