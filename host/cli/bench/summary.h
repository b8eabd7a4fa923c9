#pragma once
/// The combined runs of each cell, and their tables for the terminal and for the report.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/page.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// The distribution of finite values, in any order; nothing if there are none.
std::optional<Spread> spread_of(std::vector<double> values);

/// A figure of a run, and how tables and charts show it.
struct Figure {
  std::string key;    ///< in Row::figures
  std::string title;  ///< of a column
  std::function<std::string(double)> text;
  bool range = false;  ///< whether tables also show the minimum and maximum
};

/// Times have the same keys as in results.json, quality has "spearman FILE" and "analogies FILE".
extern const Figure kTrainingSpeed;  ///< words per second: on a GPU by its kernels, including subsampling
extern const Figure kTogetherSpeed;  ///< words per second from the start of the program to its end
/// Speed relative to the CPU with the same settings, round by round; for GPUs if the CPU was measured too.
extern const Figure kTrainingLead, kTogetherLead;
extern const Figure kCeiling;   ///< share of the memory bandwidth that training must have used at least
extern const Figure kLoss;      ///< mean per pair in the last epoch, nats
extern const Figure kUnitTime;  ///< of the crossover study: seconds per pair, draw or build
inline constexpr const char* kTogether = "together";  ///< seconds of a whole run

struct Row {
  Cell cell;
  std::vector<nlohmann::json> runs;  ///< successful ones, by round
  std::string failure;               ///< of the last run that failed; "" if none did
  std::map<std::string, Spread> figures;

  /// Number of words found, or the number requested before any run; 0 = all.
  std::int64_t words() const;
  /// Null if no run has the figure.
  const Spread* find(const std::string& key) const;
};

/// One row per cell of `runs`, which are those of results.json, ordered by vocabulary size and dimension,
/// then as in `runs`. `bandwidths`: of memory, bytes per second by device, where known. Throws
/// nlohmann::json::exception if `runs` are not runs.
std::vector<Row> summarise(const nlohmann::json& runs, const std::map<std::string, double>& bandwidths = {});

/// Whether any row has the figure.
bool any_has(const std::vector<Row>& rows, const std::string& key);

/// The quality figures of the rows.
std::vector<Figure> quality_figures(const std::vector<Row>& rows);

/// "5.7 (5.1 to 6.0)", or one number if all are formatted alike.
std::string range_text(const Spread& spread, const std::function<std::string(double)>& text);
/// The figure of a row, with its range if Figure::range is set; "-" if it has none.
std::string shown(const Row& row, const Figure& figure);

/// The figures of one successful run, in one line.
std::string describe(const nlohmann::json& run);

/// The losses, and GPU and CPU, side by side: one line per vocabulary size and other common settings. Only
/// tables with at least two entries to compare.
std::vector<Table> comparison_tables(const std::vector<Row>& rows);

/// Three tables: speed and the GPU's lead; seconds by phase; memory, loss and quality. Each has one line per
/// row, and columns for the figures that any row has. Empty without rows.
std::vector<Table> summary_tables(const std::vector<Row>& rows);

/// A figure as a function of the number of words.
struct Line {
  Cell cell;  ///< the common settings, without the number of words
  std::vector<Point> points;
};

/// One for each kind of cell that has the figure.
std::vector<Line> lines_of(const std::vector<Row>& rows, const Figure& figure);

}  // namespace warp2vec::cli::bench
