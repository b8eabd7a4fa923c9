#pragma once
/// What `bench` is asked for, and the configurations that follow from it.

#include <warp2vec/config.h>

#include "host/cli/flags/flags.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// What `bench` writes in its folder; the folders are gone at the end.
inline constexpr const char* kResultsFile = "results.json";
inline constexpr const char* kReportFile = "report.html";
inline constexpr const char* kRunFolder = "unfinished-run";  ///< of one training
inline constexpr const char* kTextFolder = "synthetic-text";

/// The settings in which two configurations differ; all others are the same for a whole benchmark.
struct Cell {
  std::string device;           ///< as --device takes it, but never "auto"
  std::string loss;             ///< as --loss takes it
  std::int32_t dim = 100;       ///< values per vector; 0 = it plays no part
  std::int64_t vocab_size = 0;  ///< at most this many words; 0 = no limit
  std::string variant{};        ///< further settings, "sharing=pair sample=1e-4"; "" = those that all share

  friend bool operator==(const Cell&, const Cell&) = default;
};

/// Every value of each setting, in the order of the table.
struct Grid {
  std::vector<std::string> devices;
  std::vector<std::string> losses;
  std::vector<std::int32_t> dims;
  std::vector<std::int64_t> vocab_sizes;
  std::vector<std::string> variants{""};
};

/// All combinations, the devices changing fastest, so that those to be compared run next to each other.
std::vector<Cell> all_cells(const Grid& grid);

/// "cpu, ns, d=100" or "cpu, ns, d=100, 30,000 words, sharing=pair".
std::string to_string(const Cell& cell);

/// Of a Cell::device.
bool is_gpu(const std::string& device);

void to_json(nlohmann::json& json, const Cell& cell);
void from_json(const nlohmann::json& json, Cell& cell);

struct BenchOptions {
  std::string study;  ///< "" for the grid of trainings, or "crossover"
  std::vector<std::string> inputs;
  bool synthetic = false;  ///< instead of inputs: texts of grid.vocab_sizes words
  std::string output;      ///< a folder
  Grid grid;               ///< empty lists until they are given or completed
  int rounds = 3;
  Config config;  ///< what all cells share; loss, dim, max_vocab and the variant's settings are the cells'
  std::vector<std::string> pairs;
  std::vector<std::string> analogies;
  std::string peers;       ///< results.json of benchmarks/compare_peers; "" = none
  double time_budget = 0;  ///< seconds; 0 = no limit
  double bandwidth = 0;    ///< of the GPU's memory, GB/s; 0 = by the GPU's name
  bool quiet = false;

  /// Whether nothing is measured: only the report of --peers is written.
  bool only_peers() const { return !peers.empty() && study.empty() && inputs.empty() && !synthetic; }
};

/// `options` outlives `flags`.
void add_bench_flags(Flags& flags, BenchOptions& options);

/// Throws UsageError for what is missing, unknown or out of range, or does not go together, and for outputs
/// that are inputs.
void check_options(const BenchOptions& options);

/// All combinations of options.grid that there are: --table-type bf16 only with negative sampling on a GPU.
std::vector<Cell> trained_cells(const BenchOptions& options);
/// The settings of one cell's training.
Config config_of(const BenchOptions& options, const Cell& cell, int round);
/// The same as flags of `train`.
std::vector<std::string> train_flags(const BenchOptions& options, const Cell& cell, int round);
/// What cells share, by the names of their flags with "_" for "-".
nlohmann::json shared_settings(const Config& config);

}  // namespace warp2vec::cli::bench
