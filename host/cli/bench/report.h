#pragma once
/// report.html: all that results.json has, for people.

#include "host/cli/bench/findings.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace warp2vec::cli::bench {

/// The whole page: short answers first, then charts and tables of what there is.
std::string report_page(const nlohmann::json& content, const Findings& findings);

/// Writes `html` as `folder`/report.html, whole or not at all, and returns that name. Throws Error.
std::string write_report(const std::string& folder, const std::string& html);

}  // namespace warp2vec::cli::bench
