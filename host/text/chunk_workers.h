#pragma once
/// Threads that process the chunks of a corpus.

#include <warp2vec/corpus.h>

#include "host/text/chunk_reader.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace warp2vec {

/// The work of one thread.
class ChunkWorker {
 public:
  virtual ~ChunkWorker() = default;
  /// Called concurrently by all threads.
  virtual void process(const Chunk& chunk) = 0;
  /// Called after process() of the same chunk, by one thread at a time, in chunk order.
  virtual void commit(const Chunk& chunk) = 0;
  /// Called concurrently by all threads, after a thread has committed its last chunk.
  virtual void finish() {}
};

/// Processes all chunks with one thread per worker, the caller's among them, each with one chunk at a time;
/// with fewer if the system has no more threads. If chunks fail, the exception of the first one in text order
/// is rethrown, whatever the number of threads, and no chunk after it is committed.
void process_chunks(ChunkReader& reader, const std::vector<std::unique_ptr<ChunkWorker>>& workers);

/// count_words() and encode() with a given chunk size, on which the results do not depend: for tests.
CorpusCounts count_words_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                   int threads, const ReadProgress& progress, std::size_t chunk_bytes,
                                   const CountMemory& memory = {}, Ranks* ranks = nullptr);
CorpusCounts count_ids_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                 int threads, const ReadProgress& progress, std::size_t chunk_bytes,
                                 Ranks* ranks = nullptr);
TokenStream encode_in_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                             const ReadProgress& progress, std::size_t chunk_bytes,
                             std::int64_t max_sentences = 0, Ranks* ranks = nullptr);

}  // namespace warp2vec
