#include "host/cli/bench/peers_section.h"

#include <warp2vec/error.h>

#include "host/cli/bench/charts.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

std::string lead(const json& row, const char* phase) {
  if (row.at("program") == "warp2vec" || !row.contains("times_the_seconds_of_warp2vec")) return "";
  const json& leads = row.at("times_the_seconds_of_warp2vec");
  return leads.contains(phase) && leads.at(phase).is_number()
             ? format_fixed(leads.at(phase).get<double>(), 1) + "x"
             : "";
}

std::string bar_name(const std::string& program, const std::string& threads) {
  return program + ", threads: " + threads;
}

std::string section_html(const json& results) {
  const json& summary = results.at("summary");
  std::set<std::string> quality;
  for (const json& row : summary)
    for (const auto& [key, value] : row.at("quality").items()) quality.insert(key);
  Table table{{"program", "threads", "runs", "k words/s", "warp2vec's lead", "together, s", "lead together",
               "peak memory"}};
  for (const std::string& key : quality) table[0].push_back(quality_name(key));
  std::vector<Bar> bars;
  for (const json& row : summary) {
    const auto speed = row.at("words_per_second").get<double>();
    const auto program = row.at("program").get<std::string>();
    const std::string threads = std::to_string(row.at("threads").get<int>());
    const std::optional<Spread> spread =
        spread_of(row.at("words_per_second_of_runs").get<std::vector<double>>());
    table.push_back({program, threads, std::to_string(row.at("runs").get<int>()),
                     with_range(spread, thousands), lead(row, "training"),
                     format_fixed(row.at("seconds").at("together").get<double>(), 2), lead(row, "together"),
                     format_bytes(row.at("peak_memory_bytes").get<std::int64_t>())});
    for (const std::string& key : quality) {
      const json value = row.at("quality").value(key, json());
      table.back().push_back(value.is_number() ? quality_text(key, value.get<double>()) : "-");
    }
    bars.push_back({bar_name(program, threads), thousands(speed) + " k words/s", speed,
                    spread ? spread->min : speed, spread ? spread->max : speed,
                    program == "warp2vec" ? std::size_t{0} : std::size_t{7}});
  }
  const json& machine = results.at("machine");
  std::vector<std::string> notes{machine.at("cpu").get<std::string>() + ", " +
                                 std::to_string(machine.at("cores").get<int>()) + " cores; " +
                                 results.at("date").get<std::string>() + "; commit " +
                                 results.at("commit").get<std::string>() + "; text " +
                                 results.at("corpus").at("name").get<std::string>()};
  for (const json& note : results.value("notes", json::array())) notes.push_back(note.get<std::string>());
  return bar_chart("Words a second of training beside other programs", bars) + html_table(table) +
         bullet_list(notes);
}

}  // namespace

json load_peers(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error("cannot read --peers " + path);
  try {
    json results = json::parse(in);
    peers_section(results);
    return results;
  } catch (const json::exception& error) {
    throw Error("--peers " + path + " is not what benchmarks/compare_peers writes: " + error.what());
  }
}

Section peers_section(const json& results) { return {"Beside other programs", section_html(results)}; }

}  // namespace warp2vec::cli::bench
