#pragma once
/// What benchmarks/compare_peers measured, as a section of the report.

#include "cli/bench/html_page.h"

#include <string>

namespace warp2vec::cli::bench {

/// From the results.json that compare_peers writes. Throws Error naming `path` if it cannot be read or is not
/// such a file.
Section peers_section(const std::string& path);

}  // namespace warp2vec::cli::bench
