#include <warp2vec/model.h>

#include "host/python/bindings/arrays.h"
#include "host/python/bindings/bindings.h"
#include "host/python/bindings/sentence_words.h"
#include "host/vocabulary/word_table.h"

#include <nanobind/stl/vector.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace nb = nanobind;

namespace warp2vec::python {
namespace {

// Words that are not in the vocabulary are left out.
NewArray<double> score(nb::handle sentences, const Config& config, const Vocabulary& vocabulary,
                       const HuffmanTree& tree, const Embeddings& embeddings) {
  const WordTable rows = table_of(vocabulary);
  std::vector<WordId> ids;
  std::vector<std::int64_t> ends;
  for_each_word(
      sentences, [](std::int64_t) {},
      [&](PyObject*, std::string_view word) {
        if (const std::int64_t* const row = rows.find(word, key_of(word)); row != nullptr)
          ids.push_back(WordId{static_cast<std::int32_t>(*row)});
      },
      [&] { ends.push_back(std::ssize(ids)); });
  std::vector<double> scores;
  {
    const nb::gil_scoped_release released;
    scores = score_sentences(config, tree, embeddings, ids, ends);
  }
  return numpy(std::move(scores));
}

std::vector<WordId> ids_of(const std::vector<std::int32_t>& rows) {
  std::vector<WordId> ids;
  ids.reserve(rows.size());
  for (const std::int32_t row : rows) ids.push_back(WordId{row});
  return ids;
}

}  // namespace

void bind_scores(nb::module_& core) {
  core.def("score_sentences", &score, kOwned);
  // Of rows of the vocabulary.
  core.def("log_probability", [](const Config& config, const HuffmanTree& tree, const Embeddings& embeddings,
                                 std::int32_t word, const std::vector<std::int32_t>& contexts) {
    const nb::gil_scoped_release released;
    return log_probability(config, tree, embeddings, WordId{word}, ids_of(contexts));
  });
  core.def(
      "log_probabilities",
      [](const Config& config, const HuffmanTree& tree, const Embeddings& embeddings,
         const std::vector<std::int32_t>& contexts) {
        std::vector<double> values;
        {
          const nb::gil_scoped_release released;
          values = log_probabilities(config, tree, embeddings, ids_of(contexts));
        }
        return numpy(std::move(values));
      },
      kOwned);
}

}  // namespace warp2vec::python
