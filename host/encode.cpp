#include <warp2vec/corpus.h>
#include <warp2vec/error.h>

#include "chunk_workers.h"
#include "corpus_passes.h"
#include "tokenizer.h"

#include <algorithm>
#include <optional>

namespace warp2vec {
namespace {

// What the workers write to, in turn.
struct Encoded {
  TokenStream stream;
  std::int64_t tokens_seen = 0;
  const ReadProgress& progress;

  void end_sentence_at(std::int64_t position) {
    if (position > (stream.ends.empty() ? 0 : stream.ends.back())) stream.ends.push_back(position);
  }
};

class EncodingWorker : public ChunkWorker {
 public:
  EncodingWorker(const Vocabulary& vocabulary, Encoded& encoded)
      : vocabulary_(vocabulary), encoded_(encoded) {}

  void process(const Chunk& chunk) override {
    ids_.clear();
    newlines_.clear();
    tokens_seen_ = 0;
    tokenize(
        chunk,
        [this](std::string_view word) {
          ++tokens_seen_;
          if (const std::optional<WordId> id = vocabulary_.find(word)) ids_.push_back(*id);
        },
        [this] { newlines_.push_back(static_cast<std::int64_t>(ids_.size())); });
  }

  void commit(const Chunk& chunk) override {
    TokenStream& stream = encoded_.stream;
    const std::int64_t before = stream.tokens();
    stream.ids.insert(stream.ids.end(), ids_.begin(), ids_.end());
    for (const std::int64_t newline : newlines_) encoded_.end_sentence_at(before + newline);
    if (chunk.ends_file) encoded_.end_sentence_at(stream.tokens());
    encoded_.tokens_seen += tokens_seen_;
    if (encoded_.progress) encoded_.progress(chunk.corpus_bytes, encoded_.tokens_seen);
  }

 private:
  const Vocabulary& vocabulary_;
  Encoded& encoded_;
  // Of the current chunk:
  std::vector<WordId> ids_;
  std::vector<std::int64_t> newlines_;  // ids before each
  std::int64_t tokens_seen_ = 0;
};

}  // namespace

TokenStream encode_in_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                             const ReadProgress& progress, std::size_t chunk_bytes) {
  Encoded encoded{{}, 0, progress};
  // A vocabulary of this corpus says how many tokens there will be; one from elsewhere may say anything, but
  // plain text has at most a word in two bytes.
  const std::int64_t most = corpus.bytes() / 2 + static_cast<std::int64_t>(corpus.files().size());
  encoded.stream.ids.reserve(static_cast<std::size_t>(std::min(vocabulary.total(), most)));

  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (int i = 0; i < std::max(1, threads); ++i)
    workers.push_back(std::make_unique<EncodingWorker>(vocabulary, encoded));
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
