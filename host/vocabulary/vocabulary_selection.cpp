#include "host/vocabulary/vocabulary_selection.h"

#include <warp2vec/error.h>

#include "host/bytes/utf8.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

// The words of a vocabulary, which are selected as they come.
class Selection {
 public:
  // `max_bytes`: of the vocabulary, while it is put together; 0 = no limit.
  Selection(std::int64_t min_count, std::int64_t max_vocab, std::int64_t max_bytes)
      : min_count_(min_count), max_vocab_(max_vocab), max_bytes_(max_bytes) {}

  void add(const WordCount& counted) {
    if (counted.count < min_count_) return;
    words_.push_back({counted.first, counted.count, std::string(counted.word)});
    letters_ += std::ssize(counted.word);
    if (max_vocab_ > 0 && std::ssize(words_) / 2 > max_vocab_ + kAtOnce) keep_most_frequent();
    if (max_bytes_ > 0 && std::ssize(words_) * kWordBytes + 2 * letters_ > max_bytes_)
      throw Error(
          "more than " + std::to_string(words_.size()) + " words appear --min-count " +
          std::to_string(min_count_) + " times, and this vocabulary takes more memory than the " +
          std::to_string(max_bytes_) +
          " bytes that are available: a larger --min-count or a smaller --max-vocab keeps fewer words");
  }

  bool empty() const { return words_.empty(); }

  void for_each(const std::function<void(const WordCount&)>& visit) const {
    for (const Word& word : words_) visit({word.letters, word.count, word.first});
  }

  Vocabulary vocabulary() {
    std::sort(words_.begin(), words_.end(), [](const Word& a, const Word& b) { return a.first < b.first; });
    std::vector<std::pair<std::string_view, std::int64_t>> words;
    words.reserve(words_.size());
    for (const Word& word : words_) words.emplace_back(word.letters, word.count);
    return {words, min_count_, max_vocab_};
  }

 private:
  struct Word {
    std::uint64_t first;
    std::int64_t count;
    std::string letters;
  };

  void keep_most_frequent() {
    std::nth_element(words_.begin(), words_.begin() + max_vocab_, words_.end(),
                     [](const Word& a, const Word& b) {
                       return a.count != b.count ? a.count > b.count : a.first < b.first;
                     });
    words_.erase(words_.begin() + max_vocab_, words_.end());
    letters_ = 0;
    for (const Word& word : words_) letters_ += std::ssize(word.letters);
  }

  // This list, while it grows, and the vocabulary with what checks it.
  static constexpr std::int64_t kWordBytes = 256;
  static constexpr std::int64_t kAtOnce = 1 << 10;  // so that few words are not sorted all the time

  std::int64_t min_count_;
  std::int64_t max_vocab_;
  std::int64_t max_bytes_;
  std::int64_t letters_ = 0;  // of all words
  std::vector<Word> words_;
};

}  // namespace

void refuse_rare(std::int64_t min_count, std::int64_t types, std::int64_t highest) {
  throw Error("no word appears --min-count " + std::to_string(min_count) + " times: the input holds " +
              std::to_string(types) + " distinct word(s), the most frequent one " + std::to_string(highest) +
              " time(s); a lower --min-count keeps more words");
}

void refuse_unknown(std::int64_t words, const Vocabulary& vocabulary) {
  throw Error("none of the input's " + std::to_string(words) + " word(s) is in the vocabulary (" +
              std::to_string(vocabulary.size()) + " word(s))");
}

CorpusCounts select_words(SpilledCounts& counted, std::int64_t min_count, std::int64_t max_vocab,
                          const CountMemory& memory, const std::function<void()>& progress,
                          WordsOfRanks* ranks) {
  CorpusCounts counts;
  std::int64_t highest = 0;
  Selection selection(min_count, max_vocab, memory.vocabulary_bytes);
  const auto take = [&](SpilledCounts& words) {
    words.take([&](const WordCount& word) {
      constexpr std::int64_t kBetweenProgress = 1 << 16;
      if (++counts.types % kBetweenProgress == 0) progress();
      highest = std::max(highest, word.count);
      if (!is_valid_utf8(word.word)) counts.invalid_utf8 += word.count;
      if (has_unicode_space(word.word)) counts.unicode_spaces += word.count;
      selection.add(word);
    });
    counts.spilled_bytes += words.spilled_bytes();
  };
  if (ranks == nullptr) {
    take(counted);
  } else {
    // The words of this rank alone.
    SpilledCounts own(eighths_of(memory.bytes, 2), memory.scratch_folder);
    ranks->collect(counted, own);
    counts.spilled_bytes = counted.spilled_bytes();
    take(own);
    ranks->add_up({&counts.types, &counts.invalid_utf8, &counts.unicode_spaces, &counts.spilled_bytes});
    highest = ranks->most(highest);
    Selection all(min_count, max_vocab, memory.vocabulary_bytes);
    ranks->gather([&](const auto& visit) { selection.for_each(visit); },
                  [&](const WordCount& word) { all.add(word); });
    selection = std::move(all);
  }
  if (selection.empty()) refuse_rare(min_count, counts.types, highest);
  counts.vocabulary = selection.vocabulary();
  return counts;
}

}  // namespace warp2vec
