#pragma once
/// The crossover study: the time of one unit of work over the size of the vocabulary, on synthetic text, to
/// find where one loss overtakes another.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/results.h"

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

}  // namespace warp2vec::cli::bench
