#include <warp2vec/config.h>
#include <warp2vec/trainer.h>

#include "host/python/bindings/bindings.h"

#include <nanobind/stl/string.h>

#include <string>

namespace nb = nanobind;

namespace warp2vec::python {
namespace {

// An enumeration is its name in Python.
template <class Enumeration>
void bind_name(nb::class_<Config>& config, const char* name, Enumeration Config::*field,
               Enumeration (*parse)(const std::string&)) {
  config.def_prop_rw(
      name, [field](const Config& self) { return to_string(self.*field); },
      [field, parse](Config& self, const std::string& value) { self.*field = parse(value); });
}

}  // namespace

void bind_config(nb::module_& core) {
  nb::class_<Config> config(core, "Config");
  config.def(nb::init<>())
      .def("__copy__", [](const Config& self) { return self; })
      .def("validate", &Config::validate)
      .def_rw("dim", &Config::dim)
      .def_rw("window", &Config::window)
      .def_rw("shrink_window", &Config::shrink_window)
      .def_rw("min_count", &Config::min_count)
      .def_rw("max_vocab", &Config::max_vocab)
      .def_rw("cbow_sum", &Config::cbow_sum)
      .def_rw("negative", &Config::negative)
      .def_rw("ns_exponent", &Config::ns_exponent)
      .def_rw("sample", &Config::sample)
      .def_rw("lr", &Config::lr)
      .def_rw("min_lr", &Config::min_lr)
      .def_rw("epochs", &Config::epochs)
      .def_rw("max_sentence", &Config::max_sentence)
      .def_rw("threads", &Config::threads)
      .def_rw("seed", &Config::seed)
      .def_rw("deterministic", &Config::deterministic);
  bind_name(config, "model", &Config::model, parse_architecture);
  bind_name(config, "cbow_gradient", &Config::cbow_gradient, parse_cbow_gradient);
  bind_name(config, "loss", &Config::loss, parse_loss);
  bind_name(config, "sharing", &Config::sharing, parse_sharing);
  bind_name(config, "table_type", &Config::table_type, parse_table_type);
}

}  // namespace warp2vec::python
