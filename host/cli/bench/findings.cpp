#include "host/cli/bench/findings.h"

#include <nlohmann/json.hpp>

namespace warp2vec::cli::bench {

using nlohmann::json;

json runs_of(const json& content, const char* part) {
  return content.contains(part) ? content.at(part).at("runs") : json::array();
}

Findings findings_of(const json& content) {
  Findings findings{summarise(runs_of(content, "trainings").get<std::vector<MeasuredRun>>()),
                    study_lines(runs_of(content, "crossover"))};
  if (content.contains("crossover"))
    content.at("crossover").at("settings").at("threads").get_to(findings.study_threads);
  return findings;
}

}  // namespace warp2vec::cli::bench
