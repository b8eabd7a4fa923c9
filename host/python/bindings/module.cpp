#include <warp2vec/error.h>

#include "host/python/bindings/bindings.h"

NB_MODULE(_core, core) {
  nanobind::exception<warp2vec::Error>(core, "Error", PyExc_ValueError).attr("__doc__") =
      "Bad input, a bad setting, or a failed read or write; the message says what was expected.";
  warp2vec::python::bind_config(core);
  warp2vec::python::bind_phrases(core);
  warp2vec::python::bind_scores(core);
  warp2vec::python::bind_sentences(core);
  warp2vec::python::bind_training(core);
  warp2vec::python::bind_graph(core);
  warp2vec::python::bind_vectors(core);
}
