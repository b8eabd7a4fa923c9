#include <warp2vec/corpus.h>
#include <warp2vec/error.h>

#include "chunk_workers.h"
#include "corpus_passes.h"
#include "tokenizer.h"
#include "utf8.h"
#include "word_table.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

namespace warp2vec {
namespace {

// The counts of all threads, split by hash so that threads seldom wait for each other.
class SharedCounts {
 public:
  void add(const WordTable& words) {
    std::array<std::vector<std::int64_t>, kShards> of_shard;
    for (std::int64_t i = 0; i < words.size(); ++i) of_shard[shard_of(words.hash(i))].push_back(i);
    for (std::size_t s = 0; s < kShards; ++s) {
      const std::lock_guard lock(shards_[s].mutex);
      for (const std::int64_t i : of_shard[s])
        shards_[s].words.add(words.word(i), words.hash(i), words.count(i));
    }
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const Shard& shard : shards_)
      for (std::int64_t i = 0; i < shard.words.size(); ++i) visit(shard.words.word(i), shard.words.count(i));
  }

 private:
  static constexpr std::size_t kShards = 64;
  // Bits that WordTable uses neither as a slot (the lowest) nor as a tag (the 16 highest).
  static std::size_t shard_of(std::uint64_t hash) { return (hash >> 40) % kShards; }

  struct Shard {
    std::mutex mutex;
    WordTable words;
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
    tokenize(
        chunk,
        [this](std::string_view word) {
          ++tokens_;
          words_.add(word, hash_of(word), 1);
          if (words_.size() >= kMostTypes || words_.text_bytes() >= kMostTextBytes) flush();
        },
        [] {});
  }

  void commit(const Chunk& chunk) override {
    seen_.tokens += tokens_;
    if (seen_.progress) seen_.progress(chunk.corpus_bytes, seen_.tokens);
  }

  void flush() {
    shared_.add(words_);
    words_.clear();
  }

 private:
  // The frequent words fit a core's cache, and memory does not grow as threads times types.
  static constexpr std::int64_t kMostTypes = 1 << 16;
  static constexpr std::size_t kMostTextBytes = std::size_t{1} << 22;

  SharedCounts& shared_;
  Seen& seen_;
  WordTable words_;
  std::int64_t tokens_ = 0;  // of the current chunk
};

}  // namespace

CorpusCounts count_words_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                   int threads, const ReadProgress& progress, std::size_t chunk_bytes) {
  SharedCounts shared;
  Seen seen{0, progress};
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  std::vector<CountingWorker*> counting;
  for (int i = 0; i < std::max(1, threads); ++i) {
    auto worker = std::make_unique<CountingWorker>(shared, seen);
    counting.push_back(worker.get());
    workers.push_back(std::move(worker));
  }
  ChunkReader reader(corpus, chunk_bytes);
  process_chunks(reader, workers);
  for (CountingWorker* worker : counting) worker->flush();
  workers.clear();

  CorpusCounts counts;
  counts.tokens = seen.tokens;
  if (counts.tokens == 0)
    throw Error("the input holds no words: " + std::to_string(corpus.files().size()) + " file(s), " +
                std::to_string(corpus.bytes()) + " bytes");
  std::int64_t highest = 0;
  std::vector<std::pair<std::string_view, std::int64_t>> frequent;
  shared.for_each([&](std::string_view word, std::int64_t count) {
    ++counts.types;
    highest = std::max(highest, count);
    if (!is_valid_utf8(word)) counts.invalid_utf8 += count;
    if (count >= min_count) frequent.emplace_back(word, count);
  });
  if (frequent.empty())
    throw Error("no word appears --min-count " + std::to_string(min_count) + " times: the input holds " +
                std::to_string(counts.types) + " distinct word(s), the most frequent one " +
                std::to_string(highest) + " time(s); a lower --min-count keeps more words");
  counts.vocabulary = Vocabulary(std::move(frequent), min_count, max_vocab);
  return counts;
}

CorpusCounts count_words(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab, int threads,
                         const ReadProgress& progress) {
  return count_words_in_chunks(corpus, min_count, max_vocab, threads, progress, ChunkReader::kChunkBytes);
}

}  // namespace warp2vec
