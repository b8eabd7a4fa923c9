// results.json, and the rounds that fill it.
#include <warp2vec/error.h>

#include "cli/bench/rounds.h"
#include "temporary_folder.h"
#include "thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class BenchResults : public testing::Test {
 protected:
  ResultsFile open(const json& conditions = {{"epochs", 1}}) const {
    return {folder_.path("out"), "trainings", conditions, {{"system", "some"}}};
  }

  int run(ResultsFile& results, int rounds, const std::string& failing = "") {
    const Measuring measuring{[&](const NamedCell& cell, int round) {
                                order_.push_back(cell.name + std::to_string(round));
                                if (cell.name == failing) throw Error("it broke");
                                return json{{"cell", cell.key}, {"round", round}, {"value", 7}};
                              },
                              [](const json&) { return "seven"; }};
    return run_rounds({{{{"loss", "ns"}}, "a"}, {{{"loss", "hs"}}, "b"}}, rounds, measuring, results,
                      display_);
  }

  TemporaryFolder folder_;
  std::ostringstream said_;
  ProgressDisplay display_{said_, ProgressDisplay::Style::lines};
  std::vector<std::string> order_;
};

TEST_F(BenchResults, RoundsAreInterleavedAndSaid) {
  ResultsFile results = open();
  EXPECT_EQ(run(results, 2), 0);
  EXPECT_THAT(order_, ElementsAre("a1", "b1", "a2", "b2"));
  EXPECT_THAT(said_.str(), HasSubstr("2 of 4, round 1: b: seven"));
  EXPECT_THAT(folder_.names(), ElementsAre("out"));
  const json content = json::parse(folder_.read("out/results.json"));
  EXPECT_EQ(content.at("kind"), "trainings");
  EXPECT_EQ(content.at("system"), "some");
  EXPECT_EQ(content.at("runs").size(), 4U);
}

TEST_F(BenchResults, FinishedRunsAreKept) {
  {
    ResultsFile results = open();
    run(results, 1);
  }
  order_.clear();
  ResultsFile results = open();
  EXPECT_EQ(run(results, 2), 0);
  EXPECT_THAT(order_, ElementsAre("a2", "b2"));
  EXPECT_THAT(said_.str(), HasSubstr("2 finished runs are taken over"));
}

TEST_F(BenchResults, FailuresAreKeptAndTriedAgain) {
  {
    ResultsFile results = open();
    EXPECT_EQ(run(results, 2, "a"), 1);
    EXPECT_THAT(order_, ElementsAre("a1", "b1", "b2"));
    EXPECT_THAT(said_.str(), HasSubstr("1 of 4, round 1: a: FAILED: it broke"));
    EXPECT_EQ(results.runs().at(0).at("failure"), "it broke");
    EXPECT_FALSE(results.has({{"loss", "ns"}}, 1));
  }
  order_.clear();
  ResultsFile results = open();
  EXPECT_EQ(run(results, 2), 0);
  EXPECT_THAT(order_, ElementsAre("a1", "a2"));
  EXPECT_EQ(results.runs().size(), 4U) << "the failure has made way";
}

TEST_F(BenchResults, OtherConditionsAreRefusedByName) {
  {
    ResultsFile results = open({{"epochs", 1}, {"window", 5}});
    run(results, 1);
  }
  const std::string before = folder_.read("out/results.json");
  const std::string message = thrown_message([&] { open({{"epochs", 2}, {"window", 5}}); });
  EXPECT_THAT(message, HasSubstr("results.json was measured under other conditions (epochs)"));
  EXPECT_EQ(folder_.read("out/results.json"), before);
}

TEST_F(BenchResults, OtherFilesAreNotOverwritten) {
  for (const char* content : {"", "[]", "{", R"({"kind": "crossover", "conditions": {}, "runs": []})",
                              R"({"kind": "trainings", "conditions": {}, "runs": [{"cell": 1}]})"}) {
    folder_.write("out/results.json", content);
    EXPECT_THAT(thrown_message([&] { open(); }), HasSubstr("out/results.json")) << content;
    EXPECT_EQ(folder_.read("out/results.json"), content);
  }
}

TEST_F(BenchResults, AFolderThatCannotBeIsAnError) {
  folder_.write("out", "a file");
  EXPECT_THAT(thrown_message([&] { open(); }), HasSubstr("--output"));
}

}  // namespace
}  // namespace warp2vec::cli::bench
