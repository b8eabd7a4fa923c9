#include "host/sampling/negative_draws.h"

#include "host/sampling/simd_draws.h"

namespace warp2vec {

std::span<const WordId> NegativeDraws::draw(const Draws& draws, const AliasView& alias, std::int64_t owner,
                                            std::int32_t first, std::int32_t last) {
  const std::int32_t first_block = first / 2;
  const std::int64_t blocks = (last + 1) / 2 - first_block;
  u32_.resize(static_cast<std::size_t>(simd::room_for_blocks(blocks)));
  simd::draw_subs(draws, Stream::negative, static_cast<std::uint64_t>(owner),
                  static_cast<std::uint32_t>(first_block), blocks, u32_.data());
  negatives_.resize(static_cast<std::size_t>(last - first));
  const std::uint32_t* u32 = u32_.data() + 2 * (std::int64_t{first} - 2 * std::int64_t{first_block});
  for (WordId& negative : negatives_) {
    negative = alias.draw(u32[0], u32[1]);
    u32 += 2;
  }
  return negatives_;
}

}  // namespace warp2vec
