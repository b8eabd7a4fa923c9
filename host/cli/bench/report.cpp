#include "host/cli/bench/report.h"

#include "host/cli/bench/answers.h"
#include "host/cli/bench/crossover_report.h"
#include "host/cli/bench/html_page.h"
#include "host/cli/bench/output_files.h"
#include "host/cli/bench/peers_section.h"
#include "host/cli/bench/trainings_report.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  for (const json& one : value) out += (out.empty() ? "" : ", ") + text_of(one);
  return out;
}

// "epochs 1, lr 0.025"
std::string settings_text(const json& settings) {
  std::string out;
  for (const auto& [name, value] : settings.items()) {
    if (value.is_array() && value.empty()) continue;
    out += (out.empty() ? "" : ", ") + name + " " + text_of(value);
  }
  return out;
}

Section answers_section(const Findings& findings) {
  std::string html;
  for (const Answer& answer : answers(findings)) html += heading(answer.question) + bullet_list(answer.texts);
  return {"In short", html};
}

Section conditions_section(const json& content) {
  Table table{{"what", "value"}};
  const json& machine = content.at("machine");
  table.push_back({"processor", text_of(machine.at("cpu")) + ", " + text_of(machine.at("cores")) +
                                    " cores, " + text_of(machine.at("threads")) + " hardware threads"});
  for (const auto& [device, name] : content.at("gpus").items()) table.push_back({device, text_of(name)});
  for (const auto& [name, value] : content.at("remarks").items()) table.push_back({name, text_of(value)});
  table.push_back({"warp2vec", settings_text(content.at("program"))});
  for (const char* part : {"trainings", "crossover"}) {
    if (content.contains(part)) table.push_back({part, settings_text(content.at(part).at("settings"))});
  }
  return {"Machine and settings", html_table(table, Cells::words)};
}

}  // namespace

std::string report_page(const json& content, const Findings& findings) {
  std::vector<Section> sections{answers_section(findings)};
  const auto add = [&sections](std::vector<Section> more) {
    for (Section& section : more) sections.push_back(std::move(section));
  };
  add(trainings_sections(findings.rows));
  add(crossover_sections(findings.lines, runs_of(content, "crossover")));
  if (content.contains("peers")) sections.push_back(peers_section(content.at("peers")));
  sections.push_back(conditions_section(content));
  return html_page("warp2vec bench", sections);
}

std::string write_report(const std::string& folder, const std::string& html) {
  std::string path = (std::filesystem::path(folder) / kReportFile).string();
  AtomicFile file(path);
  file.write(html);
  file.commit();
  return path;
}

}  // namespace warp2vec::cli::bench
