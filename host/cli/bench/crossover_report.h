#pragma once
/// The crossover study as tables and as part of a page.

#include "host/cli/bench/crossover_summary.h"
#include "host/cli/bench/html_page.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// "12.3 ns", "4.56 us", "7.8 ms", "2.1 s"; seconds >= 0.
std::string short_time(double seconds);

/// Medians with ranges, a row for each size: the losses on each device, and what is drawn and built.
std::vector<NamedTable> study_tables(const std::vector<StudyLine>& lines);

/// What descriptions of word2vec claim, each beside what was measured here; empty where nothing fits.
Table claims_table(const std::vector<StudyLine>& lines);

/// Charts of the times and of building, the claims, and all figures; nothing without `runs`, which are those
/// of results.json.
std::vector<Section> crossover_sections(const std::vector<StudyLine>& lines, const nlohmann::json& runs);

}  // namespace warp2vec::cli::bench
