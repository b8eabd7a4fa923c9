#pragma once
/// report.html: what a benchmark came to, for people.

#include "cli/bench/html_page.h"
#include "cli/bench/summary.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// The page of a benchmark of trainings. `content` is that of results.json; `further` sections come after
/// its own.
std::string trainings_report(const nlohmann::json& content, const std::vector<Row>& rows,
                             const std::vector<Section>& further);

/// Machine and shared settings, as every report begins.
Section conditions_section(const nlohmann::json& content);

/// Writes `html` as `folder`/report.html, whole or not at all, and returns that name. Throws Error.
std::string write_report(const std::string& folder, const std::string& html);

}  // namespace warp2vec::cli::bench
