#include <warp2vec/corpus.h>
#include <warp2vec/error.h>

#include "host/text/chunk_workers.h"
#include "host/text/tokenizer.h"
#include "host/text/word_table.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace warp2vec {
namespace {

// What the workers hand over, in turn.
class Encoded {
 public:
  Encoded(TokenSink& sink, const ReadProgress& progress) : sink_(sink), progress_(progress) {}

  std::int64_t tokens() const { return tokens_; }
  std::int64_t tokens_seen() const { return tokens_seen_; }

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
  std::int64_t last_end_ = 0;
};

// Faster to search than the vocabulary itself.
WordTable ids_of(const Vocabulary& vocabulary) {
  WordTable ids(vocabulary.size());
  for (std::int64_t row = 0; row < vocabulary.size(); ++row)
    ids.value_of(vocabulary.word(static_cast<WordId>(row))) = row;
  return ids;
}

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

void encode_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                   const ReadProgress& progress, std::size_t chunk_bytes, TokenSink& sink) {
  Encoded encoded(sink, progress);
  const WordTable ids = ids_of(vocabulary);
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (int i = 0; i < std::max(1, threads); ++i)
    workers.push_back(std::make_unique<EncodingWorker>(ids, encoded));
  ChunkReader reader(corpus, chunk_bytes);
  process_chunks(reader, workers);

  if (encoded.tokens() == 0)
    throw Error("none of the input's " + std::to_string(encoded.tokens_seen()) +
                " word(s) is in the vocabulary (" + std::to_string(vocabulary.size()) + " word(s))");
}

class StreamSink final : public TokenSink {
 public:
  explicit StreamSink(TokenStream& stream) : stream_(stream) {}

  void add(const TokenRun& run) override {
    stream_.ids.insert(stream_.ids.end(), run.ids.begin(), run.ids.end());
    stream_.ends.insert(stream_.ends.end(), run.ends.begin(), run.ends.end());
  }
  void end_file(const EncodedFile& file) override { stream_.encoded_files.push_back(file); }

 private:
  TokenStream& stream_;
};

}  // namespace

TokenRun TokenStream::read(std::int64_t begin, std::int64_t end, TokenBuffer& /*buffer*/) const {
  const auto first = std::upper_bound(ends.begin(), ends.end(), begin);
  const auto last = std::upper_bound(first, ends.end(), end);
  return {std::span(ids).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
          {first, last}};
}

TokenStream encode_in_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                             const ReadProgress& progress, std::size_t chunk_bytes,
                             std::int64_t max_sentences) {
  TokenStream stream;
  stream.ends.reserve(static_cast<std::size_t>(max_sentences));
  // A vocabulary of this corpus knows the number of tokens, one from elsewhere does not.
  stream.ids.reserve(static_cast<std::size_t>(std::min(vocabulary.total(), corpus.max_tokens())));
  StreamSink sink(stream);
  encode_chunks(corpus, vocabulary, threads, progress, chunk_bytes, sink);
  return stream;
}

TokenStream encode(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                   const ReadProgress& progress, std::int64_t max_sentences) {
  return encode_in_chunks(corpus, vocabulary, threads, progress, ChunkReader::kChunkBytes, max_sentences);
}

void encode(const Corpus& corpus, const Vocabulary& vocabulary, int threads, TokenSink& sink,
            const ReadProgress& progress) {
  encode_chunks(corpus, vocabulary, threads, progress, ChunkReader::kChunkBytes, sink);
}

}  // namespace warp2vec
