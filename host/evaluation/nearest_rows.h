#pragma once
/// The search for nearest rows: many queries against many rows at once.

#include <warp2vec/keyed_vectors.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace warp2vec {

/// Rows of such lengths have products that floats can add. An exact search ranks others without choosing
/// them.
inline bool is_ordinary(double squared_length) { return squared_length >= 1e-36 && squared_length <= 1e36; }

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

/// The same under these options, with their index if there is one and enough vectors to be worth it. Throws
/// Error for options out of range and for an index of other vectors.
std::vector<std::vector<NearestRow>> nearest_rows(const KeyedVectors& space, std::int64_t queries,
                                                  const WriteQuery& write_query, std::int64_t top,
                                                  const SearchOptions& options);

}  // namespace warp2vec
