#pragma once
/// What trainings came to, for people.

#include "host/cli/bench/html_page.h"
#include "host/cli/bench/summary.h"

#include <vector>

namespace warp2vec::cli::bench {

/// Charts of the GPU's lead, speeds, phases, loss over time and speed by vocabulary, then all figures;
/// nothing without rows.
std::vector<Section> trainings_sections(const std::vector<Row>& rows);

}  // namespace warp2vec::cli::bench
