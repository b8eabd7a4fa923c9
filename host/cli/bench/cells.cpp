#include "host/cli/bench/cells.h"

#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

namespace warp2vec::cli::bench {

std::vector<Cell> all_cells(const Grid& grid) {
  std::vector<Cell> cells;
  for (const std::int64_t vocab_size : grid.vocab_sizes)
    for (const std::int32_t dim : grid.dims)
      for (const std::string& loss : grid.losses)
        for (const std::string& device : grid.devices) cells.push_back({device, loss, dim, vocab_size});
  return cells;
}

std::string words_of(const Cell& cell) {
  return cell.vocab_size > 0 ? with_commas(cell.vocab_size) + " words" : "all words";
}

std::string to_string(const Cell& cell) {
  return cell.device + ", " + cell.loss + (cell.dim > 0 ? ", d=" + std::to_string(cell.dim) : "") +
         (cell.vocab_size > 0 ? ", " + words_of(cell) : "");
}

bool is_gpu(const std::string& device) { return device.starts_with("cuda"); }

void to_json(nlohmann::json& json, const Cell& cell) {
  json = {{"device", cell.device}, {"loss", cell.loss}, {"dim", cell.dim}, {"vocab_size", cell.vocab_size}};
}

void from_json(const nlohmann::json& json, Cell& cell) {
  json.at("device").get_to(cell.device);
  json.at("loss").get_to(cell.loss);
  json.at("dim").get_to(cell.dim);
  json.at("vocab_size").get_to(cell.vocab_size);
}

}  // namespace warp2vec::cli::bench
