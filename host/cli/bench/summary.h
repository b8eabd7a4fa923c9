#pragma once
/// All runs of each cell taken together, and tables of them for the terminal and for the report.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/page.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// Of finite values, in any order; nothing if there are none.
std::optional<Spread> spread_of(std::vector<double> values);

/// A figure of runs, as tables and charts show it.
struct Figure {
  std::string key;    ///< in Row::figures
  std::string title;  ///< of a column
  std::function<std::string(double)> text;
  bool range = false;  ///< whether tables have the smallest and the largest, too
};

/// Seconds have the keys that they have in results.json, quality has "spearman FILE" and "analogies FILE".
extern const Figure kTrainingSpeed;  ///< words a second: on a GPU by its kernels, with those of subsampling
extern const Figure kTogetherSpeed;  ///< words a second from the start of the program to its end
/// How many times as fast as the CPU under the same settings, round by round; of GPUs beside a CPU.
extern const Figure kTrainingLead, kTogetherLead;
extern const Figure kCeiling;   ///< share of the memory bandwidth that training must have had at least
extern const Figure kLoss;      ///< mean per pair of the last epoch, nats
extern const Figure kUnitTime;  ///< of the crossover study: seconds of a pair, a draw, a build
inline constexpr const char* kTogether = "together";  ///< seconds of a whole run

struct Row {
  Cell cell;
  std::vector<nlohmann::json> runs;  ///< that ended well, by round
  std::string failure;               ///< of the last run that failed; "" if none did
  std::map<std::string, Spread> figures;

  /// How many words were found, or were asked for before anything was; 0 = all.
  std::int64_t words() const;
  /// Nothing if no run has the figure.
  const Spread* find(const std::string& key) const;
};

/// A row for each cell of `runs`, which are those of results.json, by the size of its vocabulary and by
/// dimension, then in the order of `runs`. `bandwidths`: of the memory, bytes a second by device, as far as
/// they are known. Throws nlohmann::json::exception for what are no runs.
std::vector<Row> summarise(const nlohmann::json& runs, const std::map<std::string, double>& bandwidths = {});

/// Whether any row has the figure.
bool any_has(const std::vector<Row>& rows, const std::string& key);

/// The quality figures of the rows.
std::vector<Figure> quality_figures(const std::vector<Row>& rows);

/// "5.7 (5.1 to 6.0)", or one number if all are written alike.
std::string range_text(const Spread& spread, const std::function<std::string(double)>& text);
/// The figure of a row, with its range if it has one; "-" for nothing.
std::string shown(const Row& row, const Figure& figure);

/// The figures of one run that ended well, in a line.
std::string describe(const nlohmann::json& run);

/// The losses, and GPU and CPU, side by side: a line for each vocabulary size and all else that they share.
/// Only those of which there are two.
std::vector<Table> comparison_tables(const std::vector<Row>& rows);

/// Speed and the GPU's lead, seconds by phase, and memory, loss and quality, each with a line for each row
/// and columns for what a row has. Nothing without rows.
std::vector<Table> summary_tables(const std::vector<Row>& rows);

/// A figure over the number of words.
struct Line {
  Cell cell;  ///< that all have in common, without the number of words
  std::vector<Point> points;
};

/// One for each kind of cell that has the figure.
std::vector<Line> lines_of(const std::vector<Row>& rows, const Figure& figure);

/// How many times as much: "0.14", "2.0", "24.3", "815,000".
std::string factor_text(double factor);
/// "12.3 ns", "4.56 us", "7.8 ms", "2.1 s"; seconds >= 0.
std::string short_time(double seconds);
/// 12345 -> "12.3k", 3000000 -> "3M".
std::string short_number(double value);
/// 5657405 -> "5,657": thousands, with a decimal below 100.
std::string thousands(double words);

}  // namespace warp2vec::cli::bench
