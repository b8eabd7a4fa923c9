#pragma once
/// Threads that each take chunks of a corpus.

#include <warp2vec/corpus.h>

#include "host/text/chunk_reader.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace warp2vec {

/// What one thread does with its chunks.
class ChunkWorker {
 public:
  virtual ~ChunkWorker() = default;
  /// Called by all threads at once.
  virtual void process(const Chunk& chunk) = 0;
  /// Called after process() of the same chunk: by one thread at a time, in the order of the chunks.
  virtual void commit(const Chunk& chunk) = 0;
  /// Called by all threads at once, when a thread's last chunk is committed and there are no more.
  virtual void finish() {}
};

/// Works through all chunks with one thread per worker, each holding one chunk at a time. If anything throws,
/// the exception of the first chunk in the order of the text that failed is thrown on, whatever the number of
/// threads, and no chunk behind it is committed.
void process_chunks(ChunkReader& reader, const std::vector<std::unique_ptr<ChunkWorker>>& workers);

/// count_words() and encode() with chunks of a given size: tests cut the text anywhere, and the results do
/// not depend on it.
CorpusCounts count_words_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                   int threads, const ReadProgress& progress, std::size_t chunk_bytes);
TokenStream encode_in_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                             const ReadProgress& progress, std::size_t chunk_bytes);

}  // namespace warp2vec
