#pragma once
/// The options of `bench`, and the configurations that follow from them.

#include <warp2vec/config.h>

#include "host/cli/flags/flags.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// Files and folders that `bench` creates in its output folder; the folders are removed at the end.
inline constexpr const char* kResultsFile = "results.json";
inline constexpr const char* kReportFile = "report.html";
inline constexpr const char* kRunFolder = "unfinished-run";  ///< of a single training
inline constexpr const char* kTextFolder = "synthetic-text";

/// The settings in which configurations differ; all others are the same throughout a benchmark.
struct Cell {
  std::string device;           ///< a value of --device, but never "auto"
  std::string loss;             ///< a value of --loss
  std::int32_t dim = 100;       ///< values per vector; 0 = not applicable
  std::int64_t vocab_size = 0;  ///< maximum number of words; 0 = no limit
  std::string variant{};  ///< further settings, such as "sharing=pair sample=1e-4"; "" = only the shared ones

  friend bool operator==(const Cell&, const Cell&) = default;
};

/// All values of each setting, in display order.
struct Grid {
  std::vector<std::string> devices;
  std::vector<std::string> losses;
  std::vector<std::int32_t> dims;
  std::vector<std::int64_t> vocab_sizes;
  std::vector<std::string> variants{""};
};

/// An error message of `train` in the words of bench: --dims for --dim, and so on.
std::string with_bench_flags(const std::string& message);

/// All combinations. The devices vary fastest, so that runs to be compared are adjacent.
std::vector<Cell> all_cells(const Grid& grid);

/// "cpu, ns, d=100" or "cpu, ns, d=100, 30,000 words, sharing=pair".
std::string to_string(const Cell& cell);

/// Whether a Cell::device is a GPU.
bool is_gpu(const std::string& device);

void to_json(nlohmann::json& json, const Cell& cell);
void from_json(const nlohmann::json& json, Cell& cell);

struct BenchOptions {
  std::string study;  ///< "" for the grid of trainings, or "crossover"
  std::vector<std::string> inputs;
  bool synthetic = false;  ///< instead of inputs: texts with grid.vocab_sizes words
  std::string output;      ///< a folder
  Grid grid;               ///< empty lists until they are set or completed
  int rounds = 3;
  Config config;  ///< shared; each cell sets loss, dim, max_vocab and the settings of its variant
  std::vector<std::string> pairs;
  std::vector<std::string> analogies;
  std::string peers;       ///< results.json of benchmarks/compare_peers; "" = none
  double time_budget = 0;  ///< seconds; 0 = no limit
  double bandwidth = 0;    ///< memory bandwidth of the GPU, GB/s; 0 = that of its model
  bool quiet = false;

  /// Whether nothing is measured, and only the report of --peers is written.
  bool only_peers() const { return !peers.empty() && study.empty() && inputs.empty() && !synthetic; }
};

/// `options` must outlive `flags`.
void add_bench_flags(Flags& flags, BenchOptions& options);

/// Throws UsageError for options that are missing, unknown, out of range or incompatible, and for outputs
/// that are also inputs.
void check_options(const BenchOptions& options);

/// All valid combinations of options.grid: --table-type bf16 only with negative sampling on a GPU.
std::vector<Cell> trained_cells(const BenchOptions& options);
/// The training settings of one cell.
Config config_of(const BenchOptions& options, const Cell& cell, int round);
/// The same as command-line flags of `train`.
std::vector<std::string> train_flags(const BenchOptions& options, const Cell& cell, int round);
/// The settings that all cells share, by flag name with "_" instead of "-".
nlohmann::json shared_settings(const Config& config);

}  // namespace warp2vec::cli::bench
