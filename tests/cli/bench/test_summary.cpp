// What runs of a benchmark come to: spreads, leads, tables.
#include "host/cli/bench/memory_ceiling.h"
#include "host/cli/bench/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

json run_of(const Cell& cell, int round, double train, double kernels, double together) {
  json run{{"cell", cell},
           {"round", round},
           {"seconds", {{"vocabulary", 0.25}, {"train", train}, {kTogether, together}, {"upload", 0.001}}},
           {"vocabulary", 1234},
           {"trained_tokens", 1'000'000},
           {"pairs", 5'000'000},
           {"peak_memory_bytes", 54'000'000},
           {"gpu_memory_bytes", 0},
           {"loss", 2.5},
           {"loss_curve", {{0.5, 3}, {1, 2.5}}},
           {"quality", json::object()}};
  if (kernels > 0) run["seconds"]["kernels"] = kernels;
  return run;
}

std::vector<Row> rows_of(const std::vector<json>& runs,
                         const std::map<std::string, double>& bandwidths = {}) {
  return summarise(json(runs), bandwidths);
}

// Of a single run.
Row row_of(const json& run) { return rows_of({run}).at(0); }

std::optional<Spread> spread(const Row& row, const Figure& figure) {
  const auto found = row.figures.find(figure.key);
  return found == row.figures.end() ? std::nullopt : std::optional(found->second);
}

const Cell kCpu{"cpu", "ns", 100, 0};
const Cell kCuda{"cuda", "ns", 100, 0};

TEST(BenchCells, AreAllCombinationsWithTheDevicesBesideEachOther) {
  const std::vector<Cell> cells = all_cells({{"cpu", "cuda"}, {"ns", "hs"}, {100}, {0, 30000}});
  ASSERT_EQ(cells.size(), 8U);
  EXPECT_EQ(cells[0], (Cell{"cpu", "ns", 100, 0}));
  EXPECT_EQ(cells[1], (Cell{"cuda", "ns", 100, 0}));
  EXPECT_EQ(cells[7], (Cell{"cuda", "hs", 100, 30000}));
  EXPECT_EQ(to_string(cells[0]), "cpu, ns, d=100");
  EXPECT_EQ(to_string(cells[7]), "cuda, hs, d=100, 30,000 words");
  const std::vector<Cell> variants =
      all_cells({{"cpu"}, {"ns"}, {100}, {0}, {"sharing=tile", "sharing=pair"}});
  ASSERT_EQ(variants.size(), 2U);
  EXPECT_EQ(to_string(variants[1]), "cpu, ns, d=100, sharing=pair");
  EXPECT_EQ(json(variants[1]).get<Cell>(), variants[1]);
}

TEST(BenchCells, ThatCannotBeTrainedAreLeftOut) {
  BenchOptions options;
  options.grid = {{"cpu", "cuda"}, {"ns", "hs"}, {100}, {0}, {"sharing=tile", "table-type=bf16"}};
  const std::vector<Cell> cells = trained_cells(options);
  EXPECT_EQ(cells.size(), 5U) << "bf16 only for negative sampling on a GPU";
  EXPECT_THAT(cells, Contains(Cell{"cuda", "ns", 100, 0, "table-type=bf16"}));
  options.grid.variants = {"", "model=cbow"};
  EXPECT_EQ(trained_cells(options).size(), 8U) << "CBOW everywhere";
}

TEST(BenchVariants, OfAModelHaveItsLearningRateUnlessOneIsGiven) {
  BenchOptions options;
  const auto lr = [&](const char* variant) {
    return config_of(options, {"cpu", "ns", 100, 0, variant}, 1).lr;
  };
  EXPECT_EQ(lr("model=cbow"), 0.05);
  EXPECT_EQ(lr("model=cbow lr=0.1"), 0.1);
  EXPECT_EQ(lr(""), 0.025);
  options.config.lr = 0.2;
  EXPECT_EQ(lr("model=cbow"), 0.2);
}

TEST(BenchSpread, IsMinMedianMax) {
  EXPECT_FALSE(spread_of({}));
  const Spread odd = *spread_of({3, 1, 2});
  EXPECT_EQ(odd.min, 1);
  EXPECT_EQ(odd.median, 2);
  EXPECT_EQ(odd.max, 3);
  EXPECT_EQ(spread_of({4, 1, 2, 3})->median, 2.5);
}

TEST(BenchRun, SpeedOfTrainingAloneIsOfTheKernelsOnAGpu) {
  EXPECT_EQ(spread(row_of(run_of(kCpu, 1, 2, 0, 4)), kTrainingSpeed)->median, 500'000);
  EXPECT_EQ(spread(row_of(run_of(kCuda, 1, 2, 1, 4)), kTrainingSpeed)->median, 1'000'000);
  EXPECT_EQ(spread(row_of(run_of(kCuda, 1, 2, 1, 4)), kTogetherSpeed)->median, 250'000);
  EXPECT_FALSE(spread(row_of(run_of(kCuda, 1, 2, 0, 4)), kTrainingSpeed)) << "nobody measured the kernels";
  json subsampled = run_of(kCuda, 1, 2, 1, 4);
  subsampled["seconds"]["subsampling"] = 0.25;
  EXPECT_EQ(spread(row_of(subsampled), kTrainingSpeed)->median, 800'000)
      << "as on a CPU, whose training includes it";
}

TEST(BenchRun, WhatALaterVersionAddedMayBeMissing) {
  EXPECT_FALSE(row_of(run_of(kCpu, 1, 2, 0, 4)).figures.contains("kept"));
  json damaged = run_of(kCpu, 1, 2, 0, 4);
  damaged.erase("loss");
  EXPECT_THROW(row_of(damaged), json::exception);
}

TEST(BenchSummary, LeadsAreOfTheSameRound) {
  // The machine is half as fast in the second round.
  const std::vector<json> runs{run_of(kCpu, 1, 2, 0, 4), run_of(kCuda, 1, 2, 0.2, 2),
                               run_of(kCpu, 2, 4, 0, 8), run_of(kCuda, 2, 2, 0.4, 4),
                               run_of(kCuda, 3, 1, 0.1, 1)};
  const std::vector<Row> rows = rows_of(runs);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(spread(rows[0], kTogetherLead));
  EXPECT_EQ(rows[1].runs.size(), 3U);
  EXPECT_NEAR(spread(rows[1], kTrainingLead)->min, 10, 1e-9);
  EXPECT_NEAR(spread(rows[1], kTrainingLead)->max, 10, 1e-9);
  EXPECT_NEAR(spread(rows[1], kTogetherLead)->median, 2, 1e-9);
  EXPECT_EQ(spread(rows[0], kTrainingSpeed)->min, 250'000);
  EXPECT_EQ(spread(rows[0], kTrainingSpeed)->max, 500'000);
}

TEST(BenchSummary, FailuresAreTold) {
  const json failed{{"cell", kCuda}, {"round", 1}, {"failure", "out of memory"}};
  const std::vector<Row> rows = rows_of({run_of(kCpu, 1, 2, 0, 4), failed});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].cell, kCpu);
  EXPECT_EQ(rows[1].failure, "out of memory");
  EXPECT_FALSE(spread(rows[1], kTrainingSpeed));
}

TEST(BenchSummary, RowsAreInTheOrderOfVocabularyAndDimension) {
  const Cell small{"cpu", "hs", 100, 50};
  const Cell wide{"cpu", "ns", 300, 0};
  const std::vector<Row> rows = rows_of({run_of(wide, 1, 2, 0, 4), run_of(kCpu, 1, 2, 0, 4),
                                         run_of(small, 1, 2, 0, 4), run_of(kCuda, 1, 2, 1, 4)});
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].cell, small);
  EXPECT_EQ(rows[1].cell, kCpu);
  EXPECT_EQ(rows[2].cell, kCuda);
  EXPECT_EQ(rows[3].cell, wide) << "without a limit is larger than any";
}

TEST(BenchTable, HasColumnsOnlyForWhatThereIs) {
  const std::vector<Table> of_cpu = summary_tables(rows_of({run_of(kCpu, 1, 2, 0, 4)}));
  ASSERT_EQ(of_cpu.size(), 3U);
  for (const Table& table : of_cpu) {
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.rows[0].size(), table.rows[1].size());
    EXPECT_EQ(table.rows[1][3], "1,234");
    for (const char* column : {"GPU memory", "GPU by CPU, training", "GPU kernels"})
      EXPECT_THAT(table.rows[0], Not(Contains(column)));
  }
  EXPECT_EQ(of_cpu[0].rows[1][5], "500");

  json gpu = run_of(kCuda, 1, 2, 1, 4);
  gpu["gpu_memory_bytes"] = 1000;
  gpu["quality"] = {{"analogies questions.txt", 0.384}, {"spearman ws353.tsv", 0.6784}};
  json slow = run_of(kCpu, 2, 4, 0, 8);
  const std::vector<Table> both = summary_tables(rows_of({run_of(kCpu, 1, 2, 0, 4), slow, gpu}));
  ASSERT_EQ(both.size(), 3U);
  const auto& speed = both[0].rows;
  const auto& seconds = both[1].rows;
  const auto& outcome = both[2].rows;
  EXPECT_THAT(speed[0], Contains("GPU by CPU, training"));
  EXPECT_EQ(speed[1][5], "375 (250 to 500)");
  EXPECT_THAT(speed[2], Contains("2.0x"));
  EXPECT_THAT(seconds,
              ElementsAre(ElementsAre("device", "loss", "dim", "words", "vocabulary", "train", "GPU kernels",
                                      "upload", "together"),
                          ElementsAre("cpu", "ns", "100", "1,234", "0.25", "3.00", "-", "-", "6.00"),
                          ElementsAre("cuda", "ns", "100", "1,234", "0.25", "2.00", "1.00", "0.00", "4.00")))
      << "a CPU has no kernels and nothing to upload";
  for (const char* column : {"GPU memory", "questions right", "ws353 rho"})
    EXPECT_THAT(outcome[0], Contains(column));
  EXPECT_THAT(outcome[2], Contains("38.4%"));
  EXPECT_THAT(outcome[2], Contains("0.678"));
  EXPECT_THAT(outcome[1], Contains("-"));
  EXPECT_TRUE(summary_tables({}).empty());
}

TEST(BenchTable, ComparesLossesAndDevicesForEachVocabulary) {
  const Cell hs{"cpu", "hs", 100, 0};
  const Cell small{"cpu", "ns", 100, 50};
  const Cell small_hs{"cpu", "hs", 100, 50};
  json good = run_of(kCpu, 1, 2, 0, 4);
  good["quality"] = {{"spearman ws353.tsv", 0.6784}};
  json better = run_of(hs, 1, 4, 0, 8);
  better["quality"] = {{"spearman ws353.tsv", 0.7}};
  json few = run_of(small, 1, 2, 0, 4);
  few["vocabulary"] = 50;
  const std::vector<Table> found = comparison_tables(
      rows_of({good, better, few, run_of(small_hs, 1, 6, 0, 8), run_of(kCuda, 1, 1, 0.1, 2)}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0].rows,
              ElementsAre(ElementsAre("words", "dim", "device", "training, k words/s: ns / hs",
                                      "fastest by slowest", "ws353 rho: ns / hs"),
                          ElementsAre("50", "100", "cpu", "500 / 167", "3.0x", "- / -"),
                          ElementsAre("1,234", "100", "cpu", "500 / 250", "2.0x", "0.678 / 0.700")));
  EXPECT_THAT(found[1].rows,
              ElementsAre(ElementsAre("words", "dim", "loss", "training, k words/s: cpu / cuda",
                                      "fastest by slowest", "ws353 rho: cpu / cuda"),
                          ElementsAre("1,234", "100", "ns", "500 / 10,000", "20.0x", "0.678 / -")));
  EXPECT_TRUE(comparison_tables({}).empty());
}

TEST(BenchTable, VariantsHaveAColumn) {
  Cell pair = kCpu;
  pair.variant = "sharing=pair";
  const std::vector<Row> rows = rows_of({run_of(kCpu, 1, 2, 0, 4), run_of(pair, 1, 4, 0, 8)});
  ASSERT_EQ(rows.size(), 2U);
  const auto speed = summary_tables(rows)[0].rows;
  EXPECT_EQ(speed[0][4], "variant");
  EXPECT_EQ(speed[1][4], "-");
  EXPECT_EQ(speed[2][4], "sharing=pair");
}

TEST(BenchSummary, TheShareOfTheMemoryBandwidthIsOfKeptWords) {
  json cpu = run_of(kCpu, 1, 2, 0, 4);
  cpu["kept_tokens"] = 500'000;
  cpu["bytes_per_kept_word"] = 4000;
  json gpu = run_of(kCuda, 1, 2, 0.5, 4);
  gpu["kept_tokens"] = 500'000;
  gpu["bytes_per_kept_word"] = 2000;
  gpu["seconds"]["subsampling"] = 1;
  const std::vector<Row> rows = rows_of({cpu, gpu}, {{"cpu", 2e9}});
  EXPECT_NEAR(spread(rows[0], kCeiling)->median, 0.5, 1e-12);
  EXPECT_FALSE(spread(rows[1], kCeiling)) << "nobody knows its bandwidth";
  EXPECT_NEAR(spread(rows_of({gpu}, {{"cuda", 8e9}})[0], kCeiling)->median, 0.25, 1e-12)
      << "by the training kernels alone";
  const auto speed = summary_tables(rows)[0].rows;
  EXPECT_THAT(speed[0], Contains("of the memory bandwidth"));
  EXPECT_THAT(speed[1], Contains("50.0%"));
  EXPECT_THAT(speed[1], Contains("4,000"));
}

json summary_of(const std::string& loss, const std::string& sharing) {
  return {{"settings",
           {{"loss", loss},
            {"dim", 100},
            {"window", 5},
            {"negative", 5},
            {"tile_centres", 64},
            {"tile_negatives", 32},
            {"path_tile_centres", 8},
            {"table_type", "float"}}},
          {"sharing", sharing},
          {"counts", {{"kept_tokens", 1000}, {"pairs", 6000}}},
          {"path_nodes_outside_top", {{"64", 7.75}}}};
}

TEST(BenchCeiling, RowsOfAKeptWordAreReadAndWrittenOnce) {
  constexpr double kRow = 112 * 4 * 2;  // 100 values padded to 112
  EXPECT_DOUBLE_EQ(bytes_per_kept_word(summary_of("ns", "pair")), 42 * kRow);
  EXPECT_DOUBLE_EQ(bytes_per_kept_word(summary_of("ns", "window")), 12 * kRow);
  EXPECT_DOUBLE_EQ(bytes_per_kept_word(summary_of("ns", "tile")), (74 + 64 + 32) / 64.0 * kRow);
  EXPECT_DOUBLE_EQ(bytes_per_kept_word(summary_of("hs", "tile")), (18 / 8.0 + 1 + 7.75) * kRow);
  EXPECT_DOUBLE_EQ(bytes_per_kept_word(summary_of("ns+hs", "tile")),
                   (170 / 64.0 + 18 / 8.0 + 1 + 7.75) * kRow);
  json half = summary_of("ns", "window");
  half["settings"]["table_type"] = "bf16";
  EXPECT_DOUBLE_EQ(bytes_per_kept_word(half), 6 * kRow);
  for (const char* sharing : {"pair", "window"}) EXPECT_EQ(bytes_per_kept_word(summary_of("hs", sharing)), 0);
  EXPECT_EQ(bytes_per_kept_word(summary_of("softmax", "pair")), 0);
}

TEST(BenchCeiling, BandwidthsAreOfWholeNames) {
  EXPECT_EQ(gpu_bandwidth("NVIDIA H100 80GB HBM3"), 3.35e12);
  EXPECT_FALSE(gpu_bandwidth("NVIDIA H100 80GB HBM3 MIG 1g.10gb"));
  EXPECT_GT(measured_bandwidth(2), 1e8);
}

TEST(BenchTable, IsAlignedAsText) {
  EXPECT_EQ(plain_text(Table{"Title", {{"a", "b"}, {"long", "x"}}}), "Title\na     b\nlong  x\n");
}

}  // namespace
}  // namespace warp2vec::cli::bench
