#include <warp2vec/corpus.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/id_sequences.h>
#include <warp2vec/sentences.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include "host/python/bindings/arrays.h"
#include "host/python/bindings/bindings.h"
#include "host/python/bindings/sentence_words.h"
#include "host/python/bindings/text_column.h"
#include "host/vocabulary/word_table.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nb = nanobind;

namespace warp2vec::python {
namespace {

// `all`: words, with those that are not in the vocabulary. With it, sentences are known as those of a text.
void end_text(TokenStream& stream, std::int64_t all) {
  stream.encoded_files = {{"the sentences", stream.tokens(), all}};
}

// Ends a sentence, which is left out without words. SentenceEncoder would refuse a text without any, where
// gensim trains nothing.
void end_sentence(TokenStream& stream) {
  const std::int64_t position = stream.tokens();
  if (position > (stream.ends.empty() ? 0 : stream.ends.back())) stream.ends.push_back(position);
}

/// Sentences that are read once: every word is replaced by its number, in the order of first occurrences.
class InternedSentences {
 public:
  void add(nb::handle sentences, const SentenceReport& report) {
    for_each_word(
        sentences, [&](std::int64_t sentence) { report(sentence, tokens(), numbers_.size()); },
        [this](PyObject*, std::string_view word) { add_word(word); }, [this] { end_sentence(); });
  }
  void add_column(const TextColumn& column) {
    column.for_each_word([this](std::string_view word) { add_word(word); }, [this] { end_sentence(); });
  }

  std::vector<std::string> words() const {
    std::vector<std::string> words(static_cast<std::size_t>(numbers_.size()));
    numbers_.for_each([&](std::string_view word, const WordKey&, std::int64_t number, std::uint64_t) {
      words[static_cast<std::size_t>(number - 1)] = word;
    });
    return words;
  }
  std::vector<std::int64_t> counts() const {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(numbers_.size()));
    for (const std::int32_t id : ids_) ++counts[static_cast<std::size_t>(id)];
    return counts;
  }
  std::int64_t tokens() const { return static_cast<std::int64_t>(ids_.size()); }
  std::int64_t sentences() const { return static_cast<std::int64_t>(ends_.size()); }

  /// `rows`: of each word in the vocabulary, -1 for those that are left out.
  TokenStream encode(const Array<const std::int32_t, 1>& rows) const {
    TokenStream stream;
    std::int64_t begin = 0;
    for (const std::int64_t end : ends_) {
      for (std::int64_t i = begin; i < end; ++i)
        if (const std::int32_t row = rows(static_cast<std::size_t>(ids_[static_cast<std::size_t>(i)]));
            row >= 0)
          stream.ids.push_back(WordId{row});
      begin = end;
      python::end_sentence(stream);
    }
    end_text(stream, tokens());
    return stream;
  }

 private:
  // A short word waits until its slot has come from memory: it is in its key. A long one may be gone then.
  void add_word(std::string_view word) {
    const WordKey key = key_of(word);
    if (key.is_long()) {
      look_up_waiting();
      look_up(word, key);
      return;
    }
    numbers_.prefetch(key);
    waiting_[waiting_count_++] = key;
    if (waiting_count_ == waiting_.size()) look_up_waiting();
  }
  void end_sentence() {
    look_up_waiting();
    ends_.push_back(tokens());
  }
  void look_up_waiting() {
    for (std::size_t i = 0; i < waiting_count_; ++i) look_up({}, waiting_[i]);
    waiting_count_ = 0;
  }
  void look_up(std::string_view word, const WordKey& key) {
    std::int64_t& number = numbers_.value_of(word, key);
    if (number == 0) number = numbers_.size();
    ids_.push_back(static_cast<std::int32_t>(number - 1));
  }

  WordTable numbers_;  // of words, from 1
  std::array<WordKey, 32> waiting_;
  std::size_t waiting_count_ = 0;
  std::vector<std::int32_t> ids_;
  std::vector<std::int64_t> ends_;
};

/// Words of another pass over the sentences, which are looked up.
class EncodedSentences {
 public:
  EncodedSentences(nb::handle sentences, const Vocabulary& vocabulary) : rows_(table_of(vocabulary)) {
    for_each_word(
        sentences, [](std::int64_t) {}, [this](PyObject*, std::string_view word) { add_word(word); },
        [this] { end_sentence(); });
    end_text(tokens_, words_);
  }
  EncodedSentences(const TextColumn& column, const Vocabulary& vocabulary) : rows_(table_of(vocabulary)) {
    column.for_each_word([this](std::string_view word) { add_word(word); }, [this] { end_sentence(); });
    end_text(tokens_, words_);
  }

  const TokenStream& tokens() const { return tokens_; }
  std::int64_t sentences() const { return sentences_; }

 private:
  void add_word(std::string_view word) {
    ++words_;
    if (const std::int64_t* const row = rows_.find(word, key_of(word)); row != nullptr)
      tokens_.ids.push_back(WordId{static_cast<std::int32_t>(*row)});
  }
  void end_sentence() {
    ++sentences_;
    python::end_sentence(tokens_);
  }

  WordTable rows_;
  TokenStream tokens_;
  std::int64_t words_ = 0;
  std::int64_t sentences_ = 0;
};

Vocabulary make_vocabulary(const std::vector<std::string>& words,
                           const Array<const std::int64_t, 1>& counts) {
  if (words.size() != counts.size())
    throw Error(std::to_string(words.size()) + " words and " + std::to_string(counts.size()) +
                " counts: expected a count for each word");
  std::vector<std::pair<std::string_view, std::int64_t>> pairs;
  pairs.reserve(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) pairs.emplace_back(words[i], counts(i));
  return Vocabulary(pairs, 1, 0);
}

std::vector<std::string> words_of(const Vocabulary& vocabulary) {
  std::vector<std::string> words;
  words.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (std::int32_t row = 0; row < vocabulary.size(); ++row) words.emplace_back(vocabulary.word(WordId{row}));
  return words;
}

std::vector<std::int64_t> counts_of(const Vocabulary& vocabulary) {
  return {vocabulary.counts().begin(), vocabulary.counts().end()};
}

// Arrays of integers, which are read where they are.
using Integers = IdSequences::Integers;
Integers integers(const nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>& array) {
  if (array.dtype() == nb::dtype<std::int32_t>())
    return std::span(static_cast<const std::int32_t*>(array.data()), array.size());
  if (array.dtype() == nb::dtype<std::int64_t>())
    return std::span(static_cast<const std::int64_t*>(array.data()), array.size());
  throw nb::type_error("expected an array of int32 or int64");
}

/// Sequences of ids with the arrays that they refer to.
struct OwnedSequences {
  nb::object arrays;
  IdSequences sequences;
};

using AnyIntegers = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;

OwnedSequences from_csr(const AnyIntegers& indices, const AnyIntegers& offsets) {
  return {nb::make_tuple(indices, offsets), IdSequences::csr(integers(indices), integers(offsets))};
}

OwnedSequences from_array(const AnyIntegers& values) {
  if (values.ndim() == 1) return {nb::make_tuple(values), IdSequences::separated(integers(values))};
  if (values.ndim() != 2)
    throw Error("an array of " + std::to_string(values.ndim()) + " dimensions: expected 1 or 2");
  return {nb::make_tuple(values),
          IdSequences::padded(integers(values), static_cast<std::int64_t>(values.shape(0)),
                              static_cast<std::int64_t>(values.shape(1)))};
}

}  // namespace

void bind_sentences(nb::module_& core) {
  nb::class_<TokenStream>(core, "Tokens").def("__len__", &TokenStream::tokens);

  nb::class_<TextColumn>(core, "TextColumn")
      .def_static("of_arrow", &arrow_column, nb::sig("def of_arrow(source: object) -> TextColumn"))
      .def_static("of_rows", &object_column, nb::sig("def of_rows(rows: list[object]) -> TextColumn"));

  nb::class_<InternedSentences>(core, "InternedSentences")
      .def(nb::init<>())
      .def("add",
           [](InternedSentences& self, nb::handle sentences, std::int64_t every, nb::object report) {
             self.add(sentences, {every, std::move(report)});
           })
      .def("add_column", &InternedSentences::add_column)
      .def_prop_ro("words", &InternedSentences::words)
      .def_prop_ro(
          "counts", [](const InternedSentences& self) { return numpy(self.counts()); }, kOwned)
      .def_prop_ro("tokens", &InternedSentences::tokens)
      .def_prop_ro("sentences", &InternedSentences::sentences)
      .def("encode", &InternedSentences::encode);

  nb::class_<Vocabulary>(core, "Vocabulary")
      .def("__init__",
           [](Vocabulary* self, const std::vector<std::string>& words,
              const Array<const std::int64_t, 1>& counts) {
             new (self) Vocabulary(make_vocabulary(words, counts));
           })
      .def("__len__", &Vocabulary::size)
      .def_prop_ro("words", &words_of)
      .def_prop_ro(
          "counts", [](const Vocabulary& self) { return numpy(counts_of(self)); }, kOwned)
      .def("rows_of_ids",
           [](const Vocabulary& self, std::int64_t num_ids) { return numpy(rows_of_ids(self, num_ids)); });

  nb::class_<HuffmanTree>(core, "HuffmanTree")
      .def(nb::init<>())
      .def("__init__",
           [](HuffmanTree* self, const Vocabulary& words) { new (self) HuffmanTree(words.counts()); });

  nb::class_<EncodedSentences>(core, "EncodedSentences")
      .def(nb::init<const TextColumn&, const Vocabulary&>())
      .def(nb::init<nb::handle, const Vocabulary&>())
      .def_prop_ro("tokens", &EncodedSentences::tokens, nb::rv_policy::reference_internal)
      .def_prop_ro("sentences", &EncodedSentences::sentences);

  nb::class_<CorpusCounts>(core, "CorpusCounts")
      .def_ro("vocabulary", &CorpusCounts::vocabulary, nb::rv_policy::reference_internal)
      .def_ro("tokens", &CorpusCounts::tokens)
      .def_ro("num_ids", &CorpusCounts::num_ids);
  core.def("count_files", [](const std::vector<std::string>& paths, std::int64_t min_count,
                             std::int64_t max_vocab, int threads) {
    const nb::gil_scoped_release released;
    return count_words(Corpus(paths), min_count, max_vocab, threads);
  });
  core.def("encode_files",
           [](const std::vector<std::string>& paths, const Vocabulary& vocabulary, int threads) {
             const nb::gil_scoped_release released;
             return encode(Corpus(paths), vocabulary, threads);
           });

  nb::class_<OwnedSequences>(core, "IdSequences")
      .def_static("csr", &from_csr, nb::sig("def csr(indices: object, offsets: object) -> IdSequences"))
      .def_static("array", &from_array, nb::sig("def array(values: object) -> IdSequences"))
      .def("count",
           [](const OwnedSequences& self, std::int64_t min_count, std::int64_t max_vocab,
              std::int64_t num_ids) {
             const nb::gil_scoped_release released;
             return count_words(self.sequences, min_count, max_vocab, num_ids);
           })
      .def("encode", [](const OwnedSequences& self, const Vocabulary& vocabulary) {
        const nb::gil_scoped_release released;
        return encode(self.sequences, vocabulary);
      });
}

}  // namespace warp2vec::python
