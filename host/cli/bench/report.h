#pragma once
/// report.html: the contents of results.json for human readers.

#include "host/cli/bench/page.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// The complete page: comparisons first, then all charts and tables. `content` is that of results.json;
/// throws nlohmann::json::exception if it is not.
std::string report_page(const nlohmann::json& content);

/// The terminal output for a part of results.json: its tables, and what was not measured.
std::vector<Table> tables_of(const nlohmann::json& content, const std::string& part);

/// Writes `html` atomically to `folder`/report.html and returns that name. Throws Error.
std::string write_report(const std::string& folder, const std::string& html);

/// The results.json of benchmarks/compare_peers. Throws Error naming `path` if it cannot be read or is not
/// such a file.
nlohmann::json load_peers(const std::string& path);
/// A page with only these results.
std::string peers_page(const nlohmann::json& peers);

}  // namespace warp2vec::cli::bench
