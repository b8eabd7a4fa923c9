#include <warp2vec/graph.h>

#include "host/python/bindings/arrays.h"
#include "host/python/bindings/bindings.h"
#include "host/python/bindings/sentence_words.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace nb = nanobind;

namespace warp2vec::python {
namespace {

/// A graph with the arrays that it refers to.
struct OwnedGraph {
  nb::object arrays;
  NamedGraph read;
};

using AnyIntegers = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu, nb::ndim<1>>;
using Weights = std::optional<Array<const float, 1>>;

Graph::Integers integers(const AnyIntegers& array) {
  if (array.dtype() == nb::dtype<std::int32_t>())
    return std::span(static_cast<const std::int32_t*>(array.data()), array.size());
  if (array.dtype() == nb::dtype<std::int64_t>())
    return std::span(static_cast<const std::int64_t*>(array.data()), array.size());
  throw nb::type_error("expected an array of int32 or int64");
}

std::span<const float> floats(const Weights& weights) {
  if (!weights) return {};
  return {weights->data(), weights->size()};
}

// Looks for Ctrl-C while C++ works without the GIL: on the thread that Python called, as no other one handles
// signals.
class InterruptCheck {
 public:
  void operator()(std::int64_t /*done*/) {
    const Clock::time_point now = Clock::now();
    if (std::this_thread::get_id() != caller_ || now - last_ < std::chrono::milliseconds(50)) return;
    last_ = now;
    const nb::gil_scoped_acquire acquired;
    raise_interrupt();
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::thread::id caller_ = std::this_thread::get_id();
  Clock::time_point last_ = Clock::now();
};

nb::typed<nb::list, nb::bytes> names_of(const OwnedGraph& graph) {
  nb::typed<nb::list, nb::bytes> names;
  for (const std::string& name : graph.read.names) names.append(nb::bytes(name.data(), name.size()));
  return names;
}

}  // namespace

void bind_graph(nb::module_& core) {
  nb::class_<OwnedGraph>(core, "Graph")
      .def_static(
          "csr",
          [](const AnyIntegers& indptr, const AnyIntegers& indices, const Weights& weights) {
            OwnedGraph graph{nb::make_tuple(indptr, indices, weights), {}};
            graph.read.graph = Graph::csr(integers(indptr), integers(indices), floats(weights));
            return graph;
          },
          nb::arg("indptr"), nb::arg("indices"), nb::arg("weights").none(),
          nb::sig("def csr(indptr: object, indices: object, weights: object | None) -> Graph"))
      .def_static(
          "of_edges",
          [](const AnyIntegers& from, const AnyIntegers& to, const Weights& weights, bool directed,
             std::int64_t nodes) {
            OwnedGraph graph;
            graph.read.graph =
                Graph::of_edges(integers(from), integers(to), floats(weights), directed, nodes);
            return graph;
          },
          nb::arg("from_"), nb::arg("to"), nb::arg("weights").none(), nb::arg("directed"), nb::arg("nodes"),
          nb::sig("def of_edges(from_: object, to: object, weights: object | None, directed: bool, nodes: "
                  "int) -> Graph"))
      .def_static(
          "read",
          [](const std::string& path, bool adjacency, bool directed, bool weighted) {
            const nb::gil_scoped_release released;
            return OwnedGraph{{}, read_graph({path}, {adjacency, directed, weighted}, InterruptCheck())};
          })
      .def_prop_ro("nodes", [](const OwnedGraph& self) { return self.read.graph.nodes(); })
      .def_prop_ro("is_weighted", [](const OwnedGraph& self) { return self.read.graph.is_weighted(); })
      .def_prop_ro("names", &names_of);

  nb::class_<WalkSettings>(core, "WalkSettings")
      .def(nb::init<>())
      .def_rw("p", &WalkSettings::p)
      .def_rw("q", &WalkSettings::q)
      .def_rw("walk_length", &WalkSettings::walk_length)
      .def_rw("num_walks", &WalkSettings::num_walks)
      .def_rw("seed", &WalkSettings::seed);

  // Of node numbers: the package knows their names.
  nb::class_<Walks>(core, "Walks")
      .def(
          "__init__",
          [](Walks* self, const OwnedGraph& graph, const WalkSettings& settings) {
            new (self) Walks(graph.read.graph, settings);
          },
          nb::keep_alive<1, 2>())
      .def("__len__", &Walks::size)
      .def("walk",
           [](const Walks& self, std::int64_t index) {
             std::vector<std::int32_t> nodes;
             std::vector<std::size_t> ends;
             self.append(index, index + 1, nodes, ends);
             return nodes;
           })
      .def("count",
           [](const Walks& self, std::int64_t min_count, std::int64_t max_vocab, int threads) {
             const nb::gil_scoped_release released;
             return count_words(self, min_count, max_vocab, threads, InterruptCheck());
           })
      .def("encode", [](const Walks& self, const Vocabulary& vocabulary, int threads) {
        const nb::gil_scoped_release released;
        return encode(self, vocabulary, threads, InterruptCheck());
      });
}

}  // namespace warp2vec::python
