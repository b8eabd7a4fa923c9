#include <warp2vec/phrases.h>

#include "host/compression/compression.h"
#include "host/io/atomic_file.h"
#include "host/io/scratch_file.h"
#include "host/phrases/phrase_rule.h"
#include "host/text/chunk_workers.h"
#include "host/text/text_files.h"
#include "host/text/tokenizer.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace warp2vec {
namespace {

using Id = PhraseWords::Id;
using TextSink = std::function<void(std::string_view)>;

// Text with its phrases joined, as its words come. The separators before the last words may yet become
// delimiters.
class JoinedWords {
 public:
  // Behind a word, in the middle of a line.
  JoinedWords(const Phrases::Found& found, PhraseCandidate candidate)
      : found_(&found), candidate_(std::move(candidate)) {}

  void add(Id id, std::string_view word) {
    if (!begins_line_) {
      if (candidate_.is_open()) open_.push_back(text_.size());
      text_ += ' ';
    }
    if (candidate_.add(id)) {
      const bool joined = found_->is_phrase(candidate_.key());
      if (joined) {
        for (const std::size_t at : open_) text_[at] = found_->delimiter;
        words_ -= std::ssize(open_);
        ++phrases_;
      }
      candidate_.settle(joined);
      open_.clear();
    } else if (!candidate_.is_open()) {
      open_.clear();
    }
    text_ += word;
    ++words_;
    begins_line_ = false;
  }

  void end_sentence() {
    text_ += '\n';
    begins_line_ = true;
    candidate_.reset();
    open_.clear();
  }

  void end_file() {
    if (!begins_line_) end_sentence();
  }

  // Hands over what no further word can change.
  void write_settled(const TextSink& sink) {
    const std::size_t settled = open_.empty() ? text_.size() : open_.front();
    sink(std::string_view(text_).substr(0, settled));
    text_.erase(0, settled);
    for (std::size_t& at : open_) at -= settled;
  }

  // Goes on with `rest`, whatever this text ends with.
  void append(JoinedWords& rest, const TextSink& sink) {
    sink(text_);
    std::swap(text_, rest.text_);
    open_ = rest.open_;
    candidate_ = rest.candidate_;
    begins_line_ = rest.begins_line_;
    words_ += rest.words_;
    phrases_ += rest.phrases_;
  }

  // As after construction, keeping the memory.
  void restart(PhraseCandidate candidate) {
    text_.clear();
    open_.clear();
    candidate_ = std::move(candidate);
    begins_line_ = false;
    words_ = phrases_ = 0;
  }

  // A text begins with a line.
  void begin() { begins_line_ = true; }

  std::int64_t words() const { return words_; }
  std::int64_t phrases() const { return phrases_; }

 private:
  const Phrases::Found* found_;
  PhraseCandidate candidate_;
  std::string text_;
  std::vector<std::size_t> open_;  // separators since the candidate's first word
  bool begins_line_ = false;
  std::int64_t words_ = 0;
  std::int64_t phrases_ = 0;
};

// What the chunks so far have left, in their order.
struct CarriedText {
  JoinedWords text;
  const TextSink& sink;
  const ReadProgress& progress;
  std::int64_t seen = 0;
};

class JoiningWorker : public ChunkWorker {
 public:
  JoiningWorker(const Phrases::Found& found, CarriedText& carried)
      : found_(found), carried_(carried), guess_(found.words), rest_(found, guess_) {}

  void process(const Chunk& chunk) override {
    head_.clear();
    in_head_ = true;
    seen_ = 0;
    guess_.reset();
    const char* const text_end = chunk.text.data() + chunk.text.size();
    tokenize(
        chunk,
        [&](std::string_view word) {
          ++seen_;
          const Id id = found_.words.find(word, text_end);
          if (!in_head_) return rest_.add(id, word);
          head_.push_back({id, word});
          if (ends_head(id)) end_head();
        },
        [this] {
          if (in_head_) end_head();
          rest_.end_sentence();
        });
  }

  void commit(const Chunk& chunk) override {
    for (const Word& word : head_) carried_.text.add(word.id, word.letters);
    if (!in_head_) carried_.text.append(rest_, carried_.sink);
    if (chunk.ends_file) carried_.text.end_file();
    carried_.text.write_settled(carried_.sink);
    carried_.seen += seen_;
    if (carried_.progress) carried_.progress(chunk.corpus_bytes, carried_.seen);
  }

 private:
  struct Word {
    Id id;
    std::string_view letters;
  };

  // Whether what follows does not depend on what was joined before: behind a word that is in no phrase, or
  // not in one with the word before.
  bool ends_head(Id id) {
    if (!guess_.add(id)) return id == PhraseWords::kUnknown;
    const bool is_phrase = found_.is_phrase(guess_.key());
    guess_.settle(false);
    return !is_phrase;
  }

  void end_head() {
    in_head_ = false;
    rest_.restart(guess_);
  }

  const Phrases::Found& found_;
  CarriedText& carried_;
  // Of the current chunk:
  std::vector<Word> head_;  // up to where the chunk before no longer matters
  bool in_head_ = true;     // whether that is never
  PhraseCandidate guess_;   // if no word of the head were joined
  JoinedWords rest_;
  std::int64_t seen_ = 0;
};

}  // namespace

JoinedText join_in_chunks(const Corpus& corpus, const Phrases::Found& found, int threads,
                          const TextSink& sink, const ReadProgress& progress, std::size_t chunk_bytes) {
  CarriedText carried{JoinedWords(found, PhraseCandidate(found.words)), sink, progress, 0};
  carried.text.begin();
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  workers.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) workers.push_back(std::make_unique<JoiningWorker>(found, carried));
  ChunkReader reader(corpus, chunk_bytes);
  process_chunks(reader, workers);
  return {carried.text.words(), carried.text.phrases(), found.list};
}

std::vector<std::string> Phrases::join(std::span<const std::string_view> sentence) const {
  std::vector<std::string> joined;
  PhraseCandidate candidate(found_->words);
  std::size_t first = 0;  // the candidate's first word
  for (const std::string_view word : sentence) {
    if (candidate.add(found_->words.find(word))) {
      const bool is_phrase = found_->is_phrase(candidate.key());
      candidate.settle(is_phrase);
      if (is_phrase) {
        joined.emplace_back(word);
        for (std::size_t i = first + 1; i < joined.size(); ++i)
          (joined[first] += found_->delimiter) += joined[i];
        joined.resize(first + 1);
        continue;
      }
    }
    if (candidate.has_one_word()) first = joined.size();
    joined.emplace_back(word);
  }
  return joined;
}

JoinedText join_phrases(const Corpus& corpus, PhraseSettings settings, std::span<const double> thresholds,
                        const std::string& path, const ReadProgress& progress) {
  if (thresholds.empty()) throw Error("thresholds: expected one for each pass");
  for (const double threshold : thresholds) {
    settings.threshold = threshold;
    settings.validate();
  }
  AtomicFile file(path, compression_of_name(path));
  const Corpus* text = &corpus;
  std::optional<Corpus> joined_before;
  JoinedText joined;
  for (std::size_t pass = 0; pass < thresholds.size(); ++pass) {
    settings.threshold = thresholds[pass];
    const Phrases phrases(*text, settings, progress);
    const auto join_into = [&](const TextSink& sink) {
      joined = join_in_chunks(*text, phrases.found(), thread_count_of(settings), sink, progress,
                              ChunkReader::kChunkBytes);
    };
    if (pass + 1 == thresholds.size()) {
      join_into([&file](std::string_view bytes) { file.write(bytes); });
    } else {
      ScratchFile scratch("the text between two passes", settings.memory.scratch_folder);
      join_into([&scratch](std::string_view bytes) { scratch.append(bytes); });
      text = &joined_before.emplace(corpus_of(scratch, "the text after pass " + std::to_string(pass + 1)));
    }
  }
  file.commit();
  return joined;
}

}  // namespace warp2vec
