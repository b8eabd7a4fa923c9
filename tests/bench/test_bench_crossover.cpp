// The crossover study: its text, its lines, and where they cross.
#include <warp2vec/error.h>

#include "host/cli/bench/crossover.h"
#include "host/cli/bench/crossover_report.h"
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
  const std::vector<StudyLine> lines = study_lines(runs());
  ASSERT_EQ(lines.size(), 5U);
  const std::vector<Crossing> found = crossings(lines, Compared::losses);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].cheaper, "ns");
  EXPECT_EQ(found[0].dearer, "softmax");
  EXPECT_NEAR(found[0].words, 1000, 1);
  EXPECT_NEAR(found[1].words, 2000, 1);
  EXPECT_THAT(
      crossing_texts(lines, Compared::losses),
      ElementsAre(
          "cpu: from about 1,000 words on ns is cheaper than softmax",
          "cpu: from about 2,000 words on hs is cheaper than softmax",
          "cpu: ns is cheaper than hs at every size that was measured, by 2.0 times with 100 words, by "
          "2.0 times with 46,677 words"));
}

TEST(BenchCrossover, ACrossingWithinTheNoiseIsToldFromAClearOne) {
  json all = runs();
  EXPECT_TRUE(crossings(study_lines(all), Compared::losses).at(0).clear);
  // Rounds of ns at 10,000 words that are slower than those of softmax.
  all.push_back(run_of("cpu", "ns", 10'000, 1e-6, 2));
  all.push_back(run_of("cpu", "ns", 10'000, 20e-6, 3));
  const std::vector<StudyLine> lines = study_lines(all);
  EXPECT_FALSE(crossings(lines, Compared::losses).at(0).clear);
  EXPECT_TRUE(crossings(lines, Compared::losses).at(1).clear);
  EXPECT_THAT(crossing_texts(lines, Compared::losses).at(0),
              HasSubstr("(their rounds overlap there, so it may be noise)"));
}

TEST(BenchCrossover, ADifferenceWithinTheNoiseIsNotGivenAsAFactor) {
  json all = json::array(
      {run_of("cpu", "ns", 10, 1e-6, 1), run_of("cpu", "ns", 10, 3e-6, 2), run_of("cpu", "hs", 10, 2.1e-6)});
  EXPECT_THAT(crossing_texts(study_lines(all), Compared::losses),
              ElementsAre("cpu: ns is cheaper than hs within the noise with 10 words"));
  all.push_back(run_of("cpu", "ns", 100, 1e-6));
  all.push_back(run_of("cpu", "hs", 100, 1.04e-6));
  EXPECT_THAT(crossing_texts(study_lines(all), Compared::losses),
              ElementsAre("cpu: ns is cheaper than hs at every size that was measured, within the noise with "
                          "10 words, by 4.0% with 100 words"));
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
  const std::vector<StudyLine> lines = study_lines(all);
  const std::vector<Crossing> found = crossings(lines, Compared::devices);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(name_of(found[0]), "ns: cuda is cheaper than cpu from here on");
  EXPECT_NEAR(found[0].words, 100, 0.1);
  EXPECT_TRUE(found[0].clear);
  EXPECT_THAT(crossing_texts(lines, Compared::devices),
              ElementsAre("ns: from about 100 words on cuda is cheaper than cpu",
                          "ns: cuda:1 is cheaper than cpu at every size that was measured, by 5.0 times with "
                          "10 words, by 5.0 times with 1,000 words"));
  const std::string page = html_page("study", crossover_sections(lines));
  EXPECT_THAT(page, HasSubstr("ns: cuda is cheaper than cpu from here on"));
}

TEST(BenchCrossover, DevicesAreNotMixedAndFailuresLeftOut) {
  json all = runs();
  all.push_back(run_of("cuda", "ns", 100, 1));
  all.push_back({{"cell", Cell{"cuda", "hs", 100, 100}}, {"round", 1}, {"failure", "no <memory>"}});
  all.push_back(run_of("cpu", "ns", 100, 2e-6, 2));
  const std::vector<StudyLine> lines = study_lines(all);
  EXPECT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[1].seconds.at(100).median, 1.5e-6) << "of two rounds";
  EXPECT_EQ(crossings(lines, Compared::losses).size(), 2U);
  const std::string page = html_page("study", crossover_sections(lines));
  EXPECT_EQ(unbalanced(page), "");
}

TEST(BenchCrossover, TimesAreShort) {
  EXPECT_EQ(short_time(12.34e-9), "12.3 ns");
  EXPECT_EQ(short_time(999.9e-9), "1 us");
  EXPECT_EQ(short_time(4.567e-6), "4.57 us");
  EXPECT_EQ(short_time(0.0789), "78.9 ms");
  EXPECT_EQ(short_time(2), "2 s");
  EXPECT_EQ(short_time(1234), "1,234 s");
  EXPECT_EQ(short_time(1e-12), "0.001 ns");
}

TEST(BenchCrossover, ClaimsStandBesideWhatWasMeasured) {
  const Table claims = claims_table(study_lines(runs()));
  ASSERT_EQ(claims.size(), 6U);
  EXPECT_EQ(claims[1][2], "240 ns");
  EXPECT_EQ(claims[2][2], "24 us");
  EXPECT_EQ(claims[3][2], "100 us");
  EXPECT_EQ(claims[4][2], "233 us");
  EXPECT_EQ(claims[5][2], "cpu: from about 1,000 words on ns is cheaper than softmax");
  EXPECT_TRUE(claims_table({}).empty());
}

TEST(BenchCrossover, ThePageMarksTheCrossings) {
  const std::string page = html_page("study", crossover_sections(study_lines(runs())));
  EXPECT_EQ(unbalanced(page), "");
  for (const char* part : {"class=\"mark\"", "from about 1,000 words on ns is cheaper than softmax",
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
