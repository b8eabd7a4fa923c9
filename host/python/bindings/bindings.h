#pragma once
/// The parts of the extension module warp2vec._core, each in a file of its own. Interfaces for Python's users
/// are the package's classes in host/python/warp2vec; the module holds only what these need from C++.

#include <nanobind/nanobind.h>

namespace warp2vec::python {

void bind_config(nanobind::module_& core);
void bind_graph(nanobind::module_& core);
void bind_phrases(nanobind::module_& core);
void bind_scores(nanobind::module_& core);
void bind_sentences(nanobind::module_& core);
void bind_training(nanobind::module_& core);
void bind_vectors(nanobind::module_& core);

}  // namespace warp2vec::python
