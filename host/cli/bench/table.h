#pragma once
/// The summary as a table of texts, for the terminal and for the report.

#include "host/cli/bench/summary.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// The first row is the header.
using Table = std::vector<std::vector<std::string>>;

struct NamedTable {
  std::string title;
  Table table;
};

/// Speed and the GPU's lead, seconds by phase, and memory, loss and quality, each with a line for each row;
/// with columns for GPUs and for quality where there are any. Nothing without rows.
std::vector<NamedTable> summary_tables(const std::vector<Row>& rows);

/// Columns aligned with spaces, two between them; every row ends with a newline.
std::string plain_text(const Table& table);
/// With the title on a line before it.
std::string plain_text(const NamedTable& table);

/// 5657405 -> "5,657": thousands, with a decimal below 100.
std::string thousands(double words);
/// How many times as much: "0.14", "2.0", "24.3", "815,000".
std::string factor_text(double factor);
/// "5.7 (5.1 to 6.0)", or one number if all are written alike; "-" for nothing.
std::string with_range(const std::optional<Spread>& spread, const std::function<std::string(double)>& text);
/// "WS-353 rho" for "spearman WS-353.tsv", "questions right" for "analogies questions.txt".
std::string quality_name(const std::string& key);
/// "0.678" or "38.4%".
std::string quality_text(const std::string& key, double value);

}  // namespace warp2vec::cli::bench
