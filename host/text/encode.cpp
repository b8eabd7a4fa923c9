#include <warp2vec/corpus.h>

#include "host/distributed/values_of_ranks.h"
#include "host/text/chunk_workers.h"
#include "host/text/read_ids.h"
#include "host/text/sentence_sinks.h"
#include "host/text/tokenizer.h"
#include "host/vocabulary/vocabulary_selection.h"
#include "host/vocabulary/word_table.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
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

// Appends the values of all ranks, in their order, a piece of each at a time.
template <class Value>
void gather(Ranks& ranks, std::span<const Value> own, std::vector<Value>& all) {
  constexpr std::size_t kAtATime = std::size_t{1} << 20;
  const auto size = static_cast<std::size_t>(ranks.size());
  const auto own_count = static_cast<double>(own.size());
  const std::vector<double> counts = values_of_ranks(ranks, std::span(&own_count, 1));
  std::vector<std::size_t> places;
  std::size_t end = all.size();
  for (const double count : counts)
    places.push_back(std::exchange(end, end + static_cast<std::size_t>(count)));
  all.resize(end);
  const auto most = static_cast<std::size_t>(*std::max_element(counts.begin(), counts.end()));
  for (std::size_t done = 0; done < most; done += kAtATime) {
    const auto piece =
        own.subspan(std::min(done, own.size()), std::min(kAtATime, own.size() - std::min(done, own.size())));
    const std::string_view bytes(reinterpret_cast<const char*>(piece.data()), piece.size_bytes());
    const std::vector<std::string> pieces = ranks.exchange(std::vector<std::string_view>(size, bytes));
    for (std::size_t r = 0; r < size; ++r)
      if (!pieces[r].empty()) std::memcpy(all.data() + places[r] + done, pieces[r].data(), pieces[r].size());
  }
}

// Of a share of the text, in numbers that are easily sent.
struct EncodedShare {
  TokenStream tokens;
  std::int64_t seen_in_last_file = 0;  // that has not ended

  // For each rank, what it has, and of each of its files where it ends and how many words it has there.
  std::vector<std::int64_t> numbers() const {
    std::vector<std::int64_t> numbers{tokens.tokens(), std::ssize(tokens.ends),
                                      std::ssize(tokens.encoded_files), seen_in_last_file};
    for (const EncodedFile& file : tokens.encoded_files) {
      numbers.push_back(file.end);
      numbers.push_back(file.tokens);
    }
    return numbers;
  }
};

// The tokens of all ranks, as of a text that was encoded by one.
TokenStream joined(Ranks& ranks, const Corpus& corpus, EncodedShare own) {
  TokenStream all;
  const std::vector<std::int64_t> own_numbers = own.numbers();
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> ends;
  gather<std::int64_t>(ranks, own_numbers, numbers);
  gather<std::int64_t>(ranks, own.tokens.ends, ends);
  own.tokens.ends = {};
  gather<WordId>(ranks, own.tokens.ids, all.ids);
  all.ends.reserve(ends.size());
  std::int64_t begin = 0;         // of the share's ids
  std::int64_t seen_in_file = 0;  // in the shares before
  auto end = ends.begin();
  for (auto number = numbers.begin(); number != numbers.end();) {
    const std::int64_t tokens = *number++;
    const std::int64_t sentences = *number++;
    const std::int64_t files = *number++;
    const std::int64_t seen_in_last_file = *number++;
    for (std::int64_t i = 0; i < sentences; ++i) {
      const std::int64_t position = begin + *end++;
      if (position > (all.ends.empty() ? 0 : all.ends.back())) all.ends.push_back(position);
    }
    for (std::int64_t i = 0; i < files; ++i) {
      const std::int64_t file_end = begin + *number++;
      const std::int64_t seen = std::exchange(seen_in_file, 0) + *number++;
      all.encoded_files.push_back({corpus.files()[all.encoded_files.size()].name, file_end, seen});
    }
    seen_in_file += seen_in_last_file;
    begin += tokens;
  }
  return all;
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
  TokenStream all = joined(ranks, corpus, std::move(own));
  if (all.tokens() == 0) {
    std::int64_t seen = 0;
    for (const EncodedFile& file : all.encoded_files) seen += file.tokens;
    refuse_unknown(seen, vocabulary);
  }
  return all;
}

}  // namespace

TokenStream encode_in_chunks(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                             const ReadProgress& progress, std::size_t chunk_bytes,
                             std::int64_t max_sentences, Ranks* ranks) {
  if (ranks != nullptr && !corpus.has_ids())
    return encode_share(corpus, vocabulary, threads, progress, chunk_bytes, *ranks);
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
