#pragma once
/// Which of the counted words are a vocabulary.

#include <warp2vec/corpus.h>

#include "host/vocabulary/spilled_counts.h"
#include "host/vocabulary/words_of_ranks.h"

#include <cstdint>
#include <functional>

namespace warp2vec {

/// The vocabulary, types, invalid_utf8 and unicode_spaces of what was counted, and spilled_bytes. `progress`
/// is called now and then. Throws Error if no word is frequent enough, or the vocabulary takes more than
/// memory.vocabulary_bytes. `ranks`: null, or where the words were counted; collective, then.
CorpusCounts select_words(SpilledCounts& counted, std::int64_t min_count, std::int64_t max_vocab,
                          const CountMemory& memory, const std::function<void()>& progress,
                          WordsOfRanks* ranks = nullptr);

/// Throws Error: none of `types` words has `min_count` occurrences, the most frequent one has `highest`.
[[noreturn]] void refuse_rare(std::int64_t min_count, std::int64_t types, std::int64_t highest);
/// Throws Error: none of `words` words is in the vocabulary.
[[noreturn]] void refuse_unknown(std::int64_t words, const Vocabulary& vocabulary);

}  // namespace warp2vec
