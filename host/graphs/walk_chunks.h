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

/// Makes all walks on up to `threads` threads, and calls commit(WalkChunk) in their order, never
/// concurrently.
template <class Commit>
void make_walks(const Walks& walks, int threads, const GraphProgress& progress, const Commit& commit) {
  // In a chunk, which takes less than 0.1 s.
  constexpr std::int64_t kMostWalks = 256;
  constexpr std::int64_t kNodes = std::int64_t{1} << 17;
  const std::int64_t together =
      std::clamp<std::int64_t>(kNodes / walks.settings().walk_length, 1, kMostWalks);
  std::int64_t done = 0;
  make_in_order<WalkChunk>((walks.size() + together - 1) / together, threads,
                           [&walks, together](std::int64_t task, WalkChunk& chunk) {
                             chunk.nodes.clear();
                             chunk.ends.clear();
                             walks.append(task * together, std::min(walks.size(), (task + 1) * together),
                                          chunk.nodes, chunk.ends);
                           },
                           [&](const WalkChunk& chunk) {
                             commit(chunk);
                             done += std::ssize(chunk.ends);
                             if (progress) progress(done);
                           });
}

}  // namespace warp2vec
