#pragma once
/// Which words of a sentence may form a phrase, and which do: the rule that counting and joining share. See
/// <warp2vec/phrases.h>.
///
/// A candidate is a word, connectors, and a word; its key is their ids, four bytes each. State along a
/// sentence: the key of a candidate as far as it is known, "" if no word may begin one.

#include <warp2vec/phrases.h>

#include "host/vocabulary/word_table.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {

/// The words that may be in phrases, and connectors.
class PhraseWords {
 public:
  using Id = std::int32_t;
  static constexpr Id kUnknown = -1;  // a word that is neither
  static constexpr std::size_t kIdBytes = sizeof(Id);

  /// All words of `vocabulary`, and `connectors`, whether they are in it or not.
  PhraseWords(const Vocabulary& vocabulary, const std::vector<std::string>& connectors);

  /// The bytes after the word may be read up to `readable_end`.
  Id find(std::string_view word, const char* readable_end) const {
    const std::int64_t* const id = ids_.find(word, key_of(word, readable_end));
    return id == nullptr ? kUnknown : static_cast<Id>(*id);
  }
  Id find(std::string_view word) const { return find(word, word.data() + word.size()); }
  bool is_connector(Id id) const { return connects_[static_cast<std::size_t>(id)]; }
  /// The words of a key, with `delimiter` between them.
  std::string text_of(std::string_view key, char delimiter) const;

 private:
  std::vector<std::string> words_;  // by id
  std::vector<bool> connects_;      // by id
  WordTable ids_;
};

/// A candidate on its way.
class PhraseCandidate {
 public:
  explicit PhraseCandidate(const PhraseWords& words) : words_(&words) {}

  /// At the end of a sentence.
  void reset() { key_.clear(); }

  /// Takes the sentence's next word. True if it ends a candidate, which is then key(); settle() must follow.
  bool add(PhraseWords::Id id) {
    if (id == PhraseWords::kUnknown) {
      reset();
      return false;
    }
    if (words_->is_connector(id)) {
      // So that a text of connectors takes no memory.
      if (key_.size() >= kMostConnectors * PhraseWords::kIdBytes) reset();
      if (!key_.empty()) append(id);
      return false;
    }
    const bool ends = !key_.empty();
    append(id);
    return ends;
  }

  /// The word that ended the candidate begins another one, unless they were joined.
  void settle(bool joined) { key_.erase(0, joined ? key_.size() : key_.size() - PhraseWords::kIdBytes); }

  std::string_view key() const { return key_; }
  /// Whether a word, or a word and connectors, are waiting for another word.
  bool is_open() const { return !key_.empty(); }
  /// Whether a word alone is waiting.
  bool has_one_word() const { return key_.size() == PhraseWords::kIdBytes; }

 private:
  static constexpr std::size_t kMostConnectors = 64;  // in a phrase

  void append(PhraseWords::Id id) { key_.append(reinterpret_cast<const char*>(&id), PhraseWords::kIdBytes); }

  const PhraseWords* words_;
  std::string key_;
};

struct Phrases::Found {
  Found(PhraseWords with_words, char with_delimiter)
      : words(std::move(with_words)), delimiter(with_delimiter) {}

  PhraseWords words;
  char delimiter;
  std::vector<Phrase> list;
  WordTable keys;  // of the candidates that are phrases

  bool is_phrase(std::string_view key) const { return keys.find(key, key_of(key)) != nullptr; }
};

/// As Config::threads.
int thread_count_of(const PhraseSettings& settings);

/// The phrases of a text, and the text with its phrases joined, with a given chunk size, on which the results
/// do not depend. `sink` receives the text, one call at a time.
std::unique_ptr<const Phrases::Found> find_in_chunks(const Corpus& corpus, const PhraseSettings& settings,
                                                     const ReadProgress& progress, std::size_t chunk_bytes);
JoinedText join_in_chunks(const Corpus& corpus, const Phrases::Found& found, int threads,
                          const std::function<void(std::string_view)>& sink, const ReadProgress& progress,
                          std::size_t chunk_bytes);

}  // namespace warp2vec
