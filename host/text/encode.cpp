#include <warp2vec/corpus.h>
#include <warp2vec/error.h>

#include "host/text/chunk_workers.h"
#include "host/text/tokenizer.h"
#include "host/text/word_table.h"

#include <algorithm>

namespace warp2vec {
namespace {

// What the workers append to, in turn.
struct Encoded {
  TokenStream stream;
  std::int64_t tokens_seen = 0;
  std::int64_t tokens_before_file = 0;
  const ReadProgress& progress;

  void end_sentence_at(std::int64_t position) {
    if (position > (stream.ends.empty() ? 0 : stream.ends.back())) stream.ends.push_back(position);
  }
  void end_file(const std::string& name) {
    end_sentence_at(stream.tokens());
    stream.files.push_back({name, stream.tokens(), tokens_seen - tokens_before_file});
    tokens_before_file = tokens_seen;
  }
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

  void commit(const Chunk& chunk) override {
    TokenStream& stream = encoded_.stream;
    const std::int64_t before = stream.tokens();
    stream.ids.insert(stream.ids.end(), ids_.begin(), ids_.end());
    for (const std::int64_t newline : newlines_) encoded_.end_sentence_at(before + newline);
    encoded_.tokens_seen += tokens_seen_;
    if (chunk.ends_file) encoded_.end_file(chunk.file->name);
    if (encoded_.progress) encoded_.progress(chunk.corpus_bytes, encoded_.tokens_seen);
  }

 private:
  const WordTable& ids_of_words_;
  Encoded& encoded_;
  // Of the current chunk:
  std::vector<WordId> ids_;
  std::vector<std::int64_t> newlines_;  // ids before each
  std::int64_t tokens_seen_ = 0;
};

}  // namespace

TokenStream encode_in_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                             const ReadProgress& progress, std::size_t chunk_bytes) {
  Encoded encoded{{}, 0, 0, progress};
  // A vocabulary of this corpus knows the number of tokens; for one from elsewhere, plain text has at most
  // one word in two bytes.
  const std::int64_t most = corpus.bytes() / 2 + static_cast<std::int64_t>(corpus.files().size());
  encoded.stream.ids.reserve(static_cast<std::size_t>(std::min(vocabulary.total(), most)));

  const WordTable ids = ids_of(vocabulary);
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (int i = 0; i < std::max(1, threads); ++i)
    workers.push_back(std::make_unique<EncodingWorker>(ids, encoded));
  ChunkReader reader(corpus, chunk_bytes);
  process_chunks(reader, workers);

  if (encoded.stream.ids.empty())
    throw Error("none of the input's " + std::to_string(encoded.tokens_seen) +
                " word(s) is in the vocabulary (" + std::to_string(vocabulary.size()) + " word(s))");
  return std::move(encoded.stream);
}

TokenStream encode(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                   const ReadProgress& progress) {
  return encode_in_chunks(corpus, vocabulary, threads, progress, ChunkReader::kChunkBytes);
}

}  // namespace warp2vec
