// The report: a page that stands alone, and says what was measured.
#include "host/cli/bench/page.h"
#include "host/cli/bench/report.h"
#include "host/cli/bench/summary.h"
#include "host/cli/terminal/text.h"
#include "tests/support/markup.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

json run_of(const Cell& cell, int round, double train) {
  json run{{"cell", cell},
           {"round", round},
           {"seconds",
            {{"vocabulary", 0.25},
             {"encode", 0.5},
             {"prepare", 0.125},
             {"train", train},
             {"save", 0.1},
             {kTogether, train + 1}}},
           {"vocabulary", cell.vocab_size > 0 ? cell.vocab_size : 5000},
           {"trained_tokens", 1'000'000},
           {"pairs", 5'000'000},
           {"peak_memory_bytes", 54'000'000},
           {"gpu_memory_bytes", 0},
           {"loss", 2.5},
           {"loss_curve", {{0.5, 3}, {1, 2.5}, {1.5, 2.25}}},
           {"quality", json::object()}};
  if (is_gpu(cell.device)) {
    run["seconds"].update(
        {{"kernels", train * 0.4}, {"subsampling", train * 0.1}, {"upload", 0.02}, {"download", 0.03}});
    run["gpu_memory_bytes"] = 2'000'000;
  }
  return run;
}

const std::string kPeers =
    std::string(WARP2VEC_TESTS_FOLDER) + "/../benchmarks/results/peers-wiki8-20MB-ns/results.json";

json content_of(const std::vector<json>& runs, const std::string& input = "text") {
  return {{"program", {{"version", "0.1.0"}, {"commit", "abc"}}},
          {"machine", {{"cpu", "Some CPU"}, {"cores", 2}, {"threads", 4}}},
          {"gpus", {{"cuda", "Some GPU"}}},
          {"remarks", {{"system", "Some Linux"}, {"date", "2026-11-29"}}},
          {"trainings", {{"settings", {{"epochs", 1}, {"inputs", {input}}}}, {"runs", runs}}}};
}

std::string report_of(const std::vector<std::string>& devices, const std::vector<std::int64_t>& sizes,
                      const std::string& input = "text") {
  const std::vector<Cell> cells = all_cells({devices, {"ns", "hs"}, {100}, sizes});
  std::vector<json> runs;
  for (int round = 1; round <= 3; ++round)
    for (const Cell& cell : cells)
      runs.push_back(run_of(cell, round, is_gpu(cell.device) ? 0.1 * round : 2.0 * round));
  return report_page(content_of(runs, input));
}

TEST(BenchReport, StandsAlone) {
  const std::string page = report_of({"cpu", "cuda"}, {1000, 0});
  EXPECT_EQ(unbalanced(page), "");
  EXPECT_THAT(page, testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("<meta name=\"viewport\" content=\"width=device-width"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(page, HasSubstr("overflow-x:auto"));
  for (const char* outside : {"http:", "https:", "<script", "<link", "<img", "url(", "@import", "src="})
    EXPECT_THAT(page, Not(HasSubstr(outside)));
}

TEST(BenchReport, HasAChartForEachQuestion) {
  const std::string page = report_of({"cpu", "cuda"}, {1000, 0});
  for (const char* title : {"In short", "GPU against CPU", "Speed", "Phases", "Loss over time",
                            "Speed by vocabulary", "All figures of the trainings", "Machine and settings"})
    EXPECT_THAT(page, HasSubstr("<h2>" + std::string(title) + "</h2>"));
  // Leads, speeds, phases, four loss charts, speed by vocabulary.
  EXPECT_EQ(count(page, "<svg "), 8U);
  EXPECT_EQ(count(page, "</svg>"), 8U);
  EXPECT_THAT(page, HasSubstr("40.0x"))
      << "2 s by 0.05 s of kernels, a fifth of which subsample, in each round";
  EXPECT_THAT(page, HasSubstr("<td>3</td>")) << "how often each was run";
  for (const char* part : {"Some CPU", "Some GPU", "Some Linux", "commit abc", "epochs 1"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_THAT(page, HasSubstr("<h1>warp2vec bench: text, Some GPU, Some CPU, 2026-11-29</h1>"));
  EXPECT_THAT(page, Not(HasSubstr("failed</h2>")));
  EXPECT_THAT(page, Not(HasSubstr("nan")));
}

TEST(BenchReport, SaysWhatWasNotMeasured) {
  const std::string page = report_of({"cpu"}, {0});
  EXPECT_EQ(unbalanced(page), "");
  EXPECT_THAT(page, HasSubstr("No GPU was measured"));
  EXPECT_THAT(page, Not(HasSubstr("Speed by vocabulary")));
  const json failed{
      {"cell", Cell{"cpu", "softmax", 100, 0}}, {"round", 1}, {"failure", "not <enough> memory"}};
  const std::string none = report_page(content_of({failed}));
  EXPECT_EQ(unbalanced(none), "");
  EXPECT_THAT(none, HasSubstr("cpu, softmax, d=100: not &lt;enough&gt; memory"));
}

TEST(BenchReport, NamesWhatThereWasNoTimeFor) {
  json content = content_of({run_of({"cpu", "ns", 100, 0}, 1, 2)});
  content["trainings"]["not_measured"] = {"cpu, hs, d=100, round 1"};
  EXPECT_THAT(report_page(content), HasSubstr("<li>cpu, hs, d=100, round 1</li>"));
  EXPECT_THAT(plain_text(tables_of(content, "trainings").back()),
              "Not measured, for the time budget was over\ncpu, hs, d=100, round 1\n");
}

TEST(BenchReport, HasAPointForQualityOverTime) {
  json run = run_of({"cpu", "ns", 100, 0}, 1, 2);
  run["quality"] = {{"spearman ws353.tsv", 0.6}};
  json other = run_of({"cpu", "hs", 100, 0}, 1, 4);
  other["quality"] = {{"spearman ws353.tsv", 0.7}};
  const std::string page = report_page(content_of({run, other}));
  EXPECT_EQ(unbalanced(page), "");
  const std::string chart = page.substr(page.find("aria-label=\"ws353 rho over seconds\""));
  EXPECT_EQ(count(chart.substr(0, chart.find("</svg>")), "<circle"), 2U);
}

TEST(BenchReport, RangesOfATableHaveALineOfTheirOwn) {
  EXPECT_THAT(
      html_table({"", {{"a"}, {"5.7 (5.1 to 6.0)"}, {"2 (failed)"}}}),
      testing::AllOf(HasSubstr("<td>5.7<small>(5.1 to 6.0)</small></td>"), HasSubstr("<td>2 (failed)</td>")));
}

TEST(BenchReport, SyntheticTextsHaveSectionsOfTheirOwn) {
  json content = content_of({run_of({"cpu", "ns", 100, 0}, 1, 2)});
  content["synthetic"] =
      content_of({run_of({"cpu", "ns", 100, 7000}, 1, 2), run_of({"cpu", "hs", 100, 7000}, 1, 2)})
          .at("trainings");
  const std::string page = report_page(content);
  EXPECT_EQ(unbalanced(page), "");
  for (const char* title : {"Speed", "Speed, synthetic text"})
    EXPECT_THAT(page, HasSubstr("<h2>" + std::string(title) + "</h2>"));
  EXPECT_THAT(page, HasSubstr("<h3>Losses side by side, synthetic text</h3>"));
}

TEST(BenchReport, TextIsEscapedEverywhere) {
  const std::string page = report_of({"cpu"}, {0}, "</table><script>alert('x')\xff");
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_EQ(unbalanced(page), "");
  EXPECT_EQ(escaped("a<b>&\"'\x01\t\n"), "a&lt;b&gt;&amp;&quot;&#39;??\n");
  EXPECT_EQ(escaped("Z\xc3\xbcrich"), "Z\xc3\xbcrich");
  EXPECT_EQ(escaped("\xff"), "?");
}

TEST(BenchReport, HasOtherProgramsWhereTheyWereMeasured) {
  json content = content_of({run_of({"cpu", "ns", 100, 0}, 1, 2)});
  content["peers"] = load_peers(kPeers);
  const std::string page = report_page(content);
  EXPECT_EQ(unbalanced(page), "");
  EXPECT_THAT(page, HasSubstr("<h2>Beside other programs</h2>"));
}

TEST(BenchCharts, BarsAreInProportion) {
  const std::string chart =
      bar_chart("speeds", {{"a", "100", {100}, {100, 80, 120}, 0}, {"b", "60", {60}, {60, 60, 60}, 1}});
  EXPECT_EQ(unbalanced(chart), "");
  EXPECT_THAT(chart, HasSubstr("width=\"298.3\""));  // 100 / 120 * 358
  EXPECT_THAT(chart, HasSubstr("width=\"179\""));
  EXPECT_EQ(count(chart, "class=\"range\""), 3U) << "a range and its ends, and none where there is none";
  EXPECT_EQ(bar_chart("none", {}), "");
  EXPECT_EQ(unbalanced(bar_chart("zero", {{"a", "0", {0}, {}, 0}})), "");
}

TEST(BenchCharts, PartsOfABarStandSideBySide) {
  const std::string chart =
      bar_chart("phases", {{"a", "4 s", {1, 3}}, {"b", "1 s", {0, 1}}}, {"read", "train"});
  EXPECT_EQ(unbalanced(chart), "");
  EXPECT_THAT(chart, HasSubstr("x=\"89.5\" y=\"18\" width=\"268.5\""));
  EXPECT_EQ(count(chart, "<rect"), 3U) << "nothing for what took no time";
  EXPECT_THAT(chart, HasSubstr("<title>train 3</title>"));
  EXPECT_EQ(count(chart, "<li>"), 2U);
}

TEST(BenchCharts, LinesLeaveOutWhatAnAxisCannotShow) {
  const Axis log{"x", true, short_number};
  const std::string chart = line_chart(
      "lines", log, log, {{"a", {{0, {1}}, {10, {5}}, {100, {std::nan("")}}, {1000, {50}}}}, {"b", {}}});
  EXPECT_EQ(unbalanced(chart), "");
  EXPECT_EQ(count(chart, "<circle"), 2U);
  const std::string ranges = line_chart("ranges", log, log, {{"a", {{1, {5, 4, 6}}, {10, {5, 5, 5}}}}});
  EXPECT_EQ(count(ranges, "class=\"range\""), 1U);
  EXPECT_EQ(line_chart("none", log, log, {{"a", {{0, {1}}}}}), "");
  const std::string single = line_chart("one", log, {"y", false, short_number}, {{"a", {{10, {5}}}}});
  EXPECT_EQ(count(single, "<circle"), 1U);
  EXPECT_THAT(single, Not(HasSubstr("nan")));
  EXPECT_THAT(single, Not(HasSubstr("inf")));
}

TEST(BenchPeers, BecomeAPage) {
  const std::string page = peers_page(load_peers(kPeers));
  EXPECT_EQ(unbalanced(page), "");
  EXPECT_THAT(page, HasSubstr("<h1>warp2vec bench: other programs, "));
  for (const char* part : {"gensim (iterator)", "word2vec.c, huge pages", "<svg", "ws353 rho"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_THAT(page, testing::ContainsRegex("<td>[0-9]+\\.[0-9]x</td>")) << "warp2vec's lead";
}

TEST(BenchPeers, OtherFilesAreNamed) {
  const TemporaryFolder folder;
  const std::string path = folder.write("results.json", R"({"summary": [{}]})");
  EXPECT_THAT(thrown_message([&] { load_peers(path); }), HasSubstr("--peers " + path + " is not what"));
  EXPECT_THAT(thrown_message([&] { load_peers(folder.path("none")); }), HasSubstr("cannot read --peers"));
}

}  // namespace
}  // namespace warp2vec::cli::bench
