#pragma once
/// Draws many negatives at a time.

#include <warp2vec/detail/examples.h>

#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// Draws consecutive negatives; owns the buffers for them.
class NegativeDraws {
 public:
  /// negative_of(draws, alias, owner, n) for n in [first, last); valid until the next call.
  std::span<const WordId> draw(const Draws& draws, const AliasView& alias, std::int64_t owner,
                               std::int32_t first, std::int32_t last);

 private:
  std::vector<std::uint32_t> u32_;
  std::vector<WordId> negatives_;
};

}  // namespace warp2vec
