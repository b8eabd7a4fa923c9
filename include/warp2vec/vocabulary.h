#pragma once
/// The words of a corpus with exact counts: word <-> WordId.

#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {

/// Words in order of decreasing counts; immutable.
class WARP2VEC_EXPORT Vocabulary {
 public:
  Vocabulary() = default;

  /// From distinct words in any order, counts >= 0; words with equal counts keep this order. Keeps words with
  /// count >= max(1, min_count), at most `max_vocab` of them, the most frequent (0 = no limit). Throws Error
  /// for a word that appears twice and for more than kMaxVocabulary words.
  Vocabulary(const std::vector<std::pair<std::string_view, std::int64_t>>& words, std::int64_t min_count,
             std::int64_t max_vocab);

  /// Of ids, whose words are their decimal digits: `counts[i]` is that of id i, 0 if it does not occur.
  /// `order` has each id that occurs once; ids with equal counts keep it. Selects like the constructor, and
  /// takes a small part of its time, on up to `threads` threads. Throws Error for more than kMaxVocabulary
  /// ids.
  static Vocabulary of_ids(std::span<const std::int64_t> counts, const std::vector<std::int32_t>& order,
                           std::int64_t min_count, std::int64_t max_vocab, int threads = 1);

  std::int64_t size() const { return static_cast<std::int64_t>(counts_.size()); }
  /// Both throw Error for an id that is not in [0, size()).
  std::string_view word(WordId id) const;
  std::int64_t count(WordId id) const { return counts_[checked(id)]; }
  /// One count per word, decreasing.
  std::span<const std::int64_t> counts() const { return counts_; }
  /// Sum of all counts: the number of tokens of the counted corpus that are in the vocabulary.
  std::int64_t total() const { return total_; }
  std::optional<WordId> find(std::string_view word) const;

  /// Of a vocabulary that of_ids() made: the row of each id, -1 without one; else empty.
  std::span<const std::int32_t> rows_of_ids() const { return rows_of_ids_; }

 private:
  void add_total(std::int64_t count);
  std::size_t checked(WordId id) const {
    if (row_of(id) < 0 || row_of(id) >= size()) refuse(id);
    return static_cast<std::size_t>(row_of(id));
  }
  [[noreturn]] void refuse(WordId id) const;

  std::string bytes_;                  // all words, one after the other
  std::vector<std::uint64_t> begins_;  // size() + 1 offsets into bytes_
  std::vector<std::int64_t> counts_;
  std::int64_t total_ = 0;
  std::vector<std::int32_t> slots_;  // open-addressing hash table of ids, -1 = free; or instead:
  std::vector<std::int32_t> rows_of_ids_;
};

/// The row of each of `num_ids` ids in a vocabulary whose words are ids, -1 for one that is no word: the
/// order in which vectors of ids are saved. 0 ids = up to the highest. Throws Error naming a word that is no
/// id, an id that is not below `num_ids`, or without `num_ids` ids that are too sparse (see IdInput).
WARP2VEC_EXPORT std::vector<std::int32_t> rows_of_ids(const Vocabulary& vocabulary, std::int64_t num_ids);

/// Reads `word count` lines (one space or tab between; word2vec.c's `</s>` line is an entry like any other),
/// in any order, and filters like Vocabulary's constructor. Throws Error naming file and line for a
/// malformed line, a count that is not an integer in [0, 2^63), a repeated word or an empty result.
WARP2VEC_EXPORT Vocabulary read_vocabulary(const std::string& path, std::int64_t min_count,
                                           std::int64_t max_vocab);

/// Writes `word count\n` lines in vocabulary order, atomically, compressed like save_vectors(). Throws Error
/// naming the file, also for a word that could not be read back: an empty one, or one with white space or a
/// NUL.
WARP2VEC_EXPORT void save_vocabulary(const Vocabulary& vocabulary, const std::string& path);

}  // namespace warp2vec
