// results.json, and the rounds that fill it.
#include <warp2vec/error.h>

#include "host/cli/bench/results.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;

class BenchResults : public testing::Test {
 protected:
  static json conditions(const json& settings = {{"epochs", 1}}) {
    return {{"program", {{"version", "0"}, {"commit", "abc"}}},
            {"machine", {{"cpu", "some"}}},
            {"gpus", json::object()},
            {"bandwidths", {{"cpu", 1e9}}},
            {"remarks", {{"system", "some"}}},
            {"trainings", {{"settings", settings}}}};
  }

  ResultsFile open(const json& under = conditions(), const std::string& part = "trainings") const {
    return {folder_.path("out"), part, under};
  }

  static constexpr Clock::time_point kNever = Clock::time_point::max();

  // Two cells, with one-letter names here.
  Part part(const std::string& failing = "") {
    return {.name = "trainings",
            .settings = {},
            .cells = {{"cpu", "a", 0}, {"cpu", "b", 0}},
            .measure = [this, failing](const Cell& cell, int round, double) {
              order_.push_back(cell.loss + std::to_string(round));
              if (cell.loss == failing) throw Error("it broke");
              return json{{"seconds_per_unit", 7}, {"units", 70}};
            }};
  }
  int run(ResultsFile& results, int rounds, const std::string& failing = "") {
    return run_rounds(part(failing), rounds, kNever, results, display_).failures;
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
  EXPECT_THAT(said_.str(), HasSubstr("2 of 4, round 1: cpu, b: 7 s each, 70 timed"));
  EXPECT_THAT(folder_.names(), ElementsAre("out"));
  const json content = json::parse(folder_.read("out/results.json"));
  EXPECT_EQ(content.at("remarks").at("system"), "some");
  EXPECT_EQ(content.at("program").at("commit"), "abc");
  EXPECT_EQ(content.at("trainings").at("settings").at("epochs"), 1);
  EXPECT_EQ(content.at("trainings").at("runs").size(), 4U);
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
    EXPECT_THAT(said_.str(), HasSubstr("1 of 4, round 1: cpu, a: FAILED: it broke"));
    EXPECT_EQ(results.runs().at(0).at("failure"), "it broke");
    EXPECT_FALSE(results.has({"cpu", "a", 0}, 1));
  }
  order_.clear();
  ResultsFile results = open();
  EXPECT_EQ(run(results, 2), 0);
  EXPECT_THAT(order_, ElementsAre("a1", "a2"));
  EXPECT_EQ(results.runs().size(), 4U) << "the failure has made way";
}

TEST_F(BenchResults, WhatThereIsNoTimeForIsNamed) {
  {
    ResultsFile results = open();
    Part slow = part();
    slow.measure = [&](const Cell& cell, int, double limit) {
      EXPECT_GT(limit, 1);
      EXPECT_LT(limit, 60);
      if (cell.loss == "b") throw OutOfTime();
      return json{{"seconds_per_unit", 7}, {"units", 70}};
    };
    const Outcome outcome = run_rounds(slow, 1, Clock::now() + std::chrono::minutes(1), results, display_);
    EXPECT_EQ(outcome.failures, 0);
    EXPECT_THAT(outcome.missed, ElementsAre("cpu, b, round 1"));
    EXPECT_THAT(said_.str(), HasSubstr("2 of 2, round 1: cpu, b: out of time"));
    const json content = json::parse(folder_.read("out/results.json")).at("trainings");
    EXPECT_THAT(content.at("not_measured"), ElementsAre("cpu, b, round 1"));
    EXPECT_EQ(content.at("runs").size(), 1U);
  }
  ResultsFile results = open();
  order_.clear();
  EXPECT_EQ(run_rounds(part(), 1, Clock::now(), results, display_).missed.size(), 1U);
  EXPECT_THAT(order_, ElementsAre()) << "with no time left nothing is begun";
  EXPECT_EQ(run(results, 1), 0);
  EXPECT_THAT(order_, ElementsAre("b1"));
}

TEST_F(BenchResults, TheBandwidthOfTheFirstCommandIsKept) {
  {
    ResultsFile results = open();
    run(results, 1);
  }
  json later = conditions();
  later["bandwidths"] = {{"cpu", 2e9}, {"cuda", 3e12}};
  const ResultsFile results = open(later);
  EXPECT_EQ(results.content().at("bandwidths"), (json{{"cpu", 1e9}, {"cuda", 3e12}}));
}

TEST_F(BenchResults, OtherConditionsAreRefusedByName) {
  {
    ResultsFile results = open(conditions({{"epochs", 1}, {"window", 5}}));
    run(results, 1);
  }
  const std::string before = folder_.read("out/results.json");
  json other = conditions({{"epochs", 2}, {"window", 5}});
  EXPECT_THAT(thrown_message([&] { open(other); }),
              HasSubstr("results.json was measured under other conditions (epochs)"));
  other["machine"]["cpu"] = "faster";
  other["program"]["commit"] = "def";
  EXPECT_THAT(thrown_message([&] { open(other); }), HasSubstr("(commit, cpu, epochs)"));
  EXPECT_EQ(folder_.read("out/results.json"), before);
}

TEST_F(BenchResults, OtherFilesAreNotOverwritten) {
  const std::string head = R"({"program": {"version": "0", "commit": "abc"}, "machine": {"cpu": "some"},)"
                           R"( "gpus": {}, "kind": )";
  for (const std::string& content :
       {std::string(), std::string("[]"), std::string("{"), head + R"("other"})",
        head + R"("warp2vec bench", "trainings": {"settings": {"epochs": 1}, "runs": [{"cell": 1}]}})"}) {
    folder_.write("out/results.json", content);
    EXPECT_THAT(thrown_message([&] { open(); }), HasSubstr("out/results.json")) << content;
    EXPECT_EQ(folder_.read("out/results.json"), content);
  }
}

TEST_F(BenchResults, PartsOfOneMachineShareAFile) {
  {
    ResultsFile results = open();
    run(results, 1);
    results.keep("peers", {{"gensim", 1}});
  }
  json study = conditions();
  study.erase("trainings");
  study["crossover"]["settings"] = {{"window", 3}};
  study["gpus"] = {{"cuda", "Some GPU"}};
  {
    ResultsFile results = open(study, "crossover");
    EXPECT_EQ(results.runs().size(), 0U);
    order_.clear();
    run(results, 1);
    EXPECT_THAT(order_, ElementsAre("a1", "b1"));
  }
  const json content = json::parse(folder_.read("out/results.json"));
  EXPECT_EQ(content.at("trainings").at("runs").size(), 2U);
  EXPECT_EQ(content.at("crossover").at("runs").size(), 2U);
  EXPECT_EQ(content.at("peers").at("gensim"), 1);
  EXPECT_EQ(open().content().at("gpus").at("cuda"), "Some GPU")
      << "a later command without it keeps its name";
  study["gpus"]["cuda"] = "Another GPU";
  EXPECT_THAT(thrown_message([&] { open(study, "crossover"); }), HasSubstr("other conditions (cuda)"));
}

TEST_F(BenchResults, TwoCommandsDoNotShareAFolder) {
  {
    const ResultsFile results = open();
    EXPECT_THAT(thrown_message([&] { open(); }),
                HasSubstr("another warp2vec bench is writing to --output " + folder_.path("out")));
  }
  EXPECT_EQ(thrown_message([&] { open(); }), "");
}

TEST_F(BenchResults, AFolderThatCannotBeIsAnError) {
  folder_.write("out", "a file");
  EXPECT_THAT(thrown_message([&] { open(); }), HasSubstr("--output"));
}

}  // namespace
}  // namespace warp2vec::cli::bench
