#pragma once
/// What benchmarks/compare_peers measured, as a section of the report.

#include "host/cli/bench/html_page.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace warp2vec::cli::bench {

/// The results.json that compare_peers writes. Throws Error naming `path` if it cannot be read or is not such
/// a file.
nlohmann::json load_peers(const std::string& path);

/// From such results. Throws nlohmann::json::exception for what are not.
Section peers_section(const nlohmann::json& results);

}  // namespace warp2vec::cli::bench
