#pragma once
/// The search behind analogies: many queries against many words at once.

#include <warp2vec/evaluate.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// Rows of the question "a is to b as c is to ?".
struct Offset {
  std::int64_t a, b, c;
};

/// Rows by falling dot product, equal ones by rising row; -1 where there are fewer.
using NearestRows = std::array<std::int64_t, 8>;

/// For each offset the rows among the first `limit` of `space` that are nearest to unit(b) - unit(a) +
/// unit(c), a, b and c not left out. The result does not depend on `threads`. Besides it, takes about 4 *
/// dim * 128 bytes per thread.
std::vector<NearestRows> nearest_to_offsets(const KeyedVectors& space, std::int64_t limit,
                                            std::span<const Offset> offsets, int threads);

}  // namespace warp2vec
