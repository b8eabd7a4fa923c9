#include <warp2vec/keyed_vectors.h>
#include <warp2vec/word_vectors.h>

#include "host/python/bindings/arrays.h"
#include "host/python/bindings/bindings.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace nb = nanobind;

namespace warp2vec::python {
namespace {

Matrix matrix_of(const Array<const float, 2>& values) {
  Matrix matrix(static_cast<std::int64_t>(values.shape(0)), static_cast<std::int32_t>(values.shape(1)));
  for (std::size_t row = 0; row < values.shape(0); ++row)
    std::copy_n(&values(row, 0), values.shape(1), matrix.row(static_cast<std::int64_t>(row)));
  return matrix;
}

WordVectors make_vectors(std::vector<std::string> words, const Array<const float, 2>& values,
                         const std::optional<Array<const std::int64_t, 1>>& counts) {
  WordVectors vectors{std::move(words), matrix_of(values)};
  if (counts) vectors.counts.assign(counts->data(), counts->data() + counts->size());
  return vectors;
}

// For each of `queries`, rows of `values` or vectors: the nearest rows and their cosines.
std::vector<std::vector<std::pair<std::int64_t, double>>> top_k(
    const Array<const float, 2>& values,
    const std::variant<std::vector<std::int64_t>, Array<const float, 2>>& queries, std::int64_t top,
    std::int64_t restrict_vocab, int threads) {
  std::vector<std::string> words;  // which nobody asks for
  for (std::size_t row = 0; row < values.shape(0); ++row) words.push_back(std::to_string(row));
  const KeyedVectors space(make_vectors(std::move(words), values, std::nullopt));
  const SearchOptions options{restrict_vocab, threads};
  const auto* const rows = std::get_if<std::vector<std::int64_t>>(&queries);
  const auto found = rows != nullptr
                         ? space.top_k(*rows, top, options)
                         : space.top_k(matrix_of(std::get<Array<const float, 2>>(queries)), top, options);
  std::vector<std::vector<std::pair<std::int64_t, double>>> pairs;
  for (const std::vector<NearestRow>& nearest : found) {
    pairs.emplace_back();
    for (const NearestRow& near : nearest) pairs.back().emplace_back(near.row, near.similarity);
  }
  return pairs;
}

// As bytes: files may hold words that are no valid UTF-8.
nb::typed<nb::list, nb::bytes> words_of(const WordVectors& vectors) {
  nb::typed<nb::list, nb::bytes> words;
  for (const std::string& word : vectors.words) words.append(nb::bytes(word.data(), word.size()));
  return words;
}

}  // namespace

void bind_vectors(nb::module_& core) {
  nb::class_<WordVectors>(core, "WordVectors")
      .def_prop_ro("words", &words_of)
      .def_prop_ro(
          "counts", [](const WordVectors& self) { return numpy(self.counts); }, kOwned)
      .def_prop_ro(
          "vectors",
          [](nb::handle_t<WordVectors> self) { return view(nb::cast<WordVectors&>(self).vectors, self); },
          kOwned);
  core.def("load_vectors", [](const std::string& path, std::int64_t limit) {
    const nb::gil_scoped_release released;
    return load_vectors(path, {limit});
  });
  core.def("top_k", &top_k, nb::call_guard<nb::gil_scoped_release>());
  core.def(
      "save_vectors",
      [](std::vector<std::string> words, const Array<const float, 2>& values,
         const std::optional<Array<const std::int64_t, 1>>& counts, const std::string& path,
         const std::string& format) {
        const nb::gil_scoped_release released;
        save_vectors(make_vectors(std::move(words), values, counts), path, parse_vector_format(format));
      },
      nb::arg("words"), nb::arg("values"), nb::arg("counts").none(), nb::arg("path"), nb::arg("format"));
}

}  // namespace warp2vec::python
