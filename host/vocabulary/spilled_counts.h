#pragma once
/// Exact counts of words in bounded memory: what exceeds it is written to a scratch file, in sorted runs,
/// which are merged in the end.

#include "host/io/scratch_file.h"
#include "host/vocabulary/word_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// A word's count and first occurrence, as in WordTable.
struct WordCount {
  std::string_view word;
  std::int64_t count = 0;
  std::uint64_t first = 0;
};

/// What stands before a word's letters where a WordCount is bytes.
struct WordCountHead {
  std::uint64_t bytes;  ///< of the word
  std::int64_t count;
  std::uint64_t first;
};

/// `n` eighths of a limit for counting; 0 = no limit, which a part of a limit never becomes.
inline std::int64_t eighths_of(std::int64_t bytes, std::int64_t n) {
  return bytes == 0 ? 0 : std::max<std::int64_t>(bytes / 8 * n, 1);
}

/// How many different words each of `threads` counts by itself before SpilledCounts::add(): so few that the
/// frequent ones fit into a core's cache, and that all of them take no more than about `max_bytes`; 0 = no
/// limit.
inline std::int64_t words_counted_apart(std::int64_t max_bytes, int threads) {
  constexpr std::int64_t kMost = 1 << 16;
  constexpr std::int64_t kBytesEach = 256;  // while a table grows, and in the lists of the shards
  return max_bytes > 0 ? std::clamp<std::int64_t>(max_bytes / threads / kBytesEach, 1, kMost) : kMost;
}

/// The counts of all threads, split by hash so that threads seldom wait for each other.
class SpilledCounts {
 public:
  /// Keeps up to about `max_bytes` in memory, 0 = all; `folder` is that of the scratch file, see ScratchFile.
  SpilledCounts(std::int64_t max_bytes, std::string folder);

  /// May be called by several threads. Throws Error if the scratch file cannot be written.
  void add(const WordTable& counts);

  /// Calls visit() for each different word, with its total, in any order, and forgets all. The word is valid
  /// during the call. Not to be called concurrently with anything.
  void take(const std::function<void(const WordCount&)>& visit);

  /// Written to the scratch file so far.
  std::int64_t spilled_bytes() const { return scratch_ ? scratch_->size() : 0; }

 private:
  struct Run {  // sorted by words' bytes
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  struct Shard {
    std::mutex mutex;
    WordTable counts;
    std::vector<Run> runs;
  };
  class RunReader;
  class RunWriter;

  void spill(Shard& shard);
  void merge(std::span<const Run> runs, const std::function<void(const WordCount&)>& visit) const;
  Run merged(std::span<const Run> runs);

  static constexpr std::size_t kShards = 64;
  // Bits that WordTable does not use below 2^40 words.
  static std::size_t shard_of(const WordKey& key) { return (hash_of(key) >> 40) % kShards; }

  std::size_t max_shard_bytes_;
  std::string folder_;
  std::array<Shard, kShards> shards_;
  std::mutex scratch_mutex_;  // of what follows; locked after that of a shard
  std::optional<ScratchFile> scratch_;
};

/// The words that one thread counts by itself, and passes on before they exceed its cache or share of memory.
class LocalCounts {
 public:
  /// As of words_counted_apart().
  LocalCounts(SpilledCounts& shared, std::int64_t max_bytes, int threads)
      : shared_(shared), max_types_(words_counted_apart(max_bytes, threads)) {}

  template <class FirstOf>
  void add(std::string_view word, const WordKey& key, FirstOf first_of) {
    ++counts_.value_of(word, key, first_of);
    if (counts_.size() >= max_types_ || counts_.long_bytes() >= kMaxLongBytes) flush();
  }

  void flush() {
    shared_.add(counts_);
    counts_.clear();
  }

 private:
  static constexpr std::size_t kMaxLongBytes = std::size_t{1} << 22;

  SpilledCounts& shared_;
  std::int64_t max_types_;
  WordTable counts_;
};

}  // namespace warp2vec
