#pragma once
/// What a benchmark is made of: one cell for each combination of its settings.
/// What `bench` is asked for.

#include <warp2vec/config.h>

#include "host/cli/flags/flags.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// The settings in which two cells differ; all others are the same for a whole benchmark.
struct Cell {
  std::string device;           ///< as --device takes it, but never "auto"
  std::string loss;             ///< as --loss takes it
  std::int32_t dim = 100;       ///< values per vector; 0 = it plays no part
  std::int64_t vocab_size = 0;  ///< at most this many words; 0 = no limit

  friend bool operator==(const Cell&, const Cell&) = default;
};

/// Every value of each setting, in the order of the table.
struct Grid {
  std::vector<std::string> devices;
  std::vector<std::string> losses;
  std::vector<std::int32_t> dims;
  std::vector<std::int64_t> vocab_sizes;
};

/// All combinations, the devices changing fastest, so that those to be compared run next to each other.
std::vector<Cell> all_cells(const Grid& grid);

/// "cpu, ns, d=100" or "cpu, ns, d=100, 30,000 words".
std::string to_string(const Cell& cell);
/// "all words" or "30,000 words".
std::string words_of(const Cell& cell);

/// Of a Cell::device.
bool is_gpu(const std::string& device);

void to_json(nlohmann::json& json, const Cell& cell);
void from_json(const nlohmann::json& json, Cell& cell);

struct BenchOptions {
  std::string study;  ///< "" for the grid of trainings, or "crossover"
  std::vector<std::string> inputs;
  std::string output;  ///< a folder
  Grid grid;           ///< empty lists until they are given or completed
  int rounds = 3;
  Config config;  ///< what all cells share; loss, dim and max_vocab are the cells'
  std::vector<std::string> pairs;
  std::vector<std::string> analogies;
  std::string peers;  ///< results.json of benchmarks/compare_peers; "" = none
  bool quiet = false;
};

/// `options` outlives `flags`.
void add_bench_flags(Flags& flags, BenchOptions& options);

/// Throws UsageError for what is missing, unknown or out of range, or does not go together, and for outputs
/// that are inputs.
void check_options(const BenchOptions& options);

/// The settings of one cell's training.
Config config_of(const BenchOptions& options, const Cell& cell, int round);

/// The arguments of `train` that config_of() amounts to.
std::vector<std::string> train_flags(const BenchOptions& options, const Cell& cell, int round);

/// What all cells share, as results.json names it.
nlohmann::json shared_settings(const BenchOptions& options);

}  // namespace warp2vec::cli::bench
