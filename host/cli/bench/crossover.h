#pragma once
/// The crossover study: time per unit of work against vocabulary size, on synthetic text, and the sizes at
/// which one loss overtakes another.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/results.h"
#include "host/cli/bench/summary.h"

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// Values of Cell::loss for work on the CPU that is no training: one negative draw from the alias table
/// (random numbers included), and building the alias table or the Huffman tree once.
inline constexpr const char* kDraw = "negative draw";
inline constexpr const char* kAliasTable = "alias table";
inline constexpr const char* kTree = "Huffman tree";

/// From 10 to 3,000,000, including 46,677, which is the size in the claims. Below 100 is where lines cross.
std::vector<std::int64_t> study_sizes();

/// For each size: the losses on each device, then the draw, the alias table and the tree on the CPU.
std::vector<Cell> study_cells(const Grid& grid);

struct UnitTime {
  double seconds = 0;  ///< per unit: a trained pair, a draw, a build
  std::int64_t units = 0;
};

/// Number of tokens with which a cell takes about a second on a typical machine: the cost of full softmax is
/// proportional to the vocabulary size. At least 8.
std::int64_t study_tokens(const Cell& cell, int threads);

/// Trains a synthetic text of `tokens` tokens twice and returns the time per pair of the second training,
/// without transfers and preparation; on a GPU, that of its kernels, measured on the GPU. Throws Error if
/// there is not enough memory or the device fails, and Interrupted after Ctrl-C.
UnitTime time_of_pairs(const BenchOptions& options, const Cell& cell, int round, std::int64_t tokens);

/// The study over options.grid, which must be complete; a run has "seconds_per_unit" and "units". `options`
/// must outlive the result.
Part crossover_part(const BenchOptions& options);

/// Time per unit against the number of words: one line per device and kind of work, in the order of the runs.
/// Throws nlohmann::json::exception if `runs` are not runs of the study.
std::vector<Line> study_lines(const nlohmann::json& runs);

/// Whether the cell measures something that is built once.
bool is_build(const Cell& cell);

/// A comparison of the time per pair of two losses on one device, or of a GPU and the CPU with the same loss.
struct Comparison {
  std::string of;  ///< the device on which two losses are compared, or the loss with which two devices are
  std::string cheaper;  ///< the loss or device that takes less time per pair above `words` words
  std::string dearer;
  double words = 0;   ///< where their medians change order, on logarithmic scales; 0 = at no measured size
  bool clear = true;  ///< the rounds of the two do not overlap at the sizes next to the crossing
  std::string fewest, most;  ///< "3.2x with 10 words": time of the dearer / time of the cheaper
};

/// For every two comparable lines: one entry per crossing, or a single one if they do not cross.
std::vector<Comparison> compare(const std::vector<Line>& lines);
/// The same as a table.
Table crossing_table(const std::vector<Comparison>& comparisons);

/// Medians with ranges, one row per size: the losses on each device, and the draws and builds.
std::vector<Table> study_tables(const std::vector<Line>& lines);

/// The claims in descriptions of word2vec, each next to the measured value; only a header if none applies.
Table claims_table(const std::vector<Line>& lines);

}  // namespace warp2vec::cli::bench
