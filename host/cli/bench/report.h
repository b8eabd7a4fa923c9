#pragma once
/// report.html: all that results.json has, for people.

#include "cli/bench/crossover_summary.h"
#include "cli/bench/summary.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// What the runs of results.json come to, those of each part.
struct Findings {
  std::vector<Row> rows;         ///< of the trainings
  std::vector<StudyLine> lines;  ///< of the crossover study
};

/// `content` is that of results.json. Throws nlohmann::json::exception for what is not.
Findings findings_of(const nlohmann::json& content);

/// The whole page: short answers first, then charts and tables of what there is.
std::string report_page(const nlohmann::json& content, const Findings& findings);

/// Writes `html` as `folder`/report.html, whole or not at all, and returns that name. Throws Error.
std::string write_report(const std::string& folder, const std::string& html);

}  // namespace warp2vec::cli::bench
