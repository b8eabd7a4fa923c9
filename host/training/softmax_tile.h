#pragma once
/// Which centres the full softmax trains from the same values.

#include <warp2vec/config.h>
#include <warp2vec/types.h>

#include <cstdint>
#include <span>

namespace warp2vec {

/// The most centres that softmax_centres() returns.
std::int32_t most_softmax_centres(const Config& config);

/// Full softmax: how many of a tile's `centres`, the first ones, are trained from the same values; at least
/// one. Under Sharing::tile all up to the one whose word would be there too often: its rows get the gradients
/// of all of its pairs at once, and lr times these, on each of `threads` threads that train at the same time,
/// is kept at 1.25 or below (see benchmarks/README.md, "Full softmax"). Under any other rule one.
std::int64_t softmax_centres(std::span<const WordId> centres, const Config& config, int threads = 1);

}  // namespace warp2vec
