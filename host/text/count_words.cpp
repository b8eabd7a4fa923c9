#include <warp2vec/corpus.h>
#include <warp2vec/error.h>

#include "host/io/utf8.h"
#include "host/text/chunk_workers.h"
#include "host/text/tokenizer.h"
#include "host/text/word_table.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

namespace warp2vec {
namespace {

// The counts of all threads, split by hash so that threads seldom wait for each other.
class SharedCounts {
 public:
  void add(const WordTable& counts) {
    std::array<std::vector<Counted>, kShards> of_shard;
    counts.for_each([&](std::string_view word, const WordKey& key, std::int64_t count, std::uint64_t first) {
      of_shard[shard_of(key)].push_back({word, key, count, first});
    });
    for (std::size_t s = 0; s < kShards; ++s) {
      const std::lock_guard lock(shards_[s].mutex);
      WordTable& shared = shards_[s].counts;
      const std::vector<Counted>& counted = of_shard[s];
      for (std::size_t i = 0; i < counted.size(); ++i) {
        if (i + kAhead < counted.size()) shared.prefetch(counted[i + kAhead].key);
        shared.add(counted[i].word, counted[i].key, counted[i].count, counted[i].first);
      }
    }
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const Shard& shard : shards_) shard.counts.for_each(visit);
  }

 private:
  struct Counted {
    std::string_view word;
    WordKey key;
    std::int64_t count;
    std::uint64_t first;
  };

  static constexpr std::size_t kAhead = 8;  // words whose slots are prefetched
  static constexpr std::size_t kShards = 64;
  // Bits that WordTable does not use below 2^40 words.
  static std::size_t shard_of(const WordKey& key) { return (hash_of(key) >> 40) % kShards; }

  struct Shard {
    std::mutex mutex;
    WordTable counts;
  };
  std::array<Shard, kShards> shards_;
};

struct Seen {
  std::int64_t tokens = 0;
  const ReadProgress& progress;
};

class CountingWorker : public ChunkWorker {
 public:
  CountingWorker(SharedCounts& shared, Seen& seen) : shared_(shared), seen_(seen) {}

  void process(const Chunk& chunk) override {
    tokens_ = 0;
    const char* const text_end = chunk.text.data() + chunk.text.size();
    tokenize(
        chunk,
        [this, &chunk, text_end](std::string_view word) {
          ++tokens_;
          // Increases with the text: the chunk's index, then the offset in it.
          const auto place = [&] {
            return static_cast<std::uint64_t>(chunk.index) << 32 |
                   static_cast<std::uint64_t>(word.data() - chunk.text.data());
          };
          ++counts_.value_of(word, key_of(word, text_end), place);
          if (counts_.size() >= kMaxTypes || counts_.long_bytes() >= kMaxLongBytes) flush();
        },
        [] {});
  }

  void commit(const Chunk& chunk) override {
    seen_.tokens += tokens_;
    if (seen_.progress) seen_.progress(chunk.corpus_bytes, seen_.tokens);
  }

  void finish() override { flush(); }

 private:
  void flush() {
    shared_.add(counts_);
    counts_.clear();
  }

  // The frequent words fit into a core's cache, and memory does not grow with threads times types.
  static constexpr std::int64_t kMaxTypes = 1 << 16;
  static constexpr std::size_t kMaxLongBytes = std::size_t{1} << 22;

  SharedCounts& shared_;
  Seen& seen_;
  WordTable counts_;
  std::int64_t tokens_ = 0;  // of the current chunk
};

}  // namespace

CorpusCounts count_words_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                   int threads, const ReadProgress& progress, std::size_t chunk_bytes) {
  SharedCounts shared;
  Seen seen{0, progress};
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (int i = 0; i < std::max(1, threads); ++i)
    workers.push_back(std::make_unique<CountingWorker>(shared, seen));
  ChunkReader reader(corpus, chunk_bytes);
  process_chunks(reader, workers);
  workers.clear();

  CorpusCounts counts;
  counts.tokens = seen.tokens;
  if (counts.tokens == 0)
    throw Error("the input holds no words: " + std::to_string(corpus.files().size()) + " file(s), " +
                std::to_string(corpus.bytes()) + " bytes");
  std::int64_t highest = 0;
  struct Frequent {
    std::uint64_t first;
    std::pair<std::string_view, std::int64_t> word;
  };
  std::vector<Frequent> frequent;
  shared.for_each([&](std::string_view word, const WordKey&, std::int64_t count, std::uint64_t first) {
    ++counts.types;
    highest = std::max(highest, count);
    if (!is_valid_utf8(word)) counts.invalid_utf8 += count;
    if (count >= min_count) frequent.push_back({first, {word, count}});
  });
  if (frequent.empty())
    throw Error("no word appears --min-count " + std::to_string(min_count) + " times: the input holds " +
                std::to_string(counts.types) + " distinct word(s), the most frequent one " +
                std::to_string(highest) + " time(s); a lower --min-count keeps more words");
  std::sort(frequent.begin(), frequent.end(),
            [](const Frequent& a, const Frequent& b) { return a.first < b.first; });
  std::vector<std::pair<std::string_view, std::int64_t>> words;
  words.reserve(frequent.size());
  for (const Frequent& entry : frequent) words.push_back(entry.word);
  counts.vocabulary = Vocabulary(words, min_count, max_vocab);
  return counts;
}

CorpusCounts count_words(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab, int threads,
                         const ReadProgress& progress) {
  return count_words_in_chunks(corpus, min_count, max_vocab, threads, progress, ChunkReader::kChunkBytes);
}

}  // namespace warp2vec
