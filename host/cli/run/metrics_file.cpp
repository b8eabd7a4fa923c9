#include "host/cli/run/metrics_file.h"

#include <warp2vec/error.h>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <system_error>

namespace warp2vec::cli {

MetricsFile::MetricsFile(const std::string& path) {
  if (path.empty()) return;
  out_.open(path, std::ios::binary | std::ios::trunc);
  if (!out_) throw Error("cannot write --metrics " + path + ": " + std::generic_category().message(errno));
}

void MetricsFile::write(const nlohmann::json& object) {
  if (!out_.is_open() || !complete_) return;
  // Paths and words may contain bytes that are not UTF-8, which JSON does not allow.
  out_ << object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n' << std::flush;
  complete_ = out_.good();
}

}  // namespace warp2vec::cli
