#include "host/cli/bench/memory_ceiling.h"

#include <warp2vec/embeddings.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <thread>
#include <vector>

namespace warp2vec::cli::bench {

double bytes_per_kept_word(const nlohmann::json& summary) {
  constexpr const char* kTopNodes = "64";  // a number for which the summary has the nodes outside
  const nlohmann::json& settings = summary.at("settings");
  const auto setting = [&](const char* name) { return settings.at(name).get<double>(); };
  const auto loss = settings.at("loss").get<std::string>();
  const auto sharing = summary.at("sharing").get<std::string>();
  const auto kept = summary.at("counts").at("kept_tokens").get<double>();
  if (kept == 0 || loss == "softmax") return 0;
  const double contexts = summary.at("counts").at("pairs").get<double>() / kept;
  const double edges = 2 * setting("window");  // contexts of a tile that are not among its centres
  double rows = 0;
  if (loss != "hs") {
    const double centres = setting("tile_centres");
    rows = sharing == "pair"     ? contexts * (2 + setting("negative"))
           : sharing == "window" ? contexts + 1 + setting("negative")
                                 : (2 * centres + edges + setting("tile_negatives")) / centres;
  }
  if (loss != "ns") {
    if (sharing != "tile" || !summary.contains("path_nodes_outside_top")) return 0;
    const double centres = setting("path_tile_centres");
    rows += (centres + edges) / centres + std::stod(kTopNodes) / setting("tile_centres") +
            summary.at("path_nodes_outside_top").at(kTopNodes).get<double>();
  }
  const auto padded = static_cast<double>(Matrix::padded(settings.at("dim").get<std::int32_t>()));
  return rows * padded * (settings.at("table_type") == "bf16" ? 2 : 4) * 2;
}

std::optional<double> gpu_bandwidth(const std::string& name) {
  static const std::map<std::string, double> kGigabytes{{"NVIDIA H100 80GB HBM3", 3350},
                                                        {"NVIDIA H100 NVL", 3900},
                                                        {"NVIDIA H100 PCIe", 2000},
                                                        {"NVIDIA H200", 4800},
                                                        {"NVIDIA H200 NVL", 4800},
                                                        {"NVIDIA A100-SXM4-80GB", 2039},
                                                        {"NVIDIA A100 80GB PCIe", 1935},
                                                        {"NVIDIA A100-SXM4-40GB", 1555},
                                                        {"NVIDIA A100-PCIE-40GB", 1555},
                                                        {"NVIDIA A10", 600},
                                                        {"NVIDIA A10G", 600},
                                                        {"NVIDIA L40S", 864},
                                                        {"NVIDIA L4", 300},
                                                        {"Tesla V100-SXM2-16GB", 900},
                                                        {"Tesla V100-SXM2-32GB", 900},
                                                        {"Tesla T4", 320},
                                                        {"NVIDIA GeForce RTX 3090", 936},
                                                        {"NVIDIA GeForce RTX 4090", 1008},
                                                        {"NVIDIA GeForce RTX 5090", 1792}};
  const auto found = kGigabytes.find(name);
  return found == kGigabytes.end() ? std::nullopt : std::optional(found->second * 1e9);
}

double measured_bandwidth(int threads) {
  using Seconds = std::chrono::duration<double>;
  constexpr std::size_t kBytes = std::size_t{128} << 20;  // larger than the caches
  constexpr Seconds kLongEnough(0.2);
  const auto share = kBytes / static_cast<std::size_t>(threads);
  std::vector<char> from(kBytes, 1);
  std::vector<char> to(kBytes, 2);
  Seconds best(0);
  for (Seconds all(0); all < kLongEnough;) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::jthread> workers;
    for (std::size_t first = 0; first + share <= kBytes; first += share)
      workers.emplace_back([&, first] { std::memcpy(to.data() + first, from.data() + first, share); });
    workers.clear();  // joins
    const Seconds seconds = std::chrono::steady_clock::now() - begin;
    best = best == Seconds(0) ? seconds : std::min(best, seconds);
    all += seconds;
  }
  return 2.0 * static_cast<double>(kBytes) / best.count();
}

}  // namespace warp2vec::cli::bench
