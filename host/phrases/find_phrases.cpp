#include <warp2vec/config.h>
#include <warp2vec/phrases.h>

#include "host/bytes/byte_class.h"
#include "host/phrases/phrase_rule.h"
#include "host/text/chunk_workers.h"
#include "host/text/tokenizer.h"
#include "host/vocabulary/spilled_counts.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace warp2vec {
namespace {

using Id = PhraseWords::Id;

// The candidates that one thread counts, which are passed on before they exceed a core's cache.
class CandidateCounts {
 public:
  // `max_bytes`: of the counts of all `threads`; 0 = no limit.
  CandidateCounts(SpilledCounts& shared, std::int64_t max_bytes, int threads)
      : counts_(shared, max_bytes, threads) {}

  void add(PhraseCandidate& candidate, Id id) {
    if (!candidate.add(id)) return;
    counts_.add(candidate.key(), key_of(candidate.key()), [] { return 0U; });
    candidate.settle(false);
  }

  void flush() { counts_.flush(); }

 private:
  LocalCounts counts_;
};

// What is known after the chunks so far.
struct CarriedCounts {
  PhraseCandidate candidate;
  CandidateCounts counts;
  std::int64_t words = 0;
};

class CandidateWorker : public ChunkWorker {
 public:
  CandidateWorker(const PhraseWords& words, SpilledCounts& shared, std::int64_t max_bytes, int threads,
                  CarriedCounts& carried, const ReadProgress& progress)
      : words_(words),
        counts_(shared, max_bytes, threads),
        carried_(carried),
        progress_(progress),
        candidate_(words) {}

  void process(const Chunk& chunk) override {
    head_.clear();
    in_head_ = true;
    seen_ = 0;
    candidate_.reset();
    const char* const text_end = chunk.text.data() + chunk.text.size();
    tokenize(
        chunk,
        [&](std::string_view word) {
          ++seen_;
          const Id id = words_.find(word, text_end);
          if (!in_head_) return counts_.add(candidate_, id);
          head_.push_back(id);
          in_head_ = id != PhraseWords::kUnknown && words_.is_connector(id);
          if (!in_head_) candidate_.add(id);
        },
        [this] {
          in_head_ = false;
          candidate_.reset();
        });
  }

  void commit(const Chunk& chunk) override {
    for (const Id id : head_) carried_.counts.add(carried_.candidate, id);
    if (!in_head_) carried_.candidate = candidate_;
    if (chunk.ends_file) carried_.candidate.reset();
    carried_.words += seen_;
    if (progress_) progress_(chunk.corpus_bytes, carried_.words);
  }

  void finish() override { counts_.flush(); }

 private:
  const PhraseWords& words_;
  CandidateCounts counts_;
  CarriedCounts& carried_;
  const ReadProgress& progress_;
  // Of the current chunk:
  std::vector<Id> head_;  // up to the first word that ends the candidate of the chunk before, if it has one
  bool in_head_ = true;   // whether there is none
  PhraseCandidate candidate_;  // after the head
  std::int64_t seen_ = 0;
};

double score_of(PhraseScore score, double both, double first, double second, double words, double min_count) {
  if (score == PhraseScore::word2vec) return (both - min_count) / first / second * words;
  if (both == words) return 1;  // the limit: nothing else is in the text
  return std::log(both / first / second * words) / -std::log(both / words);
}

Id id_at(std::string_view key, std::size_t at) {
  Id id = 0;
  std::memcpy(&id, key.data() + at, sizeof id);
  return id;
}

// Those of the counted candidates that are phrases.
std::unique_ptr<const Phrases::Found> select(PhraseWords words, const Vocabulary& vocabulary,
                                             std::int64_t tokens, SpilledCounts& candidates,
                                             const PhraseSettings& settings) {
  auto found = std::make_unique<Phrases::Found>(std::move(words), settings.delimiter);
  candidates.take([&](const WordCount& candidate) {
    if (candidate.count < settings.min_count) return;
    const std::string_view key = candidate.word;
    const auto count_at = [&](std::size_t at) {
      return static_cast<double>(vocabulary.count(static_cast<WordId>(id_at(key, at))));
    };
    const double score = score_of(settings.score, static_cast<double>(candidate.count), count_at(0),
                                  count_at(key.size() - sizeof(Id)), static_cast<double>(tokens),
                                  static_cast<double>(settings.min_count));
    if (!(score > settings.threshold)) return;
    found->keys.value_of(key) = 1;
    found->list.push_back({found->words.text_of(key, settings.delimiter), candidate.count, score});
  });
  std::sort(found->list.begin(), found->list.end(), [](const Phrase& a, const Phrase& b) {
    return a.score != b.score ? a.score > b.score : a.text < b.text;
  });
  return found;
}

}  // namespace

int thread_count_of(const PhraseSettings& settings) {
  Config config;
  config.threads = settings.threads;
  return thread_count(config);
}

PhraseWords::PhraseWords(const Vocabulary& vocabulary, const std::vector<std::string>& connectors)
    : connects_(static_cast<std::size_t>(vocabulary.size())),
      ids_(vocabulary.size() + std::ssize(connectors)) {
  const auto add = [this](std::string_view word) {
    ids_.value_of(word) = std::ssize(words_);
    words_.emplace_back(word);
  };
  for (std::int64_t row = 0; row < vocabulary.size(); ++row) add(vocabulary.word(static_cast<WordId>(row)));
  for (const std::string& connector : connectors) {
    if (ids_.find(connector, key_of(connector)) == nullptr) {
      add(connector);
      connects_.push_back(false);
    }
    connects_[static_cast<std::size_t>(ids_.value_of(connector))] = true;
  }
}

std::string PhraseWords::text_of(std::string_view key, char delimiter) const {
  std::string text;
  for (std::size_t at = 0; at < key.size(); at += kIdBytes) {
    if (at > 0) text += delimiter;
    text += words_[static_cast<std::size_t>(id_at(key, at))];
  }
  return text;
}

void PhraseSettings::validate() const {
  if (min_count < 1) throw Error("min_count " + std::to_string(min_count) + ": expected 1 or more");
  const double least = score == PhraseScore::npmi ? -1 : 0;
  const double most = score == PhraseScore::npmi ? 1 : std::numeric_limits<double>::max();
  if (!(threshold >= least && threshold <= most))
    throw Error("threshold " + std::to_string(threshold) + ": expected " +
                (score == PhraseScore::npmi ? "-1 to 1 with npmi" : "0 or more"));
  if (delimiter <= ' ' || delimiter > '~') throw Error("delimiter: expected a printable ASCII character");
  for (const std::string& connector : connectors)
    if (connector.empty() || !std::all_of(connector.begin(), connector.end(), is_word_byte))
      throw Error("connector '" + connector + "': expected one word");
}

std::unique_ptr<const Phrases::Found> find_in_chunks(const Corpus& corpus, const PhraseSettings& settings,
                                                     const ReadProgress& progress, std::size_t chunk_bytes) {
  settings.validate();
  if (corpus.has_ids()) throw Error("phrases are made of words, but the input holds ids");
  const int threads = thread_count_of(settings);
  const CorpusCounts counted = count_words(corpus, settings.min_count, 0, threads, progress, settings.memory);
  PhraseWords words(counted.vocabulary, settings.connectors);
  // An eighth each for the threads' own counts, for those between chunks, and for what is sorted and merged.
  const std::int64_t bytes = settings.memory.bytes;
  SpilledCounts candidates(eighths_of(bytes, 5), settings.memory.scratch_folder);
  CarriedCounts carried{PhraseCandidate(words), CandidateCounts(candidates, eighths_of(bytes, 1), 1), 0};
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  workers.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i)
    workers.push_back(std::make_unique<CandidateWorker>(words, candidates, eighths_of(bytes, 1), threads,
                                                        carried, progress));
  ChunkReader reader(corpus, chunk_bytes);
  process_chunks(reader, workers);
  carried.counts.flush();
  return select(std::move(words), counted.vocabulary, counted.tokens, candidates, settings);
}

Phrases::Phrases(const Corpus& corpus, const PhraseSettings& settings, const ReadProgress& progress)
    : found_(find_in_chunks(corpus, settings, progress, ChunkReader::kChunkBytes)) {}

Phrases::Phrases(const Sentences& sentences, const PhraseSettings& settings) {
  settings.validate();
  const CorpusCounts counted = count_words(sentences, settings.min_count, 0, settings.memory);
  PhraseWords words(counted.vocabulary, settings.connectors);
  SpilledCounts candidates(eighths_of(settings.memory.bytes, 6), settings.memory.scratch_folder);
  CandidateCounts counts(candidates, eighths_of(settings.memory.bytes, 1), 1);
  PhraseCandidate candidate(words);
  sentences([&](std::span<const std::string_view> sentence) {
    for (const std::string_view word : sentence) counts.add(candidate, words.find(word));
    candidate.reset();
  });
  counts.flush();
  found_ = select(std::move(words), counted.vocabulary, counted.tokens, candidates, settings);
}

Phrases::~Phrases() = default;
Phrases::Phrases(Phrases&&) noexcept = default;
Phrases& Phrases::operator=(Phrases&&) noexcept = default;

std::span<const Phrase> Phrases::list() const { return found_->list; }

}  // namespace warp2vec
