#pragma once
/// What the runs of results.json come to.

#include "host/cli/bench/crossover_summary.h"
#include "host/cli/bench/summary.h"

#include <nlohmann/json_fwd.hpp>

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

}  // namespace warp2vec::cli::bench
