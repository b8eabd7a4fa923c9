#pragma once
/// Approximate search for nearest neighbours, in files of millions of words.

#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/keyed_vectors.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace warp2vec {

/// A graph that leads from any vector to its neighbours, through a few thousand of them instead of all:
/// hierarchical navigable small worlds (Malkov and Yashunin, 2018; the library hnswlib) by cosine. To be
/// used, name it in SearchOptions. It finds nearly all of the nearest neighbours; the similarities of those
/// it finds are exact. It finds no vectors shorter than 1e-18 or longer than 1e18. Takes about 170 bytes for
/// each vector besides the vectors, to which it refers: `space` must live as long, but may be moved.
///
/// Searching changes nothing that is seen from outside: several threads may search at a time.
class WARP2VEC_EXPORT NeighborIndex {
 public:
  /// Builds it on `threads` threads (1 to 1024; 0 = one per CPU that may be used). On one thread, the same
  /// vectors give the same index; on several, it depends on their timing which near ties it links. Throws
  /// Error unless there are 1 to 2^31 - 1 vectors, and for threads out of range.
  static NeighborIndex build(const KeyedVectors& space, int threads = 1);
  /// Reads an index that save() wrote. Throws Error naming the file if it is damaged or no index, or the
  /// index of other vectors than those of `space`: in number, dimension or any value.
  static NeighborIndex load(const std::string& path, const KeyedVectors& space);

  NeighborIndex(NeighborIndex&&) noexcept;
  NeighborIndex& operator=(NeighborIndex&&) noexcept;
  ~NeighborIndex();

  /// Writes it atomically, without the vectors. Throws Error naming the file.
  void save(const std::string& path) const;

  /// Whether this is the index of these very vectors in memory.
  bool is_of(const KeyedVectors& space) const;
  /// Up to `top` rows near to a vector of dim() finite values, not all zero, in no order; fewer only if the
  /// graph leads to no more.
  std::vector<std::int64_t> candidates(std::span<const float> query, std::int64_t top) const;

 private:
  struct Graph;
  explicit NeighborIndex(std::unique_ptr<Graph> graph);
  std::unique_ptr<Graph> graph_;
};

}  // namespace warp2vec
