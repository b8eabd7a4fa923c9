#pragma once
/// count_words() and encode() with the size of the chunks in the caller's hand, so that tests can cut text
/// anywhere. The results do not depend on it.

#include <warp2vec/corpus.h>

#include <cstddef>
#include <cstdint>

namespace warp2vec {

CorpusCounts count_words_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                   int threads, const ReadProgress& progress, std::size_t chunk_bytes);

TokenStream encode_in_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                             const ReadProgress& progress, std::size_t chunk_bytes);

}  // namespace warp2vec
