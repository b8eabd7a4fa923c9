// The crossover study: its text, its lines, and where they cross.
#include <warp2vec/error.h>

#include "host/cli/bench/crossover.h"
#include "host/cli/bench/report.h"
#include "host/cli/bench/summary.h"
#include "host/cli/bench/synthetic_text.h"
#include "tests/support/markup.h"
#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

json run_of(const std::string& device, const std::string& what, std::int64_t words, double seconds,
            int round = 1) {
  return {{"cell", Cell{device, what, 100, words}},
          {"round", round},
          {"seconds_per_unit", seconds},
          {"units", 10}};
}

// Softmax grows with the words and meets ns at 1,000 and hs at 2,000 of them.
json runs() {
  json all = json::array();
  for (const std::int64_t words : {100, 10'000, 46'677}) {
    all.push_back(run_of("cpu", "softmax", words, 1e-9 * static_cast<double>(words)));
    all.push_back(run_of("cpu", "ns", words, 1e-6));
    all.push_back(run_of("cpu", "hs", words, 2e-6));
    all.push_back(run_of("cpu", kDraw, words, 12e-9));
    all.push_back(run_of("cpu", kTree, words, 5e-9 * static_cast<double>(words)));
  }
  return all;
}

std::string page_of(const json& study_runs) {
  return report_page({{"program", {{"commit", "abc"}}},
                      {"machine", {{"cpu", "Some CPU"}, {"cores", 2}, {"threads", 4}}},
                      {"gpus", json::object()},
                      {"remarks", json::object()},
                      {"crossover", {{"settings", {{"threads", 1}}}, {"runs", study_runs}}}});
}

TEST(BenchSyntheticText, HasFallingCountsAndTokensOfItsWords) {
  EXPECT_THAT(zipf_counts(5), ElementsAre(25, 12, 8, 6, 5));
  const Vocabulary vocabulary = zipf_vocabulary(2500);
  EXPECT_EQ(vocabulary.size(), 2500);
  const TokenStream stream = drawn_tokens(vocabulary, 2500);
  EXPECT_EQ(stream.tokens(), 2500);
  EXPECT_THAT(stream.ends, ElementsAre(1000, 2000, 2500));
  std::int64_t of_the_first = 0;
  for (const WordId id : stream.ids) {
    ASSERT_LT(row_of(id), 2500);
    of_the_first += row_of(id) == 0 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(of_the_first) / 2500, 1 / 8.4, 0.03);
  EXPECT_EQ(drawn_tokens(vocabulary, 2500).ids, stream.ids);
}

TEST(BenchSyntheticText, IsWrittenWithEachWordAndZipfCounts) {
  const TemporaryFolder folder;
  write_synthetic_text(folder.path("t"), 1000);
  std::istringstream in(folder.read("t"));
  std::map<std::string, int> counts;
  for (std::string word; in >> word;) ++counts[word];
  EXPECT_EQ(counts.size(), 1000U);
  int all = 0;
  for (const auto& [word, count] : counts) all += count;
  EXPECT_EQ(all, 6000);
  EXPECT_NEAR(counts["w1"], 5000 * std::log(2) / std::log(1000), 60);
  EXPECT_NEAR(counts["w10"], 5000 * std::log(1.1) / std::log(1000), 30);
  write_synthetic_text(folder.path("again"), 1000);
  EXPECT_EQ(folder.read("t"), folder.read("again"));
}

TEST(BenchCrossover, FullSoftmaxTrainsFewerTokensTheMoreWordsThereAre) {
  EXPECT_EQ(study_tokens({"cpu", "ns", 100, 100}, 1), study_tokens({"cpu", "ns", 100, 3'000'000}, 1));
  const std::int64_t few = study_tokens({"cpu", "softmax", 100, 3'000'000}, 1);
  EXPECT_GE(few, 8);
  EXPECT_LT(few, 50);
  EXPECT_GT(study_tokens({"cpu", "softmax", 100, 100}, 1), 1000);
  EXPECT_GT(study_tokens({"cuda", "softmax", 100, 3'000'000}, 1), few);
}

TEST(BenchCrossover, CellsHaveThePartsOnTheCpu) {
  const std::vector<Cell> cells = study_cells({{"cpu", "cuda"}, {"ns", "softmax"}, {64}, {100, 200}});
  EXPECT_EQ(cells.size(), 14U);
  EXPECT_EQ(to_string(cells[0]), "cpu, ns, d=64, 100 words");
  EXPECT_EQ(to_string(cells[4]), "cpu, negative draw, 100 words");
}

TEST(BenchCrossover, LinesCrossWhereTheyMeet) {
  const std::vector<Line> lines = study_lines(runs());
  ASSERT_EQ(lines.size(), 5U);
  const std::vector<Comparison> found = compare(lines);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].cheaper, "ns");
  EXPECT_EQ(found[0].dearer, "softmax");
  EXPECT_NEAR(found[0].words, 1000, 1);
  EXPECT_NEAR(found[1].words, 2000, 1);
  EXPECT_EQ(found[2].words, 0) << "hs costs more than ns at every size";
  EXPECT_THAT(crossing_table(found).rows,
              ElementsAre(testing::_,
                          ElementsAre("cpu", "ns", "softmax", "about 1,000 words", "0.1x with 100 words",
                                      "46.7x with 46,677 words"),
                          ElementsAre("cpu", "hs", "softmax", "about 2,000 words", "0.05x with 100 words",
                                      "23.3x with 46,677 words"),
                          ElementsAre("cpu", "ns", "hs", "the smallest measured", "2.0x with 100 words",
                                      "2.0x with 46,677 words")));
}

TEST(BenchCrossover, ACrossingWithinTheNoiseIsToldFromAClearOne) {
  json all = runs();
  EXPECT_TRUE(compare(study_lines(all)).at(0).clear);
  // Rounds of ns at 10,000 words that are slower than those of softmax.
  all.push_back(run_of("cpu", "ns", 10'000, 1e-6, 2));
  all.push_back(run_of("cpu", "ns", 10'000, 20e-6, 3));
  const std::vector<Comparison> found = compare(study_lines(all));
  EXPECT_FALSE(found.at(0).clear);
  EXPECT_TRUE(found.at(1).clear);
  EXPECT_THAT(crossing_table(found).rows.at(1).at(3), testing::EndsWith(" words, within the noise"));
}

TEST(BenchCrossover, ADifferenceWithinTheNoiseIsNotGivenAsAFactor) {
  json all = json::array(
      {run_of("cpu", "ns", 10, 1e-6, 1), run_of("cpu", "ns", 10, 3e-6, 2), run_of("cpu", "hs", 10, 2.1e-6)});
  EXPECT_EQ(compare(study_lines(all)).at(0).fewest, "within the noise with 10 words");
  all.push_back(run_of("cpu", "ns", 100, 1e-6));
  all.push_back(run_of("cpu", "hs", 100, 1.04e-6));
  const std::vector<Comparison> found = compare(study_lines(all));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cheaper, "ns");
  EXPECT_EQ(found[0].fewest, "within the noise with 10 words");
  EXPECT_EQ(found[0].most, "1.040x with 100 words") << "which is more than nothing";
}

TEST(BenchCrossover, AGpuAndTheCpuCrossToo) {
  json all = json::array();
  for (const std::int64_t words : {10, 1000}) {
    all.push_back(run_of("reference", "ns", words, 9e-6));
    all.push_back(run_of("cpu", "ns", words, 1e-6));
    all.push_back(run_of("cpu", "hs", words, 1e-6));
    all.push_back(run_of("cuda", "ns", words, words == 10 ? 1e-5 : 1e-7));
    all.push_back(run_of("cuda:1", "ns", words, 2e-7));
    all.push_back(run_of("cuda", kDraw, words, 1e-9));
  }
  const std::vector<Line> lines = study_lines(all);
  const std::vector<Comparison> found = compare(lines);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].of, "cpu") << "losses come first";
  EXPECT_NEAR(found[1].words, 100, 0.1);
  EXPECT_TRUE(found[1].clear);
  EXPECT_THAT(crossing_table(found).rows,
              ElementsAre(testing::_, testing::Contains("hs"),
                          ElementsAre("ns", "cuda", "cpu", "about 100 words", "0.1x with 10 words",
                                      "10.0x with 1,000 words"),
                          ElementsAre("ns", "cuda:1", "cpu", "the smallest measured", "5.0x with 10 words",
                                      "5.0x with 1,000 words")));
  const std::string page = page_of(all);
  EXPECT_THAT(page, HasSubstr("ns: cuda is cheaper than cpu from here on"));
}

TEST(BenchCrossover, DevicesAreNotMixedAndFailuresLeftOut) {
  json all = runs();
  all.push_back(run_of("cuda", "ns", 100, 1));
  all.push_back({{"cell", Cell{"cuda", "hs", 100, 100}}, {"round", 1}, {"failure", "no <memory>"}});
  all.push_back(run_of("cpu", "ns", 100, 2e-6, 2));
  const std::vector<Line> lines = study_lines(all);
  EXPECT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[1].points.at(0).y.median, 1.5e-6) << "of two rounds";
  EXPECT_EQ(compare(lines).size(), 4U) << "three of losses, one of devices";
  const std::string page = page_of(all);
  EXPECT_EQ(unbalanced(page), "");
}

TEST(BenchCrossover, ClaimsStandBesideWhatWasMeasured) {
  const auto claims = claims_table(study_lines(runs())).rows;
  ASSERT_EQ(claims.size(), 6U);
  EXPECT_EQ(claims[1][2], "240 ns");
  EXPECT_EQ(claims[2][2], "24 us");
  EXPECT_EQ(claims[3][2], "100 us");
  EXPECT_EQ(claims[4][2], "233 us");
  EXPECT_EQ(claims[5][2], "from about 1,000 words on");
  EXPECT_EQ(claims_table({}).rows.size(), 1U);
}

TEST(BenchCrossover, ThePageMarksTheCrossings) {
  const std::string page = page_of(runs());
  EXPECT_EQ(unbalanced(page), "");
  for (const char* part : {"class=\"mark\"", "cpu: ns is cheaper than softmax from here on",
                           "7 to 8 s of CPU", "46,677", "Huffman tree"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_THAT(page, Not(HasSubstr("http")));
}

class BenchStudy : public testing::Test {
 protected:
  BenchStudy() {
    ::setenv("CUDA_VISIBLE_DEVICES", "", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  Finished study(const std::vector<std::string>& more) const {
    std::vector<std::string> all{WARP2VEC_PROGRAM, "bench",    "--study",
                                 "crossover",      "--output", folder_.path("out")};
    all.insert(all.end(), more.begin(), more.end());
    return Subprocess(all, folder_.path()).wait();
  }
  TemporaryFolder folder_;
};

TEST_F(BenchStudy, MeasuresAndGoesOn) {
  const std::vector<std::string> small{"--vocab-sizes", "3000",     "--dims", "4",         "--losses",
                                       "softmax",       "--rounds", "1",      "--devices", "cpu"};
  const Finished done = study(small);
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("cpu, Huffman tree"));
  const json results = json::parse(folder_.read("out/results.json"));
  const json& study_results = results.at("crossover");
  ASSERT_EQ(study_results.at("runs").size(), 4U);
  for (const json& run : study_results.at("runs")) EXPECT_GT(run.at("seconds_per_unit"), 0);
  EXPECT_EQ(study_results.at("settings").at("threads"), 1);
  EXPECT_EQ(unbalanced(folder_.read("out/report.html")), "");
  EXPECT_THAT(study(small).err, HasSubstr("4 finished runs are taken over"));
  EXPECT_EQ(json::parse(folder_.read("out/results.json")), results);
}

TEST_F(BenchStudy, RefusesWhatItDoesNotUse) {
  EXPECT_THAT(study({"--input", "x"}).err, HasSubstr("it takes no --input"));
  EXPECT_THAT(study({"--synthetic"}).err, HasSubstr("no --synthetic"));
  EXPECT_THAT(study({"--variants", "epochs=2"}).err, HasSubstr("takes no --variants"));
  EXPECT_THAT(study({"--pairs", "x"}).err, HasSubstr("it takes no --pairs"));
  EXPECT_THAT(study({"--dims", "1,2"}).err, HasSubstr("a single value of --dims"));
  EXPECT_THAT(study({"--vocab-sizes", "1"}).err, HasSubstr("--vocab-sizes 1 is out of range"));
  const Finished unknown = study({"--vocab-sizes", "0"});
  EXPECT_EQ(unknown.status, 2);
}

}  // namespace
}  // namespace warp2vec::cli::bench
