#pragma once
/// report.html: all that results.json has, for people.

#include "host/cli/bench/page.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// The whole page: comparisons first, then charts and tables of what there is. `content` is that of
/// results.json; throws nlohmann::json::exception for what is not.
std::string report_page(const nlohmann::json& content);

/// What the terminal shows of a part of results.json: its tables, and what was not measured.
std::vector<Table> tables_of(const nlohmann::json& content, const std::string& part);

/// Writes `html` as `folder`/report.html, whole or not at all, and returns that name. Throws Error.
std::string write_report(const std::string& folder, const std::string& html);

/// The results.json that benchmarks/compare_peers writes. Throws Error naming `path` if it cannot be read or
/// is not such a file.
nlohmann::json load_peers(const std::string& path);
/// A page of such results alone.
std::string peers_page(const nlohmann::json& peers);

}  // namespace warp2vec::cli::bench
