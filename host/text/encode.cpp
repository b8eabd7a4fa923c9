#include <warp2vec/corpus.h>

#include "host/text/chunk_workers.h"
#include "host/text/encoded_share.h"
#include "host/text/read_ids.h"
#include "host/text/sentence_sinks.h"
#include "host/text/tokenizer.h"
#include "host/vocabulary/vocabulary_selection.h"
#include "host/vocabulary/word_table.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

// What the workers hand over, in turn.
class Encoded {
 public:
  // `last_end`: -1 if a sentence that has begun before may end where the ids begin, else 0.
  Encoded(TokenSink& sink, const ReadProgress& progress, std::int64_t last_end = 0)
      : sink_(sink), progress_(progress), last_end_(last_end) {}

  std::int64_t tokens() const { return tokens_; }
  std::int64_t tokens_seen() const { return tokens_seen_; }
  std::int64_t seen_in_file() const { return tokens_seen_ - seen_before_file_; }  // that has not ended

  // `newlines`: the number of ids before each.
  void add(const Chunk& chunk, const std::vector<WordId>& ids, const std::vector<std::int64_t>& newlines,
           std::int64_t tokens_seen) {
    ends_.clear();
    const std::int64_t before = tokens_;
    tokens_ += static_cast<std::int64_t>(ids.size());
    tokens_seen_ += tokens_seen;
    for (const std::int64_t newline : newlines) end_sentence_at(before + newline);
    if (chunk.ends_file) end_sentence_at(tokens_);
    sink_.add({ids, ends_});
    if (chunk.ends_file)
      sink_.end_file(
          {chunk.file->name, tokens_, tokens_seen_ - std::exchange(seen_before_file_, tokens_seen_)});
    if (progress_) progress_(chunk.corpus_bytes, tokens_seen_);
  }

 private:
  void end_sentence_at(std::int64_t position) {
    if (position > std::exchange(last_end_, position)) ends_.push_back(position);
  }

  TokenSink& sink_;
  const ReadProgress& progress_;
  std::vector<std::int64_t> ends_;  // of the current chunk
  std::int64_t tokens_ = 0;
  std::int64_t tokens_seen_ = 0;
  std::int64_t seen_before_file_ = 0;
  std::int64_t last_end_;
};

class EncodingWorker : public ChunkWorker {
 public:
  EncodingWorker(const WordTable& ids, Encoded& encoded) : ids_of_words_(ids), encoded_(encoded) {}

  void process(const Chunk& chunk) override {
    ids_.clear();
    newlines_.clear();
    tokens_seen_ = 0;
    const char* const text_end = chunk.text.data() + chunk.text.size();
    tokenize(
        chunk,
        [&](std::string_view word) {
          ++tokens_seen_;
          const std::int64_t* const id = ids_of_words_.find(word, key_of(word, text_end));
          if (id != nullptr) ids_.push_back(static_cast<WordId>(*id));
        },
        [this] { newlines_.push_back(static_cast<std::int64_t>(ids_.size())); });
  }

  void commit(const Chunk& chunk) override { encoded_.add(chunk, ids_, newlines_, tokens_seen_); }

 private:
  const WordTable& ids_of_words_;
  Encoded& encoded_;
  // Of the current chunk:
  std::vector<WordId> ids_;
  std::vector<std::int64_t> newlines_;  // ids before each
  std::int64_t tokens_seen_ = 0;
};

// Of a corpus of ids.
class RowEncodingWorker : public ChunkWorker {
 public:
  RowEncodingWorker(const Corpus& corpus, const std::vector<std::int32_t>& rows, Encoded& encoded,
                    LineCounter& lines)
      : range_(corpus.num_ids(), kMaxVocabulary), rows_(rows), encoded_(encoded), lines_(lines) {}

  void process(const Chunk& chunk) override {
    read_.read(chunk, range_);
    ids_.resize(read_.ids.size());
    ends_.clear();
    // A loop of its own, in which the processor waits for many rows at a time.
    std::size_t at = 0;
    std::size_t kept = 0;
    const auto keep_until = [&](std::size_t end) {
      for (; at < end; ++at) {
        const auto id = static_cast<std::size_t>(read_.ids[at]);
        const std::int32_t row = id < rows_.size() ? rows_[id] : -1;
        ids_[kept] = WordId{row};
        kept += row >= 0 ? 1 : 0;
      }
    };
    for (const std::int64_t end : read_.ends) {
      keep_until(static_cast<std::size_t>(end));
      ends_.push_back(static_cast<std::int64_t>(kept));
    }
    keep_until(read_.ids.size());
    ids_.resize(kept);
  }

  void commit(const Chunk& chunk) override {
    lines_.add(chunk, read_);
    encoded_.add(chunk, ids_, ends_, std::ssize(read_.ids));
  }

 private:
  const IdRange range_;
  const std::vector<std::int32_t>& rows_;  // of each id, -1 = not in the vocabulary
  Encoded& encoded_;
  LineCounter& lines_;
  // Of the current chunk:
  IdChunk read_;
  std::vector<WordId> ids_;  // those in the vocabulary
  std::vector<std::int64_t> ends_;
};

void encode_chunks(const Corpus& corpus, std::vector<TextPart> parts, const Vocabulary& vocabulary,
                   int threads, std::size_t chunk_bytes, Encoded& encoded) {
  WordTable rows_of_words;
  std::vector<std::int32_t> rows;
  if (corpus.has_ids())
    rows = rows_of_ids(vocabulary, corpus.num_ids());
  else
    rows_of_words = table_of(vocabulary);
  LineCounter lines;
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (int i = 0; i < std::max(1, threads); ++i)
    if (corpus.has_ids())
      workers.push_back(std::make_unique<RowEncodingWorker>(corpus, rows, encoded, lines));
    else
      workers.push_back(std::make_unique<EncodingWorker>(rows_of_words, encoded));
  ChunkReader reader(corpus, std::move(parts), chunk_bytes);
  process_chunks(reader, workers);
}

void encode_all(const Corpus& corpus, const Vocabulary& vocabulary, int threads, const ReadProgress& progress,
                std::size_t chunk_bytes, TokenSink& sink) {
  Encoded encoded(sink, progress);
  encode_chunks(corpus, parts_of(corpus), vocabulary, threads, chunk_bytes, encoded);
  if (encoded.tokens() == 0) refuse_unknown(encoded.tokens_seen(), vocabulary);
}

TokenStream encode_share(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                         const ReadProgress& progress, std::size_t chunk_bytes, Ranks& ranks) {
  EncodedShare own;
  StreamSink sink(own.tokens);
  std::vector<TextPart> parts = own_share(corpus, ranks);
  const ReadProgress progress_of_parts = progress_of(parts, corpus, progress);
  Encoded encoded(sink, progress_of_parts, -1);
  encode_chunks(corpus, std::move(parts), vocabulary, threads, chunk_bytes, encoded);
  own.seen_in_last_file = encoded.seen_in_file();
  return joined(ranks, std::move(own), vocabulary,
                [&corpus](std::size_t file) { return corpus.files()[file].name; });
}

}  // namespace

TokenStream encode_in_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                             const ReadProgress& progress, std::size_t chunk_bytes,
                             std::int64_t max_sentences, Ranks* ranks) {
  if (ranks != nullptr) return encode_share(corpus, vocabulary, threads, progress, chunk_bytes, *ranks);
  TokenStream stream;
  stream.ends.reserve(static_cast<std::size_t>(max_sentences));
  // A vocabulary of this corpus knows the number of tokens, one from elsewhere does not.
  stream.ids.reserve(static_cast<std::size_t>(std::min(vocabulary.total(), corpus.max_tokens())));
  StreamSink sink(stream);
  encode_all(corpus, vocabulary, threads, progress, chunk_bytes, sink);
  return stream;
}

TokenStream encode(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                   const ReadProgress& progress, std::int64_t max_sentences, Ranks* ranks) {
  return encode_in_chunks(corpus, vocabulary, threads, progress, ChunkReader::kChunkBytes, max_sentences,
                          ranks);
}

void encode(const Corpus& corpus, const Vocabulary& vocabulary, int threads, TokenSink& sink,
            const ReadProgress& progress) {
  encode_all(corpus, vocabulary, threads, progress, ChunkReader::kChunkBytes, sink);
}

}  // namespace warp2vec
