#pragma once
/// All runs of each cell taken together, and tables of them as texts, for the terminal and for the report.

#include "host/cli/bench/trainings.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// What repeated measurements come to.
struct Spread {
  double min = 0;
  double median = 0;  ///< of an even number of values: the mean of the two in the middle
  double max = 0;
};

/// Of finite values, in any order; nothing if there are none.
std::optional<Spread> spread_of(std::vector<double> values);

struct Row {
  Cell cell;
  std::vector<MeasuredRun> runs;   ///< that ended well, by round; the rest is empty if there are none
  std::string failure;             ///< of the last run that failed; "" if none did
  std::optional<Spread> training;  ///< words a second of training alone, see MeasuredRun::training_speed()
  std::optional<Spread> together;  ///< words a second from start to end
  std::map<std::string, Spread> seconds;  ///< by phase
  std::optional<Spread> peak_memory;      ///< bytes
  std::optional<Spread> gpu_memory;       ///< bytes; nothing on a CPU
  std::optional<Spread> loss;             ///< nats a pair
  std::map<std::string, Spread> quality;
  std::optional<Spread> of_ceiling;  ///< share of the memory bandwidth that training must have had at least
  /// How many times as fast as the CPU under the same settings, round by round; nothing for the CPU itself,
  /// and where there is no round that both have.
  std::optional<Spread> lead_in_training;
  std::optional<Spread> lead_together;
};

/// A row for each cell of `runs`, by the size of its vocabulary and by dimension, then in the order of
/// `runs`. `bandwidths`: of the memory, bytes a second by device, as far as they are known.
std::vector<Row> summarise(const std::vector<MeasuredRun>& runs,
                           const std::map<std::string, double>& bandwidths = {});

/// The first row is the header.
using Table = std::vector<std::vector<std::string>>;

struct NamedTable {
  std::string title;
  Table table;
};

/// The losses, and GPU and CPU, side by side: a line for each vocabulary size and all else that they share.
/// Only those of which there are two.
std::vector<NamedTable> comparison_tables(const std::vector<Row>& rows);

/// Speed and the GPU's lead, seconds by phase, and memory, loss and quality, each with a line for each row;
/// with columns for GPUs and for quality where there are any. Nothing without rows.
std::vector<NamedTable> summary_tables(const std::vector<Row>& rows);

/// Columns aligned with spaces, two between them; every row ends with a newline. The title is a line before.
std::string plain_text(const NamedTable& table);

/// "12,345": words that were found, or "all words" before anything was.
std::string size_text(const Row& row);
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
/// The names of all quality figures of the rows.
std::vector<std::string> quality_keys(const std::vector<Row>& rows);

}  // namespace warp2vec::cli::bench
