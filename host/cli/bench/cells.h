#pragma once
/// What a benchmark is made of: one cell for each combination of its settings.

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

}  // namespace warp2vec::cli::bench
