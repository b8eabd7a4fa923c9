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
  constexpr std::int64_t kWalks = 256;  // in a chunk
  std::int64_t done = 0;
  make_in_order<WalkChunk>((walks.size() + kWalks - 1) / kWalks, threads,
                           [&walks](std::int64_t task, WalkChunk& chunk) {
                             chunk.nodes.clear();
                             chunk.ends.clear();
                             walks.append(task * kWalks, std::min(walks.size(), (task + 1) * kWalks),
                                          chunk.nodes, chunk.ends);
                           },
                           [&](const WalkChunk& chunk) {
                             commit(chunk);
                             done += std::ssize(chunk.ends);
                             if (progress) progress(done);
                           });
}

}  // namespace warp2vec
