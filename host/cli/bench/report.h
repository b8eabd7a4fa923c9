#pragma once
/// What the runs of results.json come to.
/// What a benchmark says to the three questions that it is run for.
/// What trainings came to, for people.
/// What benchmarks/compare_peers measured, as a section of the report.
/// report.html: all that results.json has, for people.

#include "host/cli/bench/crossover_report.h"
#include "host/cli/bench/page.h"
#include "host/cli/bench/summary.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

struct Findings {
  std::vector<Row> rows;         ///< of the trainings
  std::vector<StudyLine> lines;  ///< of the crossover study
  int study_threads = 1;         ///< of the CPU in the crossover study
};

/// `content` is that of results.json. Throws nlohmann::json::exception for what is not.
Findings findings_of(const nlohmann::json& content);

/// The runs of a part of results.json, an empty array if it has none of them.
nlohmann::json runs_of(const nlohmann::json& content, const char* part);

struct Answer {
  std::string question;
  std::vector<std::string> texts;  ///< at least one
};

/// GPU or CPU (from the trainings and from the crossover study), which loss (from the trainings: speed and
/// quality), and from which vocabulary on (from the crossover study). What was not measured is said to be so,
/// with the way to measure it.
std::vector<Answer> answers(const Findings& findings);

/// Charts of the GPU's lead, speeds, phases, loss over time and speed by vocabulary, then all figures;
/// nothing without rows.
std::vector<Section> trainings_sections(const std::vector<Row>& rows);

/// The results.json that compare_peers writes. Throws Error naming `path` if it cannot be read or is not such
/// a file.
nlohmann::json load_peers(const std::string& path);

/// From such results. Throws nlohmann::json::exception for what are not.
Section peers_section(const nlohmann::json& results);

/// The whole page: short answers first, then charts and tables of what there is.
std::string report_page(const nlohmann::json& content, const Findings& findings);

/// Writes `html` as `folder`/report.html, whole or not at all, and returns that name. Throws Error.
std::string write_report(const std::string& folder, const std::string& html);

}  // namespace warp2vec::cli::bench
