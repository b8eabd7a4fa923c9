#include <warp2vec/corpus.h>

#include "host/text/chunk_workers.h"
#include "host/text/tokenizer.h"
#include "host/vocabulary/spilled_counts.h"
#include "host/vocabulary/vocabulary_selection.h"
#include "host/vocabulary/word_table.h"
#include "host/vocabulary/words_of_ranks.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace warp2vec {
namespace {

struct Seen {
  std::int64_t tokens = 0;
  std::int64_t sentences = 0;
  const ReadProgress& progress;
};

class CountingWorker : public ChunkWorker {
 public:
  // `max_bytes`: of the counts of all `workers`; 0 = no limit.
  CountingWorker(SpilledCounts& shared, Seen& seen, std::int64_t max_bytes, int workers)
      : counts_(shared, max_bytes, workers), seen_(seen) {}

  void process(const Chunk& chunk) override {
    tokens_ = 0;
    sentences_ = 0;
    std::int64_t before = -1;  // tokens before the last newline; a chunk may begin inside a sentence
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
          counts_.add(word, key_of(word, text_end), place);
        },
        [&] {
          if (std::exchange(before, tokens_) != tokens_) ++sentences_;
        });
    if (chunk.ends_file) ++sentences_;
  }

  void commit(const Chunk& chunk) override {
    seen_.tokens += tokens_;
    seen_.sentences += sentences_;
    if (seen_.progress) seen_.progress(chunk.corpus_bytes, seen_.tokens);
  }

  void finish() override { counts_.flush(); }

 private:
  LocalCounts counts_;
  Seen& seen_;
  // Of the current chunk:
  std::int64_t tokens_ = 0;
  std::int64_t sentences_ = 0;
};

}  // namespace

CorpusCounts count_words_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                   int threads, const ReadProgress& progress, std::size_t chunk_bytes,
                                   const CountMemory& memory, Ranks* ranks) {
  if (corpus.has_ids())
    return count_ids_in_chunks(corpus, min_count, max_vocab, threads, progress, chunk_bytes, ranks);
  const int workers_wanted = std::max(1, threads);
  SpilledCounts shared(eighths_of(memory.bytes, 5),
                       memory.scratch_folder);  // and one for what is sorted and merged
  std::vector<TextPart> parts = ranks != nullptr ? own_share(corpus, *ranks) : parts_of(corpus);
  const ReadProgress progress_of_parts = progress_of(parts, corpus, progress);
  Seen seen{0, 0, progress_of_parts};
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (int i = 0; i < workers_wanted; ++i)
    workers.push_back(
        std::make_unique<CountingWorker>(shared, seen, eighths_of(memory.bytes, 2), workers_wanted));
  ChunkReader reader(corpus, std::move(parts), chunk_bytes);
  process_chunks(reader, workers);
  workers.clear();

  std::optional<WordsOfRanks> divided;
  if (ranks != nullptr) {
    divided.emplace(*ranks, reader.chunks());
    divided->add_up({&seen.tokens, &seen.sentences});
  }
  if (seen.tokens == 0) refuse_empty(corpus);
  const auto still_there = [&] {
    if (progress) progress(corpus.bytes(), seen.tokens);
  };
  CorpusCounts counts =
      select_words(shared, min_count, max_vocab, memory, still_there, divided ? &*divided : nullptr);
  counts.tokens = seen.tokens;
  counts.max_sentences = seen.sentences;
  return counts;
}

CorpusCounts count_words(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab, int threads,
                         const ReadProgress& progress, const CountMemory& memory, Ranks* ranks) {
  return count_words_in_chunks(corpus, min_count, max_vocab, threads, progress, ChunkReader::kChunkBytes,
                               memory, ranks);
}

}  // namespace warp2vec
