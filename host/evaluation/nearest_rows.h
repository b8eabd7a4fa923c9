#pragma once
/// The search for nearest rows: many queries against many rows at once.

#include <warp2vec/keyed_vectors.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace warp2vec {

/// Writes the values of a query, whose length should be about 1, or 0; called by several threads.
using WriteQuery = std::function<void(std::int64_t query, std::span<float> values)>;

/// The rows to be searched under these options. Throws Error if they are out of range.
std::int64_t searched_rows(const KeyedVectors& space, const SearchOptions& options);
/// The threads to search with, at least 1. Throws Error if they are out of range.
int search_threads(int threads);

/// For each query, the `top` of the first `limit` rows of `space` with the highest cosine, computed in
/// double, by decreasing cosine and then by increasing row; all rows if there are fewer. Does not depend on
/// `threads`. Takes about 4 * dim * 128 bytes per thread besides the result.
std::vector<std::vector<NearestRow>> nearest_rows(const KeyedVectors& space, std::int64_t queries,
                                                  const WriteQuery& write_query, std::int64_t top,
                                                  std::int64_t limit, int threads);

}  // namespace warp2vec
