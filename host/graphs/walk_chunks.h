#pragma once
/// Walks, many at a time.

#include <warp2vec/graph.h>

#include "host/io/turns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace warp2vec {

/// Consecutive walks.
struct WalkChunk {
  std::vector<std::int32_t> nodes;
  std::vector<std::size_t> ends;  ///< of each walk in `nodes`
};

/// Walks [begin, end).
struct WalkRange {
  std::int64_t begin;
  std::int64_t end;
};

/// Makes walks on up to `threads` threads, and calls commit(WalkChunk) in their order, never concurrently.
template <class Commit>
void make_walks(const Walks& walks, WalkRange range, int threads, const GraphProgress& progress,
                const Commit& commit) {
  // In a chunk, which takes less than 0.1 s.
  constexpr std::int64_t kMostWalks = 256;
  constexpr std::int64_t kNodes = std::int64_t{1} << 17;
  const std::int64_t together =
      std::clamp<std::int64_t>(kNodes / walks.settings().walk_length, 1, kMostWalks);
  std::int64_t done = 0;
  make_in_order<WalkChunk>((range.end - range.begin + together - 1) / together, threads,
                           [&walks, range, together](std::int64_t task, WalkChunk& chunk) {
                             chunk.nodes.clear();
                             chunk.ends.clear();
                             const std::int64_t first = range.begin + task * together;
                             walks.append(first, std::min(range.end, first + together), chunk.nodes,
                                          chunk.ends);
                           },
                           [&](const WalkChunk& chunk) {
                             commit(chunk);
                             done += std::ssize(chunk.ends);
                             if (progress) progress(done);
                           });
}

}  // namespace warp2vec
