#include "host/python/bindings/bindings.h"
#include "host/python/bindings/sentence_words.h"
#include "host/vocabulary/word_table.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace nb = nanobind;

namespace warp2vec::python {
namespace {

/// What a score is computed from.
struct PhraseNumbers {
  std::int64_t first = 0;   ///< count of the first word
  std::int64_t last = 0;    ///< of the last
  std::int64_t phrase = 0;  ///< of the phrase
  std::int64_t types = 0;   ///< words and candidates in the table
  std::int64_t words = 0;   ///< of the text
  double min_count = 0;
};

// Both in gensim's order of operations, so that equal scores are equal to the last bit.

double original_score(const PhraseNumbers& n) {
  if (n.first == 0 || n.last == 0) return -std::numeric_limits<double>::infinity();
  return (static_cast<double>(n.phrase) - n.min_count) /
         (static_cast<double>(n.first) * static_cast<double>(n.last)) * static_cast<double>(n.types);
}

double npmi_score(const PhraseNumbers& n) {
  if (static_cast<double>(n.phrase) < n.min_count || n.first == 0 || n.last == 0 || n.phrase == 0)
    return -std::numeric_limits<double>::infinity();
  if (n.phrase == n.words) return 1;  // the limit: nothing else is in the text
  const auto words = static_cast<double>(n.words);
  const double first = static_cast<double>(n.first) / words;
  const double last = static_cast<double>(n.last) / words;
  const double both = static_cast<double>(n.phrase) / words;
  return std::log(both / (first * last)) / -std::log(both);
}

/// How candidates are judged: "default", "npmi", or a function of Python's with gensim's arguments.
struct PhraseScoring {
  nb::object scoring;
  double min_count = 0;
  double threshold = 0;

  double operator()(const PhraseNumbers& n) const {
    if (!nb::isinstance<nb::str>(scoring))
      return nb::cast<double>(scoring(nb::arg("worda_count") = n.first, nb::arg("wordb_count") = n.last,
                                      nb::arg("bigram_count") = n.phrase, nb::arg("len_vocab") = n.types,
                                      nb::arg("min_count") = n.min_count,
                                      nb::arg("corpus_word_count") = n.words));
    return nb::cast<std::string_view>(scoring) == "npmi" ? npmi_score(n) : original_score(n);
  }
};

/// The text of a word, and of connectors behind it, which wait for another word.
class OpenCandidate {
 public:
  explicit OpenCandidate(std::string_view delimiter) : delimiter_(delimiter) {}

  bool is_open() const { return is_open_; }
  void begin(std::string_view word) {
    text_ = word;
    first_bytes_ = word.size();
    is_open_ = true;
  }
  void add(std::string_view word) { (text_ += delimiter_) += word; }
  void close() { is_open_ = false; }

  std::string_view text() const { return text_; }
  std::string_view first() const { return text().substr(0, first_bytes_); }

 private:
  std::string_view delimiter_;
  std::string text_;
  std::size_t first_bytes_ = 0;
  bool is_open_ = false;
};

bool is_connector(nb::handle connectors, PyObject* word) {
  const int found = PySet_Contains(connectors.ptr(), word);
  if (found < 0) throw nb::python_error();
  return found == 1;
}

using Scores = nb::typed<nb::dict, nb::str, nb::float_>;

nb::str as_str(std::string_view text) { return nb::str(text.data(), text.size()); }

/// Counts of words, and of candidates by their joined text, in one table as gensim's: "new_york" that an
/// earlier pass has joined and the pair "new", "york" are the same. That, any delimiter, and more of
/// gensim's ways are why this is not warp2vec::Phrases, which counts candidates by their words.
class PhraseCounts {
 public:
  PhraseCounts(std::string delimiter, std::int64_t max_size)
      : delimiter_(std::move(delimiter)), max_size_(max_size) {}

  /// Counts sentences apart, and adds the counts. Returns the numbers of new sentences and words.
  std::pair<std::int64_t, std::int64_t> add(nb::handle sentences, nb::handle connectors,
                                            const SentenceReport& report) {
    PhraseCounts added(delimiter_, max_size_);
    std::int64_t sentence_count = 0;
    OpenCandidate candidate(delimiter_);
    for_each_word(
        sentences, [&](std::int64_t sentence) { report(sentence, added.words_, added.size()); },
        [&](PyObject* word, std::string_view letters) {
          ++added.words_;
          if (is_connector(connectors, word)) {
            if (candidate.is_open()) candidate.add(letters);
            return;
          }
          added.count(letters, 1);
          if (candidate.is_open()) {
            candidate.add(letters);
            added.count(candidate.text(), 1);
          }
          candidate.begin(letters);
        },
        [&] {
          candidate.close();
          ++sentence_count;
          added.prune_if_large();
        });
    const std::int64_t word_count = added.words_;
    merge(added);
    return {sentence_count, word_count};
  }

  /// Counts that were saved.
  void restore(const std::vector<std::pair<std::string, std::int64_t>>& counts, std::int64_t words,
               std::int64_t min_reduce) {
    for (const auto& [text, count] : counts) this->count(text, count);
    words_ = words;
    min_reduce_ = min_reduce;
  }

  std::int64_t get(std::string_view text) const {
    const std::int64_t* const count = counts_.find(text, key_of(text));
    return count == nullptr ? 0 : *count;
  }
  std::int64_t size() const { return counts_.size(); }
  std::int64_t words() const { return words_; }
  std::int64_t min_reduce() const { return min_reduce_; }

  /// In the order of first occurrences.
  nb::typed<nb::dict, nb::str, nb::int_> items() const {
    nb::typed<nb::dict, nb::str, nb::int_> result;
    for (const Entry& entry : entries()) result[as_str(entry.text)] = entry.count;
    return result;
  }

  std::optional<double> score(std::string_view first, std::string_view last, std::string_view phrase,
                              const PhraseScoring& scoring) const {
    const PhraseNumbers numbers{get(first), get(last), get(phrase), size(), words_, scoring.min_count};
    if (numbers.first <= 0 || numbers.last <= 0 || numbers.phrase <= 0) return {};
    const double score = scoring(numbers);
    if (score <= scoring.threshold) return {};
    return score;
  }

  /// All phrases with their scores: texts with a delimiter, whose first and last parts are its words.
  Scores phrases(const PhraseScoring& scoring) const {
    Scores result;
    for (const Entry& entry : entries()) {
      const std::string_view text = entry.text;
      const std::size_t first = text.find(delimiter_);
      if (first == text.npos) continue;
      std::size_t last = first;
      for (std::size_t next = first; next != text.npos;
           next = text.find(delimiter_, last + delimiter_.size()))
        last = next;
      if (const auto score =
              this->score(text.substr(0, first), text.substr(last + delimiter_.size()), text, scoring))
        result[as_str(text)] = *score;
    }
    return result;
  }

  std::string_view delimiter() const { return delimiter_; }

 private:
  struct Entry {
    std::uint64_t first;
    std::int64_t count;
    std::string_view text;
  };
  std::vector<Entry> entries() const {
    std::vector<Entry> entries;
    entries.reserve(static_cast<std::size_t>(size()));
    counts_.for_each([&](std::string_view text, const WordKey&, std::int64_t count, std::uint64_t first) {
      entries.push_back({first, count, text});
    });
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.first < b.first; });
    return entries;
  }

  void count(std::string_view text, std::int64_t by) {
    counts_.value_of(text, key_of(text), [this] { return next_++; }) += by;
  }

  void merge(PhraseCounts& added) {
    words_ += added.words_;
    if (size() == 0) {
      std::swap(counts_, added.counts_);
      next_ = added.next_;
      return;
    }
    min_reduce_ = std::max(min_reduce_, added.min_reduce_);
    for (const Entry& entry : added.entries()) count(entry.text, entry.count);
    prune_if_large();
  }

  // As gensim does: what is rarest so far is forgotten.
  void prune_if_large() {
    if (size() <= max_size_) return;
    WordTable kept;
    for (const Entry& entry : entries())
      if (entry.count >= min_reduce_)
        kept.value_of(entry.text, key_of(entry.text), [&] { return entry.first; }) = entry.count;
    counts_ = std::move(kept);
    ++min_reduce_;
  }

  std::string delimiter_;
  std::int64_t max_size_;
  WordTable counts_;
  std::uint64_t next_ = 0;  // number of the next new text
  std::int64_t words_ = 0;
  std::int64_t min_reduce_ = 1;
};

/// A token of a sentence whose phrases are joined, and its score if it is a phrase.
using Token = std::pair<nb::object, std::optional<double>>;

/// Joins the phrases of a sentence. `judge` gets candidates, and returns their tokens, or none.
template <class Judge>
std::vector<Token> join(nb::handle sentence, nb::handle connectors, std::string_view delimiter, Judge judge) {
  const nb::list words(nb::borrow(sentence));
  std::vector<Token> tokens;
  OpenCandidate candidate(delimiter);
  std::size_t begin = 0;  // the candidate's first word
  const auto dissolve = [&](std::size_t end) {
    for (; begin < end; ++begin) tokens.emplace_back(words[begin], std::nullopt);
    candidate.close();
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    PyObject* const word = PyList_GetItem(words.ptr(), static_cast<Py_ssize_t>(i));
    const std::string_view letters = utf8(word, 0, static_cast<std::int64_t>(i));
    if (is_connector(connectors, word)) {
      if (candidate.is_open())
        candidate.add(letters);
      else
        tokens.emplace_back(nb::borrow(word), std::nullopt);
      continue;
    }
    if (candidate.is_open()) {
      candidate.add(letters);
      if (auto phrase = judge(candidate, letters, words, begin, i)) {
        tokens.push_back(std::move(*phrase));
        candidate.close();
        continue;
      }
      dissolve(i);
    }
    candidate.begin(letters);
    begin = i;
  }
  if (candidate.is_open()) dissolve(words.size());
  return tokens;
}

/// By the counts.
std::vector<Token> join_counted(nb::handle sentence, nb::handle connectors, const PhraseCounts& counts,
                                const PhraseScoring& scoring) {
  return join(sentence, connectors, counts.delimiter(),
              [&](const OpenCandidate& candidate, std::string_view last, const nb::list&, std::size_t,
                  std::size_t) -> std::optional<Token> {
                const auto score = counts.score(candidate.first(), last, candidate.text(), scoring);
                if (!score) return {};
                return Token(as_str(candidate.text()), score);
              });
}

/// By a dict of phrases and their scores.
std::vector<Token> join_listed(nb::handle sentence, nb::handle connectors, std::string_view delimiter,
                               const Scores& scores, double threshold) {
  return join(sentence, connectors, delimiter,
              [&](const OpenCandidate& candidate, std::string_view, const nb::list&, std::size_t,
                  std::size_t) -> std::optional<Token> {
                const nb::str text = as_str(candidate.text());
                PyObject* const found = PyDict_GetItemWithError(scores.ptr(), text.ptr());
                if (found == nullptr && PyErr_Occurred() != nullptr) throw nb::python_error();
                if (found == nullptr) return {};
                const auto score = nb::cast<double>(nb::handle(found));
                if (score <= threshold) return {};
                return Token(text, score);
              });
}

/// By a function of Python's: score_candidate(first word, last word, [connectors between]) -> (phrase,
/// score), or (None, None).
std::vector<Token> join_judged(nb::handle sentence, nb::handle connectors,
                               const nb::object& score_candidate) {
  return join(sentence, connectors, {},
              [&](const OpenCandidate&, std::string_view, const nb::list& words, std::size_t begin,
                  std::size_t end) -> std::optional<Token> {
                nb::list between;
                for (std::size_t i = begin + 1; i < end; ++i) between.append(words[i]);
                const nb::object judged =
                    score_candidate(nb::object(words[begin]), nb::object(words[end]), between);
                const nb::object score = judged[1];
                if (score.is_none()) return {};
                return Token(judged[0], nb::cast<double>(score));
              });
}

// join_NAME() gives the tokens, analyze_NAME() also the scores.
template <class... Args, class... Signature>
void bind_join(nb::module_& core, const std::string& name, std::vector<Token> (*join)(Args...),
               const Signature&... signature) {
  core.def(("analyze_" + name).c_str(), join, signature...);
  core.def(("join_" + name).c_str(),
           [join](Args... args) {
             nb::list texts;
             for (const Token& token : join(args...)) texts.append(token.first);
             return nb::typed<nb::list, nb::str>(nb::borrow<nb::list>(texts));
           },
           signature...);
}

}  // namespace

void bind_phrases(nb::module_& core) {
  core.def("original_score", [](std::int64_t first, std::int64_t last, std::int64_t phrase,
                                std::int64_t types, double min_count) {
    return original_score({first, last, phrase, types, 0, min_count});
  });
  core.def("npmi_score", [](std::int64_t first, std::int64_t last, std::int64_t phrase, double min_count,
                            std::int64_t words) {
    return npmi_score({first, last, phrase, 0, words, min_count});
  });

  nb::class_<PhraseScoring>(core, "PhraseScoring")
      .def("__init__", [](PhraseScoring* self, nb::object scoring, double min_count, double threshold) {
        new (self) PhraseScoring{std::move(scoring), min_count, threshold};
      });

  nb::class_<PhraseCounts>(core, "PhraseCounts")
      .def(nb::init<std::string, std::int64_t>())
      .def("add",
           [](PhraseCounts& self, nb::handle sentences, nb::handle connectors, std::int64_t every,
              nb::object report) {
             return self.add(sentences, connectors, {every, std::move(report)});
           })
      .def("restore", &PhraseCounts::restore)
      .def("get", &PhraseCounts::get)
      .def("__len__", &PhraseCounts::size)
      .def_prop_ro("words", &PhraseCounts::words)
      .def_prop_ro("min_reduce", &PhraseCounts::min_reduce)
      .def("items", &PhraseCounts::items)
      .def("score", &PhraseCounts::score)
      .def("phrases", &PhraseCounts::phrases);

  bind_join(core, "counted", &join_counted);
  bind_join(core, "listed", &join_listed);
  bind_join(core, "judged", &join_judged);
}

}  // namespace warp2vec::python
