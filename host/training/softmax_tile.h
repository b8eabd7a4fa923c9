#pragma once
/// Selects the centres that full softmax trains from the same values, and how many of them at a time.

#include <warp2vec/config.h>
#include <warp2vec/export.h>
#include <warp2vec/types.h>

#include <cstdint>
#include <span>

namespace warp2vec {

/// Upper bound of softmax_centres().
WARP2VEC_EXPORT std::int32_t max_softmax_centres(const Config& config);

/// Upper bound of the rows that are scored with all words at a time: contexts, or under CBOW one per centre.
std::int32_t max_softmax_rows(const Config& config);

/// Upper bound of the predictions of `centres` centres, each of which a GPU scores with all words.
WARP2VEC_EXPORT std::int64_t max_predictions(const Config& config, std::int64_t centres);

/// Full softmax: the number of a tile's leading `centres` that are trained from the same values; at least
/// one. Under Sharing::tile, these are all centres before the first whose word would occur too often: its row
/// gets the gradients of all of its pairs at once, and lr times their number, over all `threads` concurrent
/// threads, is kept at or below 1.25 (see benchmarks/README.md, "Full softmax"). One under any other rule.
WARP2VEC_EXPORT std::int64_t softmax_centres(std::span<const WordId> centres, const Config& config,
                                             int threads = 1);

}  // namespace warp2vec
