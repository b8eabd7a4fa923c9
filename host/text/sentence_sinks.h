#pragma once
/// Sentences, word by word, as runs of tokens.

#include <warp2vec/token_stream.h>

#include "host/vocabulary/vocabulary_selection.h"

#include <cstdint>
#include <string>
#include <utility>

namespace warp2vec {

/// Fills a TokenStream.
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

/// Hands words over to a TokenSink, many at a time; sentences without words are left out.
class SentenceEncoder {
 public:
  explicit SentenceEncoder(TokenSink& sink) : sink_(sink) {}

  /// The row of the sentence's next word, or -1 for a word that is not in the vocabulary.
  void add(std::int64_t row) {
    ++seen_;
    if (row < 0) return;
    if (std::ssize(buffer_.ids) == kTokensAtATime) flush();
    buffer_.ids.push_back(static_cast<WordId>(row));
  }
  void end_sentence() {
    const std::int64_t position = tokens();
    if (position > std::exchange(last_end_, position)) buffer_.ends.push_back(position);
  }
  /// After the last sentence, with the name of all, for messages. Throws Error if no word was in the
  /// vocabulary.
  void finish(const std::string& name, const Vocabulary& vocabulary) {
    if (tokens() == 0) refuse_unknown(seen_, vocabulary);
    flush();
    sink_.end_file({name, flushed_, seen_});
  }
  /// After the last sentence of a share of them, which has no name of its own; returns how many words it has.
  std::int64_t finish_share() {
    flush();
    return seen_;
  }

 private:
  std::int64_t tokens() const { return flushed_ + std::ssize(buffer_.ids); }

  void flush() {
    sink_.add({buffer_.ids, buffer_.ends});
    flushed_ = tokens();
    buffer_.ids.clear();
    buffer_.ends.clear();
  }

  TokenSink& sink_;
  TokenBuffer buffer_;
  std::int64_t flushed_ = 0;
  std::int64_t seen_ = 0;
  std::int64_t last_end_ = 0;
};

}  // namespace warp2vec
