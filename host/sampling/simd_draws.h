#pragma once
/// The draws of random.h, bit for bit, many at a time; compiled for several instruction sets and dispatched
/// at run time (Google Highway).

#include <warp2vec/detail/random.h>

#include <cstdint>

namespace warp2vec::simd {

/// Philox blocks are drawn this many at a time: buffers have room for a multiple of it.
inline constexpr std::int64_t kBlocksAtOnce = 8;

/// Size of a buffer for `blocks` Philox blocks, in draws.
constexpr std::int64_t room_for_blocks(std::int64_t blocks) {
  return 4 * ((blocks + kBlocksAtOnce - 1) / kBlocksAtOnce * kBlocksAtOnce);
}

/// out[4 * i + j] = draws.block(stream, first + i).w[j], that is draws.u32(stream, 4 * first + 4 * i + j).
void draw_indices(const Draws& draws, Stream stream, std::uint64_t first, std::int64_t blocks,
                  std::uint32_t* out);

/// out[4 * i + j] = draws.block(stream, index, first_sub + i).w[j].
void draw_subs(const Draws& draws, Stream stream, std::uint64_t index, std::uint32_t first_sub,
               std::int64_t blocks, std::uint32_t* out);

}  // namespace warp2vec::simd
