#pragma once
/// Metrics, as train and bench write them.

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace warp2vec {

/// The JSON objects in a file, one a line.
inline std::vector<nlohmann::json> json_lines(const std::string& path) {
  std::vector<nlohmann::json> objects;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) objects.push_back(nlohmann::json::parse(line));
  return objects;
}

}  // namespace warp2vec
