#pragma once
/// The crossover study as a table and as a page.

#include "cli/bench/crossover_summary.h"
#include "cli/bench/table.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// "12.3 ns", "4.56 us", "7.8 ms", "2.1 s"; seconds >= 0.
std::string short_time(double seconds);

/// A row for each size, a column for each line: medians with ranges.
Table study_table(const std::vector<StudyLine>& lines);

/// What others measured, each beside what was measured here; empty without the size of 46,677 words.
Table claims_table(const std::vector<StudyLine>& lines);

/// The whole page. `content` is that of results.json.
std::string crossover_report(const nlohmann::json& content, const std::vector<StudyLine>& lines);

}  // namespace warp2vec::cli::bench
