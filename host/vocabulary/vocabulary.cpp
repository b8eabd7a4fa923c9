#include <warp2vec/error.h>
#include <warp2vec/vocabulary.h>

#include "host/bytes/byte_class.h"
#include "host/compression/compression.h"
#include "host/io/atomic_file.h"
#include "host/io/lines.h"
#include "host/vocabulary/ids.h"
#include "host/vocabulary/word_table.h"
#include "host/vocabulary/words.h"

#include <algorithm>
#include <bit>
#include <charconv>

namespace warp2vec {
namespace {

using CountedWord = std::pair<std::string_view, std::int64_t>;

[[noreturn]] void refuse_repeated(std::string_view word) {
  throw Error("the word \"" + std::string(word) + "\" appears twice");
}

void refuse_repeated(const std::vector<CountedWord>& words) {
  WordTable seen(static_cast<std::int64_t>(words.size()));
  for (const auto& [word, count] : words)
    if (seen.value_of(word)++ > 0) refuse_repeated(word);
}

[[noreturn]] void refuse_line(const std::string& path, std::int64_t number, const std::string& why) {
  throw Error(path + ":" + std::to_string(number) + ": " + why);
}

// "word count" or "word\tcount", without the line end and blanks before it.
CountedWord parse_line(std::string_view line, const std::string& path, std::int64_t number) {
  const auto* const word_end = std::find_if_not(line.begin(), line.end(), is_word_byte);
  const auto word_bytes = static_cast<std::size_t>(word_end - line.begin());
  if (word_bytes == 0 || word_end == line.end() || (*word_end != ' ' && *word_end != '\t'))
    refuse_line(path, number, "expected a word, one space or tab, and its count");
  const char* const digits_end = line.data() + line.size();
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(word_end + 1, digits_end, count);
  if (error != std::errc() || end != digits_end || word_end[1] == '-')
    refuse_line(path, number, "expected a count after the word, an integer from 0 to 9223372036854775807");
  return {line.substr(0, word_bytes), count};
}

}  // namespace

Vocabulary::Vocabulary(const std::vector<CountedWord>& words, std::int64_t min_count,
                       std::int64_t max_vocab) {
  std::vector<CountedWord> ranked;
  ranked.reserve(words.size());
  for (const CountedWord& entry : words)
    if (entry.second >= std::max<std::int64_t>(1, min_count)) ranked.push_back(entry);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const CountedWord& a, const CountedWord& b) { return a.second > b.second; });
  if (max_vocab > 0 && static_cast<std::int64_t>(ranked.size()) > max_vocab)
    ranked.erase(ranked.begin() + max_vocab, ranked.end());
  if (ranked.size() < words.size()) refuse_repeated(words);  // those that are left out, too
  if (static_cast<std::int64_t>(ranked.size()) > kMaxVocabulary)
    throw Error("the vocabulary has " + std::to_string(ranked.size()) + " words: expected at most " +
                std::to_string(kMaxVocabulary) + "; --min-count and --max-vocab keep fewer");

  std::size_t text_bytes = 0;
  std::vector<std::uint64_t> hashes;
  hashes.reserve(ranked.size());
  for (const auto& [word, count] : ranked) {
    text_bytes += word.size();
    hashes.push_back(hash_of(key_of(word)));
  }
  bytes_.reserve(text_bytes);
  begins_.reserve(ranked.size() + 1);
  counts_.reserve(ranked.size());
  slots_.assign(std::bit_ceil(std::max<std::size_t>(2, ranked.size() * 2)), -1);
  const std::size_t mask = slots_.size() - 1;
  begins_.push_back(0);
  for (std::size_t row = 0; row < ranked.size(); ++row) {
    constexpr std::size_t kAhead = 16;  // words whose slots are on their way from memory
    if (row + kAhead < ranked.size()) __builtin_prefetch(&slots_[hashes[row + kAhead] & mask], 1);
    const auto& [word, count] = ranked[row];
    std::size_t at = hashes[row] & mask;
    for (; slots_[at] >= 0; at = (at + 1) & mask)
      if (const auto other = static_cast<std::size_t>(slots_[at]);
          hashes[other] == hashes[row] && ranked[other].first == word)
        refuse_repeated(word);
    slots_[at] = static_cast<std::int32_t>(row);
    bytes_ += word;
    begins_.push_back(bytes_.size());
    counts_.push_back(count);
    add_total(count);
  }
}

void Vocabulary::add_total(std::int64_t count) {
  if (__builtin_add_overflow(total_, count, &total_))
    throw Error("the counts of the vocabulary add up to more than 9223372036854775807");
}

void Vocabulary::refuse(WordId id) const {
  throw Error("the vocabulary has no word with the id " + std::to_string(row_of(id)) + ": it has " +
              std::to_string(size()) + " words");
}

std::string_view Vocabulary::word(WordId id) const {
  const std::size_t row = checked(id);
  return {bytes_.data() + begins_[row], begins_[row + 1] - begins_[row]};
}

std::optional<WordId> Vocabulary::find(std::string_view word) const {
  if (!rows_of_ids_.empty()) {
    const std::optional<std::int32_t> id = parse_id(word);
    if (!id || *id >= std::ssize(rows_of_ids_)) return std::nullopt;
    const std::int32_t row = rows_of_ids_[static_cast<std::size_t>(*id)];
    return row < 0 ? std::nullopt : std::optional(WordId{row});
  }
  if (slots_.empty()) return std::nullopt;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash_of(key_of(word)) & mask; slots_[at] >= 0; at = (at + 1) & mask) {
    const WordId id{slots_[at]};
    if (this->word(id) == word) return id;
  }
  return std::nullopt;
}

Vocabulary read_vocabulary(const std::string& path, std::int64_t min_count, std::int64_t max_vocab) {
  TextLines lines(path);
  WordTable seen;
  std::vector<CountedWord> entries;
  std::int64_t empty_line = 0;  // the first of those at the end
  for (std::string_view line; lines.next(line);) {
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (line.empty()) {
      if (empty_line == 0) empty_line = lines.number();
      continue;
    }
    if (empty_line > 0) refuse_line(path, empty_line, "expected a word and its count, but the line is empty");
    const auto [word, count] = parse_line(line, path, lines.number());
    if (seen.value_of(word)++ > 0)
      refuse_line(path, lines.number(), "the word \"" + std::string(word) + "\" appears on an earlier line");
    entries.emplace_back(word, count);
  }
  Vocabulary vocabulary;
  try {
    vocabulary = Vocabulary(entries, min_count, max_vocab);
  } catch (const Error& error) {
    throw Error(path + ": " + error.what());
  }
  if (vocabulary.size() == 0)
    throw Error(path + ": none of its " + std::to_string(seen.size()) +
                " word(s) has a count of --min-count " +
                std::to_string(std::max<std::int64_t>(1, min_count)) + " or more");
  return vocabulary;
}

void save_vocabulary(const Vocabulary& vocabulary, const std::string& path) {
  require_words(vocabulary, path);
  AtomicFile file(path, compression_of_name(path));
  for (std::int64_t row = 0; row < vocabulary.size(); ++row) {
    const WordId id{static_cast<std::int32_t>(row)};
    file.write(vocabulary.word(id));
    file.write(" ");
    file.write(std::to_string(vocabulary.count(id)));
    file.write("\n");
  }
  file.commit();
}

}  // namespace warp2vec
