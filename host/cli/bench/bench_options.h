#pragma once
/// What `bench` is asked for.

#include <warp2vec/config.h>

#include "host/cli/bench/cells.h"
#include "host/cli/flags/flags.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

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
