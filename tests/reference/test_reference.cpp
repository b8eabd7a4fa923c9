#include <warp2vec/trainer.h>

#include "host/reference/reference.h"
#include "tests/reference/small_epoch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

// A matrix of doubles with its view.
struct Doubles {
  Doubles(std::int64_t rows, std::int32_t cols, std::uint64_t seed, double scale)
      : values(static_cast<std::size_t>(rows * cols)), rows_(rows), cols_(cols) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = (to_unit(Draws{seed, 0}.u32(Stream::initial_weights, i)) - 0.5) * scale;
  }
  MatrixView<double> view() { return {values.data(), rows_, cols_, cols_}; }
  MatrixView<const double> view() const { return {values.data(), rows_, cols_, cols_}; }
  std::vector<double> values;

 private:
  std::int64_t rows_;
  std::int32_t cols_;
};

class ReferenceTest : public SmallEpoch {
 protected:
  void make(const Config& config, std::int64_t words = 12, std::int64_t longest_sentence = 40) {
    SmallEpoch::make(config, words, longest_sentence);
  }

  // Compares the step of `train` with -lr times the finite-difference gradient of `loss`.
  void expect_gradient_step(const std::function<double(Doubles&, Doubles&)>& train,
                            const std::function<double(const Doubles&, const Doubles&)>& loss,
                            std::int64_t rows) {
    const double lr = 0.1;
    Doubles input(corpus_.vocabulary.size(), config_.dim, 1, 2);
    Doubles output(rows, config_.dim, 2, 2);
    const Doubles input_before = input;
    const Doubles output_before = output;
    EXPECT_NEAR(train(input, output), loss(input_before, output_before), 1e-9);
    const double h = 1e-5;
    const auto check = [&](const Doubles& before, const Doubles& after, bool is_input) {
      double moved = 0;
      for (std::size_t i = 0; i < before.values.size(); ++i) {
        Doubles plus = before;
        Doubles minus = before;
        plus.values[i] += h;
        minus.values[i] -= h;
        const double slope = is_input ? (loss(plus, output_before) - loss(minus, output_before)) / (2 * h)
                                      : (loss(input_before, plus) - loss(input_before, minus)) / (2 * h);
        EXPECT_NEAR(after.values[i] - before.values[i], -lr * slope, 1e-7) << "element " << i;
        moved += std::fabs(slope);
      }
      EXPECT_GT(moved, 0.01);
    };
    check(input_before, input, true);
    check(output_before, output, false);
  }

  void expect_minibatch_gradient(const Minibatch& minibatch, std::int64_t rows) {
    ASSERT_FALSE(minibatch.contexts.empty());
    expect_gradient_step(
        [&](Doubles& x, Doubles& y) { return train_minibatch(minibatch, x.view(), y.view(), 0.1, {}, {}); },
        [&](const Doubles& x, const Doubles& y) { return minibatch_loss(minibatch, x.view(), y.view()); },
        rows);
  }
};

Config config_of(Sharing sharing, const std::string& loss = "ns") {
  Config config;
  config.sharing = sharing;
  config.loss = parse_loss(loss);
  config.sample = 0;
  config.tile_centres = 16;
  config.tile_negatives = 8;
  return config;
}

TEST_F(ReferenceTest, PairStepDescendsTheGradient) {
  make(config_of(Sharing::pair));
  expect_minibatch_gradient(pair_minibatch(*data_, draws_, span_, 20, 21), words());
}

TEST_F(ReferenceTest, WindowStepDescendsTheGradient) {
  make(config_of(Sharing::window));
  expect_minibatch_gradient(window_minibatch(*data_, draws_, span_, 20), words());
}

TEST_F(ReferenceTest, TileStepDescendsTheGradient) {
  make(config_of(Sharing::tile));
  expect_minibatch_gradient(tile_minibatch(*data_, draws_, span_, 32, 48), words());
}

TEST_F(ReferenceTest, PathStepDescendsTheGradient) {
  make(config_of(Sharing::window, "hs"));
  const KeptSpan::Range window = window_of(*data_, draws_, span_, 20);
  expect_minibatch_gradient(path_minibatch(*data_, context_rows(span_, 20, window), span_.words[20]),
                            words() - 1);
}

TEST_F(ReferenceTest, PathTileStepDescendsTheGradient) {
  make(config_of(Sharing::tile, "hs"));
  expect_minibatch_gradient(path_tile_minibatch(*data_, draws_, span_, 16, 22), words() - 1);
}

TEST_F(ReferenceTest, ATileOfPathsIsAllItsCentresPaths) {
  make(config_of(Sharing::tile, "hs"));
  const Minibatch tile = path_tile_minibatch(*data_, draws_, span_, 16, 22);
  Matrix input(words(), 3);
  Matrix nodes(words() - 1, 3);
  for (std::int64_t r = 0; r < words(); ++r)
    for (std::int32_t d = 0; d < 3; ++d) {
      input.row(r)[d] = std::sin(static_cast<float>(r * 3 + d));
      if (r < nodes.rows()) nodes.row(r)[d] = std::cos(static_cast<float>(r * 5 + d));
    }
  const MatrixView<const float> x = std::as_const(input).view();
  const MatrixView<const float> y = std::as_const(nodes).view();
  double loss = 0;
  for (std::int64_t centre = 16; centre < 22; ++centre) {
    const KeptSpan::Range window = window_of(*data_, draws_, span_, centre);
    loss += minibatch_loss(path_minibatch(*data_, context_rows(span_, centre, window),
                                          span_.words[static_cast<std::size_t>(centre)]),
                           x, y);
  }
  EXPECT_NEAR(minibatch_loss(tile, x, y), loss, 1e-9 * loss);
}

TEST_F(ReferenceTest, SoftmaxStepDescendsTheGradient) {
  make(config_of(Sharing::tile, "softmax"));
  const Minibatch minibatch = softmax_minibatch(*data_, draws_, span_, 16, 22);
  expect_gradient_step(
      [&](Doubles& x, Doubles& y) { return train_softmax(minibatch, x.view(), y.view(), 0.1); },
      [&](const Doubles& x, const Doubles& y) { return softmax_loss(minibatch, x.view(), y.view()); },
      words());
}

TEST_F(ReferenceTest, ASoftmaxBlockIsAllItsCentresPairs) {
  make(config_of(Sharing::tile, "softmax"));
  const Minibatch minibatch = softmax_minibatch(*data_, draws_, span_, 16, 22);
  const Doubles x(words(), config_.dim, 1, 2), y(words(), config_.dim, 2, 2);
  double loss = 0;
  for (std::int64_t centre = 16; centre < 22; ++centre)
    for (const std::int64_t context : context_rows(span_, centre, window_of(*data_, draws_, span_, centre)))
      loss -= log_softmax(x.view().row(context), y.view())[static_cast<std::size_t>(row(centre))];
  EXPECT_NEAR(softmax_loss(minibatch, x.view(), y.view()), loss, 1e-9 * loss);
}

// Two of the three contexts are the same row, which gets the gradients of 2 + 3 pairs. A load of 0.1 * 4 per
// pair adds up to 2, so that its updates are halved; the other context's 0.4 is below 1. Row 5 has 6 more
// pairs elsewhere: 0.4 * 7.
TEST_F(ReferenceTest, DampingGoesByThePairsThatARowHas) {
  make(config_of(Sharing::window));
  Minibatch minibatch;
  minibatch.contexts = {3, 5, 3};
  minibatch.targets = {1, 2};
  minibatch.weights = {1, -1, 1, -1, 1, -1};
  minibatch.context_pairs = {2, 1, 3};
  minibatch.target_pairs = {3, 3};
  const Doubles before(words(), config_.dim, 1, 2);
  const Doubles y_before(words(), config_.dim, 2, 2);
  Doubles x = before, y = y_before;
  train_minibatch(minibatch, x.view(), y.view(), 0.1, {}, {});
  std::vector<float> elsewhere(6);
  elsewhere[5] = 6;
  for (const bool others : {false, true}) {
    const HotView damping{4.0F, elsewhere.data(), others ? 6 : 0};
    Doubles damped_x = before, damped_y = y_before;
    train_minibatch(minibatch, damped_x.view(), damped_y.view(), 0.1, damping, {});
    for (std::int64_t r = 0; r < words(); ++r) {
      const double factor = r == 3 ? 0.5 : (r == 5 && others ? 1 / 2.8 : 1);
      for (std::int32_t d = 0; d < config_.dim; ++d) {
        const auto i = static_cast<std::size_t>(r * config_.dim + d);
        EXPECT_NEAR(damped_x.values[i] - before.values[i], factor * (x.values[i] - before.values[i]), 1e-7)
            << r;
      }
    }
    EXPECT_EQ(damped_y.values, y.values);
  }
}

// The pair counts for HotView, computed by hand for each kind of minibatch.
TEST_F(ReferenceTest, BlocksCountTheirPairs) {
  make(config_of(Sharing::window));
  const Minibatch window = window_minibatch(*data_, draws_, span_, 20);
  EXPECT_EQ(window.context_pairs, std::vector<float>(window.contexts.size(), 1.0F));
  EXPECT_EQ(window.target_pairs[0], static_cast<float>(window.contexts.size()));

  make(config_of(Sharing::tile));
  const Minibatch tile = tile_minibatch(*data_, draws_, span_, 16, 32);
  float pairs = 0;
  for (std::size_t c = 0; c < tile.contexts.size(); ++c) {
    float positive = 0;
    for (std::size_t t = 0; t < 16; ++t) positive += tile.weight(c, t);
    EXPECT_EQ(tile.context_pairs[c], positive);
    pairs += positive;
  }
  for (std::size_t t = 0; t < tile.targets.size(); ++t) {
    float weights = 0;
    for (std::size_t c = 0; c < tile.contexts.size(); ++c) weights += std::fabs(tile.weight(c, t));
    if (t < 16)
      EXPECT_EQ(tile.target_pairs[t], weights);
    else
      EXPECT_FLOAT_EQ(tile.target_pairs[t], pairs * static_cast<float>(config_.negative) /
                                                static_cast<float>(tile.targets.size() - 16));
  }

  make(config_of(Sharing::tile, "hs"));
  const Minibatch paths = path_tile_minibatch(*data_, draws_, span_, 16, 22);
  for (std::size_t t = 0; t < paths.targets.size(); ++t) {
    float weights = 0;
    for (std::size_t c = 0; c < paths.contexts.size(); ++c) weights += std::fabs(paths.weight(c, t));
    EXPECT_EQ(paths.target_pairs[t], weights);
  }
  EXPECT_EQ(std::accumulate(paths.context_pairs.begin(), paths.context_pairs.end(), 0.0F),
            pairs_of_row(paths.targets, paths.target_pairs, 0));  // all paths begin at the root
}

TEST_F(ReferenceTest, LogSoftmaxSumsToOne) {
  make(config_of(Sharing::window, "softmax"));
  Doubles x(1, config_.dim, 1, 60), y(words(), config_.dim, 2, 60);  // scores in the hundreds
  const std::vector<double> log_p =
      log_softmax<double>(x.view().row(std::int64_t{0}), std::as_const(y).view());
  double sum = 0;
  for (const double value : log_p) sum += std::exp(value);
  EXPECT_NEAR(sum, 1, 1e-12);
}

// The tile's expected gradient is that of K fresh negatives for each pair: the weights of a context sum to n
// * K when no negative is one of its centres, and each positive pair appears once.
TEST_F(ReferenceTest, TileWeightsCountPairsAndNegatives) {
  make(config_of(Sharing::tile), 200);
  for (std::int64_t begin = 0; begin + 16 <= span_.size(); begin += 16) {
    const Minibatch minibatch = tile_minibatch(*data_, draws_, span_, begin, begin + 16);
    std::int64_t pairs = 0;
    std::set<std::int64_t> seen;
    for (std::int64_t t = begin; t < begin + 16; ++t) {
      const KeptSpan::Range window = window_of(*data_, draws_, span_, t);
      pairs += window.end - window.begin - 1;
      for (std::int64_t i = window.begin; i < window.end; ++i)
        if (i != t) seen.insert(i);
    }
    float positive = 0;
    for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
      float of_context = 0;
      for (std::size_t t = 0; t < 16; ++t) of_context += minibatch.weight(c, t);
      for (std::size_t m = 16; m < minibatch.targets.size(); ++m) {
        bool own_centre = false;
        for (std::size_t t = 0; t < 16; ++t)
          own_centre |= minibatch.weight(c, t) > 0 && minibatch.targets[t] == minibatch.targets[m];
        EXPECT_FLOAT_EQ(minibatch.weight(c, m), own_centre ? 0.0F : -of_context * 5 / 8);
      }
      positive += of_context;
    }
    EXPECT_EQ(positive, static_cast<float>(pairs));
    EXPECT_GE(minibatch.contexts.size(), seen.size());
  }
}

TEST_F(ReferenceTest, NegativesEqualToAPositiveTargetAreLeftOut) {
  // Two words: most negatives are the centre itself.
  make(config_of(Sharing::pair), 2);
  int left_out = 0;
  for (std::int64_t centre = 1; centre < 100; ++centre) {
    if (span_.segments[static_cast<std::size_t>(centre)] == centre) continue;
    for (const Minibatch& minibatch : {pair_minibatch(*data_, draws_, span_, centre, centre - 1),
                                       window_minibatch(*data_, draws_, span_, centre)}) {
      for (std::size_t t = 1; t < minibatch.targets.size(); ++t) {
        const bool is_centre = minibatch.targets[t] == row(centre);
        for (std::size_t c = 0; c < minibatch.contexts.size(); ++c)
          EXPECT_EQ(minibatch.weight(c, t), is_centre ? 0.0F : -1.0F);
        left_out += is_centre;
      }
    }
  }
  EXPECT_GT(left_out, 100);
}

TEST_F(ReferenceTest, ContextsOfATileReachBeyondItsFirstAndLastWindow) {
  Config config = config_of(Sharing::tile);
  make(config, 12, 400);
  // Centres whose wider windows begin before that of the tile's first centre must exist, and keep all their
  // pairs.
  int wider = 0;
  for (std::int64_t begin = 16; begin + 32 <= span_.size(); begin += 16) {
    const Minibatch minibatch = tile_minibatch(*data_, draws_, span_, begin, begin + 16);
    const std::int64_t first = window_of(*data_, draws_, span_, begin).begin;
    float pairs = 0;
    std::int64_t expected = 0;
    for (std::int64_t t = begin; t < begin + 16; ++t) {
      const KeptSpan::Range window = window_of(*data_, draws_, span_, t);
      wider += window.begin < first;
      expected += window.end - window.begin - 1;
    }
    for (std::size_t c = 0; c < minibatch.contexts.size(); ++c)
      for (std::size_t t = 0; t < 16; ++t) pairs += minibatch.weight(c, t);
    EXPECT_EQ(pairs, static_cast<float>(expected));
  }
  EXPECT_GT(wider, 0);
}

// As after a restart: only seed, epoch and corpus are known, and reading starts just before the tile.
TEST_F(ReferenceTest, ExamplesDoNotDependOnWhereReadingBegan) {
  Config config = config_of(Sharing::tile);
  config.sample = 1e-2;
  config.max_sentence = 20;
  make(config, 100, 90);
  for (std::int64_t begin = 0; begin + 16 <= span_.size(); begin += 16) {
    const KeptTokens fresh(corpus_.tokens, data_->keep_thresholds, draws_, config_.max_sentence, 3);
    KeptSpan read;
    fresh.read(begin - config_.window, begin + 16 + config_.window, read);
    const std::int64_t first = begin - read.first;
    const Minibatch expected = tile_minibatch(*data_, draws_, span_, begin, begin + 16);
    const Minibatch minibatch = tile_minibatch(*data_, draws_, read, first, first + 16);
    EXPECT_EQ(minibatch.contexts, expected.contexts);
    EXPECT_EQ(minibatch.targets, expected.targets);
    EXPECT_EQ(minibatch.weights, expected.weights);
    const Minibatch window = window_minibatch(*data_, draws_, read, first);
    EXPECT_EQ(window.targets, window_minibatch(*data_, draws_, span_, begin).targets);
    EXPECT_EQ(window.contexts, window_minibatch(*data_, draws_, span_, begin).contexts);
  }
}

TEST_F(ReferenceTest, PathFollowsTheCodeOfTheCentre) {
  make(config_of(Sharing::window, "hs"));
  const HuffmanView tree = data_->tree.view();
  const WordId word = span_.words[20];
  const Minibatch minibatch = path_minibatch(*data_, {3, 4}, word);
  ASSERT_EQ(static_cast<int>(minibatch.targets.size()), tree.length(word));
  EXPECT_EQ(minibatch.targets[0], 0);
  for (int depth = 0; depth < tree.length(word); ++depth) {
    const bool right = ((tree.code(word) >> (tree.length(word) - 1 - depth)) & 1U) != 0;
    EXPECT_EQ(minibatch.weight(0, static_cast<std::size_t>(depth)), right ? -1.0F : 1.0F);
    EXPECT_EQ(minibatch.weight(1, static_cast<std::size_t>(depth)), right ? -1.0F : 1.0F);
  }
}

}  // namespace
}  // namespace warp2vec
