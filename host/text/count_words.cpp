#include <warp2vec/corpus.h>
#include <warp2vec/error.h>

#include "host/io/utf8.h"
#include "host/text/chunk_workers.h"
#include "host/text/spilled_counts.h"
#include "host/text/tokenizer.h"
#include "host/text/word_table.h"

#include <algorithm>
#include <utility>

namespace warp2vec {
namespace {

struct Seen {
  std::int64_t tokens = 0;
  std::int64_t sentences = 0;
  const ReadProgress& progress;
};

class CountingWorker : public ChunkWorker {
 public:
  // `max_bytes`: of the counts of all `workers`; 0 = no limit.
  CountingWorker(SpilledCounts& shared, Seen& seen, std::int64_t max_bytes, int workers)
      : shared_(shared), seen_(seen), max_types_(words_counted_apart(max_bytes, workers)) {}

  void process(const Chunk& chunk) override {
    tokens_ = 0;
    sentences_ = 0;
    std::int64_t before = -1;  // tokens before the last newline; a chunk may begin inside a sentence
    const char* const text_end = chunk.text.data() + chunk.text.size();
    tokenize(
        chunk,
        [this, &chunk, text_end](std::string_view word) {
          ++tokens_;
          // Increases with the text: the chunk's index, then the offset in it.
          const auto place = [&] {
            return static_cast<std::uint64_t>(chunk.index) << 32 |
                   static_cast<std::uint64_t>(word.data() - chunk.text.data());
          };
          ++counts_.value_of(word, key_of(word, text_end), place);
          if (counts_.size() >= max_types_ || counts_.long_bytes() >= kMaxLongBytes) flush();
        },
        [&] {
          if (std::exchange(before, tokens_) != tokens_) ++sentences_;
        });
    if (chunk.ends_file) ++sentences_;
  }

  void commit(const Chunk& chunk) override {
    seen_.tokens += tokens_;
    seen_.sentences += sentences_;
    if (seen_.progress) seen_.progress(chunk.corpus_bytes, seen_.tokens);
  }

  void finish() override { flush(); }

 private:
  void flush() {
    shared_.add(counts_);
    counts_.clear();
  }

  static constexpr std::size_t kMaxLongBytes = std::size_t{1} << 22;

  SpilledCounts& shared_;
  Seen& seen_;
  std::int64_t max_types_;
  WordTable counts_;
  // Of the current chunk:
  std::int64_t tokens_ = 0;
  std::int64_t sentences_ = 0;
};

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

CorpusCounts count_words_in_chunks(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                   int threads, const ReadProgress& progress, std::size_t chunk_bytes,
                                   const CountMemory& memory) {
  const int workers_wanted = std::max(1, threads);
  SpilledCounts shared(eighths_of(memory.bytes, 5),
                       memory.scratch_folder);  // and one for what is sorted and merged
  Seen seen{0, 0, progress};
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (int i = 0; i < workers_wanted; ++i)
    workers.push_back(
        std::make_unique<CountingWorker>(shared, seen, eighths_of(memory.bytes, 2), workers_wanted));
  ChunkReader reader(corpus, chunk_bytes);
  process_chunks(reader, workers);
  workers.clear();

  CorpusCounts counts;
  counts.tokens = seen.tokens;
  counts.max_sentences = seen.sentences;
  if (counts.tokens == 0)
    throw Error("the input holds no words: " + std::to_string(corpus.files().size()) + " file(s), " +
                std::to_string(corpus.bytes()) + " bytes");
  std::int64_t highest = 0;
  Selection selection(min_count, max_vocab, memory.vocabulary_bytes);
  shared.take([&](const WordCount& counted) {
    constexpr std::int64_t kBetweenProgress = 1 << 16;
    if (++counts.types % kBetweenProgress == 0 && progress) progress(corpus.bytes(), counts.tokens);
    highest = std::max(highest, counted.count);
    if (!is_valid_utf8(counted.word)) counts.invalid_utf8 += counted.count;
    selection.add(counted);
  });
  counts.spilled_bytes = shared.spilled_bytes();
  if (selection.empty())
    throw Error("no word appears --min-count " + std::to_string(min_count) + " times: the input holds " +
                std::to_string(counts.types) + " distinct word(s), the most frequent one " +
                std::to_string(highest) + " time(s); a lower --min-count keeps more words");
  counts.vocabulary = selection.vocabulary();
  return counts;
}

CorpusCounts count_words(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab, int threads,
                         const ReadProgress& progress, const CountMemory& memory) {
  return count_words_in_chunks(corpus, min_count, max_vocab, threads, progress, ChunkReader::kChunkBytes,
                               memory);
}

}  // namespace warp2vec
