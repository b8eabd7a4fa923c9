#pragma once
/// The large allocations of a run, on the host and on a GPU, computed before it starts. No CUDA is needed, so
/// that any build can say what a GPU would need.

#include <warp2vec/config.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

/// How much there is to train.
struct CorpusSize {
  std::int64_t words = 0;       ///< vocabulary size
  std::int64_t word_bytes = 0;  ///< all words together
  std::int64_t tokens = 0;      ///< of one epoch
};

CorpusSize size_of(const Vocabulary& vocabulary);

/// What the GPU decides. The defaults are those of one that has tensor cores and room for the corpus.
struct DeviceUse {
  bool corpus_resident = true;  ///< else it is streamed in every epoch
  bool tensor_cores = true;     ///< for Sharing::tile
  std::int64_t scratch = 0;     ///< bytes, of all blocks that have no room in shared memory
};

/// One allocation, or several of one kind, in bytes; row padding included.
struct MemoryItem {
  std::string name;
  std::int64_t bytes = 0;         ///< on the host, which trains on CPU threads
  std::int64_t device_bytes = 0;  ///< on a GPU
};

/// Small allocations (counters, hot rows, most scratch of a thread) are left out.
std::vector<MemoryItem> memory_plan(const CorpusSize& size, const Config& config, const DeviceUse& use = {});
std::int64_t host_bytes(const std::vector<MemoryItem>& items);
std::int64_t device_bytes(const std::vector<MemoryItem>& items);

/// Tokens of a streamed corpus that a GPU gets at a time, at most; there are two such runs.
inline constexpr std::int64_t kStreamedTokens = std::int64_t{1} << 22;

/// Centres of a batch on a GPU: whole tiles.
std::int64_t device_batch_centres(const Config& config, bool tensor_cores);
/// Kept tokens of a batch of so many centres with the reach of its windows, at most.
std::int64_t device_batch_tokens(const Config& config, std::int64_t centres, std::int64_t tokens);

}  // namespace warp2vec
