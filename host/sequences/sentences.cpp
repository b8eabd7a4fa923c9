#include <warp2vec/sentences.h>

#include "host/bytes/utf8.h"
#include "host/text/sentence_sinks.h"
#include "host/vocabulary/spilled_counts.h"
#include "host/vocabulary/vocabulary_selection.h"
#include "host/vocabulary/word_table.h"
#include "host/vocabulary/words.h"

namespace warp2vec {
namespace {

// Files of words could not be read back otherwise.
void require_word(std::string_view word, std::int64_t sentence, std::int64_t index) {
  if (is_word(word)) return;
  throw Error("sentence " + std::to_string(sentence) + ", word " + std::to_string(index) + " is " +
              in_quotes(word) + ": expected a word without white space and NUL bytes, of one byte or more");
}

}  // namespace

CorpusCounts count_words(const Sentences& sentences, std::int64_t min_count, std::int64_t max_vocab,
                         const CountMemory& memory) {
  SpilledCounts shared(eighths_of(memory.bytes, 6), memory.scratch_folder);
  LocalCounts counts(shared, eighths_of(memory.bytes, 1), 1);
  std::int64_t tokens = 0;
  std::int64_t all_sentences = 0;
  std::int64_t with_words = 0;
  sentences([&](std::span<const std::string_view> sentence) {
    for (std::size_t i = 0; i < sentence.size(); ++i) {
      require_word(sentence[i], all_sentences, static_cast<std::int64_t>(i));
      counts.add(sentence[i], key_of(sentence[i]), [&] { return static_cast<std::uint64_t>(tokens); });
      ++tokens;
    }
    ++all_sentences;
    if (!sentence.empty()) ++with_words;
  });
  counts.flush();
  if (tokens == 0) throw Error("the sentences, " + std::to_string(all_sentences) + " of them, hold no words");
  CorpusCounts selected = select_words(shared, min_count, max_vocab, memory, [] {});
  selected.tokens = tokens;
  selected.max_sentences = with_words;
  return selected;
}

void encode(const Sentences& sentences, const Vocabulary& vocabulary, TokenSink& sink) {
  const WordTable rows = table_of(vocabulary);
  SentenceEncoder encoder(sink);
  sentences([&](std::span<const std::string_view> sentence) {
    for (const std::string_view word : sentence) {
      const std::int64_t* const row = rows.find(word, key_of(word));
      encoder.add(row == nullptr ? -1 : *row);
    }
    encoder.end_sentence();
  });
  encoder.finish("the sentences", vocabulary);
}

TokenStream encode(const Sentences& sentences, const Vocabulary& vocabulary) {
  TokenStream stream;
  StreamSink sink(stream);
  encode(sentences, vocabulary, sink);
  return stream;
}

}  // namespace warp2vec
