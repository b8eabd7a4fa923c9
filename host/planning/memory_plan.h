#pragma once
/// The large allocations of a run, on the host and on a GPU, computed before it starts. Does not need CUDA:
/// any build can report what a GPU would need.

#include <warp2vec/config.h>
#include <warp2vec/export.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace warp2vec {

/// The amount of data to train.
struct CorpusSize {
  std::int64_t words = 0;       ///< vocabulary size
  std::int64_t word_bytes = 0;  ///< all words together
  std::int64_t tokens = 0;      ///< in one epoch
  /// expected_kept_tokens(), or infinity if unknown.
  double kept_tokens = std::numeric_limits<double>::infinity();
  bool tokens_in_memory = true;  ///< of the host; else they are read from a file
  std::int64_t sentences = 0;    ///< 0 = unknown, and not in the plan
};

/// More tokens than any text has, and few enough for their bytes to be counted.
inline constexpr std::int64_t kMaxTokens = std::numeric_limits<std::int64_t>::max() / 16;

/// A vocabulary's counts may be of another text: at most kMaxTokens of them.
CorpusSize size_of(const Vocabulary& vocabulary, const Config& config);

/// Choices that depend on the device. The defaults are for a GPU with tensor cores and enough memory for the
/// corpus.
struct DeviceUse {
  bool corpus_resident = true;  ///< else it is streamed in every epoch
  bool tensor_cores = true;     ///< for Sharing::tile
  std::int64_t scratch = 0;     ///< bytes for all blocks, if shared memory is too small
  bool divided = false;         ///< among ranks, which merge their parameters; on the host, too
};

/// One allocation, or several of one kind, in bytes, including row padding.
struct MemoryItem {
  std::string name;
  std::int64_t bytes = 0;         ///< on the host, which trains on CPU threads
  std::int64_t device_bytes = 0;  ///< on a GPU
};

/// Excludes small allocations (counters, hot rows, most thread-local buffers).
WARP2VEC_EXPORT std::vector<MemoryItem> memory_plan(const CorpusSize& size, const Config& config,
                                                    const DeviceUse& use = {});
std::int64_t host_bytes(const std::vector<MemoryItem>& items);
std::int64_t device_bytes(const std::vector<MemoryItem>& items);

/// Maximum tokens per run of a streamed corpus, of which a GPU holds two at a time.
inline constexpr std::int64_t kStreamedTokens = std::int64_t{1} << 22;

/// Centres per batch on a GPU: whole tiles.
WARP2VEC_EXPORT std::int64_t device_batch_centres(const Config& config, std::int64_t words,
                                                  bool tensor_cores);
/// Maximum kept tokens of a batch of `centres` centres, including those that only windows cover.
WARP2VEC_EXPORT std::int64_t device_batch_tokens(const Config& config, std::int64_t centres,
                                                 std::int64_t tokens);

}  // namespace warp2vec
