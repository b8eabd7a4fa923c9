// Runs that are divided among ranks: the examples are those of one rank, all ranks have the same vectors in
// the end, and merging follows its rule.
#include <warp2vec/trainer.h>

#include "host/distributed/agreement.h"
#include "host/distributed/require_same.h"
#include "host/distributed/thread_ranks.h"
#include "tests/support/divided_runs.h"
#include "tests/support/thrown_message.h"
#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {
namespace {

// One row, of input only; each rank moves it by its own step.
std::vector<float> merged(const std::vector<std::vector<float>>& steps, std::vector<float> before) {
  std::vector<float> after;
  ThreadRanks(static_cast<int>(steps.size())).run([&](Ranks& ranks) {
    Embeddings embeddings;
    embeddings.input = Matrix(1, static_cast<std::int32_t>(before.size()));
    float* const row = embeddings.input.row(0);
    std::copy(before.begin(), before.end(), row);
    Agreement agreement(ranks, embeddings);
    for (std::size_t c = 0; c < before.size(); ++c)
      row[c] += steps[static_cast<std::size_t>(ranks.rank())][c];
    agreement.merge(1);
    if (ranks.rank() == 0) after.assign(row, row + before.size());
  });
  return after;
}

using Row = std::vector<float>;

TEST(Agreement, OrthogonalStepsAreAdded) {
  EXPECT_EQ(merged({{2, 0, 0}, {0, 4, 0}, {0, 0, 0}}, {1, 1, 1}), (Row{3, 5, 1}));
}

TEST(Agreement, EqualStepsAreAveraged) {
  EXPECT_EQ(merged({{2, 4}, {2, 4}}, {1, 1}), (Row{3, 5}));
  EXPECT_EQ(merged({{2, 4}, {2, 4}, {2, 4}, {2, 4}}, {1, 1}), (Row{3, 5}));
}

TEST(Agreement, OppositeStepsCancelOutAndNoneChangesNothing) {
  EXPECT_EQ(merged({{2, 4}, {-2, -4}}, {1, 1}), (Row{1, 1}));
  EXPECT_EQ(merged({{0, 0}, {0, 0}}, {1, 1}), (Row{1, 1}));
}

TEST(Agreement, StepsThatAgreeInPartAreScaled) {
  // The sum is {3, 1}, of squared length 10; the squared lengths add up to 6.
  const Row after = merged({{2, 1}, {1, 0}}, {0, 0});
  EXPECT_FLOAT_EQ(after[0], 3 * 0.6F);
  EXPECT_FLOAT_EQ(after[1], 1 * 0.6F);
}

TEST(Agreement, MovesOnlyRowsThatSomeRankHasMarked) {
  constexpr std::int64_t kRows = 20;
  ThreadRanks(2).run([&](Ranks& ranks) {
    Embeddings embeddings;
    embeddings.input = Matrix(kRows, 2);
    ChangedParameters changed;
    changed.input.emplace(kRows);
    Agreement agreement(ranks, embeddings, &changed);
    const auto move = [&](std::int64_t row, int rank) {
      if (ranks.rank() != rank) return;
      embeddings.input.row(row)[rank] += 1;
      changed.input->mark(row);
    };
    const auto expect_row = [&](std::int64_t row, float first, float second) {
      EXPECT_EQ(embeddings.input.row(row)[0], first) << row;
      EXPECT_EQ(embeddings.input.row(row)[1], second) << row;
    };
    move(2, 0);
    move(3, 1);
    move(9, 0);
    move(9, 1);
    move(17, 1);
    embeddings.input.row(5)[0] = 7;  // not marked
    constexpr std::int64_t kRowBytes = 3 * sizeof(float);
    EXPECT_EQ(agreement.merge(10), 2 + 3 * kRowBytes);
    expect_row(2, 1, 0);
    expect_row(3, 0, 1);
    expect_row(5, 7, 0);
    expect_row(9, 1, 1);
    expect_row(17, 0, ranks.rank() == 1 ? 1.0F : 0.0F);
    EXPECT_EQ(agreement.merge(kRows), 3 + kRowBytes);  // marks of rows that were merged are gone
    expect_row(17, 0, 1);
    EXPECT_EQ(agreement.merge(kRows), 3);
    move(9, 0);
    EXPECT_EQ(agreement.merge(kRows), 3 + kRowBytes);
    expect_row(9, 2, 1);
  });
}

TEST(ThreadRanks, UniteBits) {
  ThreadRanks(3).run([](Ranks& ranks) {
    std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(1U << ranks.rank()), 8};
    ranks.unite(bytes);
    EXPECT_EQ(bytes, (std::vector<std::uint8_t>{7, 8}));
  });
}

// The others wait in a sum, in an exchange, or ask.
TEST(ThreadRanks, OneThatFailsEndsAll) {
  for (const int failing : {0, 1, 2}) {
    std::atomic<int> ended = 0;
    const std::string message = thrown_message([&] {
      ThreadRanks(3).run([&](Ranks& ranks) {
        try {
          double value = 1;
          ranks.sum(std::span(&value, 1));
          EXPECT_EQ(value, 3);
          if (ranks.rank() == failing) throw Error("no more");
          if (ranks.rank() == (failing + 1) % 3)
            for (;;) ranks.require_all();
          if (failing == 1) ranks.exchange(std::vector<std::string_view>(3));
          for (;;) ranks.sum(std::span(&value, 1));
        } catch (const DeviceError&) {
          ADD_FAILURE() << "no device has failed";
        } catch (const Error& error) {
          ++ended;
          const std::string named = "rank " + std::to_string(failing) + " of 3: no more";
          EXPECT_EQ(error.what(), ranks.rank() == failing ? "no more" : named);
          throw;
        }
      });
    });
    EXPECT_EQ(ended, 3);
    EXPECT_EQ(message, failing == 0 ? "no more" : "rank " + std::to_string(failing) + " of 3: no more");
  }
}

TEST(ThreadRanks, AFailedDeviceIsOneForAll) {
  EXPECT_THROW(ThreadRanks(2).run([&](Ranks& ranks) {
    if (ranks.rank() == 1) throw TrainingFailed("broken", {}, {});
    double value = 1;
    EXPECT_THROW(ranks.sum(std::span(&value, 1)), DeviceError);
  }),
               DeviceError);
}

TEST(RequireSame, NamesTheRankAndWhatDiffers) {
  const auto message = [](std::uint64_t other) {
    std::string said;
    std::atomic<int> thrown = 0;
    ThreadRanks(3).run([&](Ranks& ranks) {
      const std::uint64_t own = ranks.rank() == 2 ? other : 17;
      try {
        require_same(ranks, std::vector<Common>{{"build", 1}, {"text", own}});
      } catch (const Error& error) {
        ++thrown;
        if (ranks.rank() == 0) said = error.what();
      }
    });
    EXPECT_EQ(thrown, said.empty() ? 0 : 3);
    return said;
  };
  EXPECT_EQ(message(17), "");
  for (const std::uint64_t other : {std::uint64_t{16}, std::uint64_t{17} + (std::uint64_t{1} << 63)})
    EXPECT_EQ(message(other), "rank 2 has another text than rank 0: all ranks need the same");
}

// How far the loss has fallen, nats.
double learned(const SyntheticCorpus& corpus, const Config& config, const TrainingSummary& summary) {
  return untrained_loss(TrainingData(config, corpus.vocabulary, corpus.tokens)) - summary.epoch_loss.back();
}

class DividedRuns : public ::testing::TestWithParam<Rule> {};

TEST_P(DividedRuns, TrainTheExamplesOfOneRankAndEndEqual) {
  const SyntheticCorpus corpus = zipf_corpus(150, 8000, 60);
  const Config config = config_of(GetParam());
  const Outcome alone = run(corpus, config, make_cpu_backend);
  for (const int size : {1, 2, 3, 8}) {
    const std::vector<Outcome> ranks = run_divided(corpus, config, size);
    for (const Outcome& one : ranks) {
      EXPECT_TRUE(equal_bits(one.embeddings, ranks[0].embeddings));
      EXPECT_EQ(one.summary.pairs, alone.summary.pairs);
      EXPECT_EQ(one.summary.tokens, alone.summary.tokens);
      EXPECT_EQ(one.summary.kept_tokens, alone.summary.kept_tokens);
      EXPECT_EQ(one.summary.wait_seconds.size(), size == 1 ? 0U : static_cast<std::size_t>(size));
      EXPECT_NEAR(one.summary.epoch_loss.back(), ranks[0].summary.epoch_loss.back(), 1e-9);
    }
    ASSERT_EQ(ranks[0].summary.epoch_loss.size(), alone.summary.epoch_loss.size());
    // So short a text has few rounds, in which the steps of ranks agree most where every example moves all
    // rows (softmax), so that they are averaged: then all learn as much as one of them from its share. Texts
    // of other lengths differ a little.
    const SyntheticCorpus share = zipf_corpus(150, 8000 / size, 60);
    EXPECT_GT(learned(corpus, config, ranks[0].summary),
              0.9 * learned(share, config, run(share, config, make_cpu_backend).summary));
    EXPECT_EQ(equal_bits(ranks[0].embeddings, alone.embeddings), size == 1);
    if (size != 3) continue;
    const std::vector<Outcome> again = run_divided(corpus, config, size);
    EXPECT_TRUE(equal_bits(again[0].embeddings, ranks[0].embeddings));
  }
}

// A row that a rank has changed without marking it would stay different.
TEST_P(DividedRuns, MergeOnlyRowsThatHaveChanged) {
  const SyntheticCorpus corpus = zipf_corpus(4000, 6000, 60);
  Config config = config_of(GetParam());
  config.epochs = 1;
  config.threads = 2;
  Distribution rounds = short_rounds();
  rounds.round = 64;
  rounds.all_rows_every = 128;
  const std::vector<Outcome> ranks = run_divided(corpus, config, 2, {.distribution = rounds});
  EXPECT_TRUE(equal_bits(ranks[0].embeddings, ranks[1].embeddings));
  const TrainingSummary& summary = ranks[0].summary;
  const std::int64_t merges = summary.kept_tokens / (2 * rounds.all_rows_every);
  const std::int64_t all =  // rows of one matrix
      merges * corpus.vocabulary.size() * (config.dim + 1) * std::int64_t{sizeof(float)};
  if (config.loss.softmax)
    EXPECT_GT(summary.merge_bytes, 2 * all);
  else
    EXPECT_LT(static_cast<double>(summary.merge_bytes), 1.5 * static_cast<double>(all));
}

INSTANTIATE_TEST_SUITE_P(Rules, DividedRuns,
                         ::testing::Values(Rule{"ns", Sharing::tile, 24}, Rule{"ns", Sharing::pair, 24},
                                           Rule{"ns", Sharing::window, 24}, Rule{"hs", Sharing::pair, 24},
                                           Rule{"hs", Sharing::tile, 24}, Rule{"ns+hs", Sharing::tile, 24},
                                           cbow("ns", Sharing::tile, 24), cbow("ns+hs", Sharing::pair, 24),
                                           Rule{"softmax", Sharing::tile, 24}),
                         rule_name);

TEST(DividedRun, OneRankStopsAll) {
  const SyntheticCorpus corpus = zipf_corpus(150, 8000, 60);
  Config config = config_of("ns", Sharing::tile);
  config.epochs = 1000;
  const auto stop = [](Ranks& ranks, const Progress&) { return ranks.rank() != 2; };
  const std::vector<Outcome> ranks = run_divided(corpus, config, 3, {.observer = stop});
  for (const Outcome& one : ranks) {
    EXPECT_TRUE(one.summary.interrupted);
    EXPECT_LT(one.summary.epoch_loss.size(), 1000U);
    EXPECT_EQ(one.summary.tokens, ranks[0].summary.tokens);
    EXPECT_TRUE(equal_bits(one.embeddings, ranks[0].embeddings));
  }
}

TEST(DividedRun, GoesOnAsIfNeverStopped) {
  const SyntheticCorpus corpus = zipf_corpus(150, 8000, 60);
  const Config config = config_of("ns", Sharing::tile);
  Distribution rounds = short_rounds();
  rounds.all_rows_every = 300;  // several times in an epoch
  const std::vector<Outcome> whole = run_divided(corpus, config, 3, {.distribution = rounds});
  OneCheckpoint checkpoint(corpus.tokens.tokens() / 2);
  const std::vector<Outcome> saved =
      run_divided(corpus, config, 3, {.prepare = to_first(checkpoint), .distribution = rounds});
  EXPECT_TRUE(equal_bits(saved[0].embeddings, whole[0].embeddings));
  ASSERT_TRUE(checkpoint.taken);
  const std::vector<Outcome> rest = run_divided(
      corpus, config, 3, {.prepare = from(checkpoint), .distribution = rounds, .start = &checkpoint.values});
  for (const Outcome& one : rest) EXPECT_TRUE(equal_bits(one.embeddings, whole[0].embeddings));
  EXPECT_EQ(rest[0].summary.kept_tokens, whole[0].summary.kept_tokens);
}

TEST(DividedRun, GoesOnWithAnotherNumberOfRanks) {
  const SyntheticCorpus corpus = zipf_corpus(150, 8000, 60);
  const Config config = config_of("ns", Sharing::tile);
  OneCheckpoint checkpoint(corpus.tokens.tokens() / 2);
  const std::vector<Outcome> ranks = run_divided(corpus, config, 3, {.prepare = to_first(checkpoint)});
  const TrainingSummary& whole = ranks[0].summary;
  ASSERT_TRUE(checkpoint.taken);
  EXPECT_EQ(checkpoint.state.epoch, 0);
  EXPECT_GT(checkpoint.state.kept_done, 0);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const std::unique_ptr<Backend> backend = make_cpu_backend(data);
  Checkpoints checkpoints;
  checkpoints.start = checkpoint.state;
  const TrainingSummary rest = train(data, *backend, checkpoint.values, {}, checkpoints);
  EXPECT_EQ(rest.pairs, whole.pairs);
  EXPECT_EQ(rest.kept_tokens, whole.kept_tokens);
  EXPECT_NEAR(rest.epoch_loss.back(), whole.epoch_loss.back(), 0.1 * whole.epoch_loss.back());
}

}  // namespace
}  // namespace warp2vec
