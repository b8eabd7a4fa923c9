#pragma once
/// The crossover study: the time of one unit of work over the size of the vocabulary, on synthetic text, and
/// where one loss overtakes another.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/results.h"
#include "host/cli/bench/summary.h"

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// In the place of a loss, on the CPU: one negative draw from the alias table (random numbers included), and
/// building the alias table or the Huffman tree once.
inline constexpr const char* kDraw = "negative draw";
inline constexpr const char* kAliasTable = "alias table";
inline constexpr const char* kTree = "Huffman tree";

/// 10 to 3,000,000, among them 46,677, of which the study's claims speak. Below 100 is where lines cross.
std::vector<std::int64_t> study_sizes();

/// For each size the losses on each device, then the draw, the table and the tree on the CPU.
std::vector<Cell> study_cells(const Grid& grid);

struct UnitTime {
  double seconds = 0;  ///< of one unit: a trained pair, a draw, a build
  std::int64_t units = 0;
};

/// How many tokens are trained so that a cell takes about a second on a usual machine: full softmax costs as
/// much as the vocabulary is large. At least 8.
std::int64_t study_tokens(const Cell& cell, int threads);

/// Trains synthetic text of so many tokens twice and takes the time of a pair of the second, without
/// transfers and preparation; on a GPU that of its kernels, by its own clock. Throws Error if the memory does
/// not suffice or the device fails, Interrupted after Ctrl-C.
UnitTime time_of_pairs(const BenchOptions& options, const Cell& cell, int round, std::int64_t tokens);

/// The study over options.grid, which is complete; a run has "seconds_per_unit" and "units". `options`
/// outlives the part.
Part crossover_part(const BenchOptions& options);

/// The time of one unit over the number of words, a line for each device and kind of
/// work, in the order of the runs. Throws nlohmann::json::exception for what are not runs of the study.
std::vector<Line> study_lines(const nlohmann::json& runs);

/// Whether it is of what is built once.
bool is_build(const Cell& cell);

/// How the time of a pair of two losses on one device compares, or of a GPU and the CPU with one loss.
struct Comparison {
  std::string of;       ///< the device of two losses, the loss of two devices
  std::string cheaper;  ///< a loss, or a device: takes less time for a pair with more words than `words`
  std::string dearer;
  double words = 0;   ///< where their medians change order, on logarithmic scales; 0 = at no measured size
  bool clear = true;  ///< no round of one took as long as one of the other at the measured sizes beside
                      ///< the crossing
  std::string fewest, most;  ///< "3.2x with 10 words": time of the dearer by that of the cheaper
};

/// For each two lines that can be compared one for each crossing, or a single one without.
std::vector<Comparison> compare(const std::vector<Line>& lines);
/// The same as a table.
Table crossing_table(const std::vector<Comparison>& comparisons);

/// Medians with ranges, a row for each size: the losses on each device, and what is drawn and built.
std::vector<Table> study_tables(const std::vector<Line>& lines);

/// What descriptions of word2vec claim, each beside what was measured here; only a header where nothing fits.
Table claims_table(const std::vector<Line>& lines);

}  // namespace warp2vec::cli::bench
