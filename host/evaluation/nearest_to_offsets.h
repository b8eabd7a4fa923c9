#pragma once
/// The search for analogies: many queries against many words at once.

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

/// Rows by decreasing dot product, ties by increasing row; -1 if there are fewer.
using NearestRows = std::array<std::int64_t, 8>;

/// For each offset, the rows among the first `limit` of `space` that are nearest to unit(b) - unit(a) +
/// unit(c), not excluding a, b and c. The result does not depend on `threads`. Takes about 4 * dim * 128
/// bytes per thread besides the result.
std::vector<NearestRows> nearest_to_offsets(const KeyedVectors& space, std::int64_t limit,
                                            std::span<const Offset> offsets, int threads);

}  // namespace warp2vec
