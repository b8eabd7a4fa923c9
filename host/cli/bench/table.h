#pragma once
/// The summary as a table of texts, for the terminal and for the report.

#include "cli/bench/summary.h"

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// The first row is the header.
using Table = std::vector<std::vector<std::string>>;

Table summary_table(const std::vector<Row>& rows);

/// Columns aligned with spaces, two between them; every row ends with a newline.
std::string plain_text(const Table& table);

/// 5657405 -> "5,657": thousands, with a decimal below 100.
std::string thousands(double words);
/// "5.7 (5.1 to 6.0)", or one number if all are written alike; "-" for nothing.
std::string with_range(const std::optional<Spread>& spread, std::string (*text)(double));
/// "WS-353 rho" for "spearman WS-353.tsv", "questions right" for "analogies questions.txt".
std::string quality_name(const std::string& key);
/// "0.678" or "38.4%".
std::string quality_text(const std::string& key, double value);

}  // namespace warp2vec::cli::bench
