#include "host/distributed/add_up.h"
#include "host/text/chunk_workers.h"
#include "host/text/read_ids.h"
#include "host/text/text_files.h"
#include "host/vocabulary/id_counts.h"
#include "host/vocabulary/ids.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

// What the workers hand over, in turn: first occurrences are those in the text.
struct CountedIds {
  IdCounts counts;
  LineCounter lines;
  std::int64_t tokens = 0;
  std::int64_t sentences = 0;
};

class IdCountingWorker : public ChunkWorker {
 public:
  IdCountingWorker(const Corpus& corpus, CountedIds& counted, const ReadProgress& progress)
      : range_(corpus.num_ids(), corpus.max_tokens()), counted_(counted), progress_(progress) {}

  void process(const Chunk& chunk) override { ids_.read(chunk, range_); }

  void commit(const Chunk& chunk) override {
    counted_.lines.add(chunk, ids_);
    counted_.counts.add(ids_.ids);
    counted_.tokens += std::ssize(ids_.ids);
    // A chunk may begin inside a sentence.
    const auto last = std::unique(ids_.ends.begin(), ids_.ends.end());
    counted_.sentences += last - ids_.ends.begin() + (chunk.ends_file ? 1 : 0);
    if (progress_) progress_(chunk.corpus_bytes, counted_.tokens);
  }

 private:
  const IdRange range_;
  CountedIds& counted_;
  const ReadProgress& progress_;
  IdChunk ids_;  // of the current chunk
};

}  // namespace

CorpusCounts count_ids_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                 int threads, const ReadProgress& progress, std::size_t chunk_bytes,
                                 Ranks* ranks) {
  std::vector<TextPart> parts = ranks != nullptr ? own_share(corpus, *ranks) : parts_of(corpus);
  const ReadProgress progress_of_parts = progress_of(parts, corpus, progress);
  CountedIds counted;
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (int i = 0; i < std::max(1, threads); ++i)
    workers.push_back(std::make_unique<IdCountingWorker>(corpus, counted, progress_of_parts));
  ChunkReader reader(corpus, std::move(parts), chunk_bytes);
  process_chunks(reader, workers);
  if (ranks != nullptr) {
    counted.counts.add_up(*ranks);
    add_up(*ranks, {&counted.tokens, &counted.sentences});
  }
  if (counted.tokens == 0) refuse_empty(corpus);
  CorpusCounts counts = counted.counts.select(min_count, max_vocab, corpus.num_ids(), threads);
  counts.tokens = counted.tokens;
  counts.max_sentences = counted.sentences;
  return counts;
}

}  // namespace warp2vec
