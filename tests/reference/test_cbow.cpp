// CBOW: what is predicted from what, and the gradients, by finite differences.
#include "host/reference/cbow.h"
#include "tests/reference/small_epoch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

using Values = std::vector<double>;

constexpr double kLr = 0.1;

MatrixView<const double> matrix(const Values& values) {
  return {values.data(), static_cast<std::int64_t>(values.size()) / kDim, kDim, kDim};
}
MatrixView<double> matrix(Values& values) {
  return {values.data(), static_cast<std::int64_t>(values.size()) / kDim, kDim, kDim};
}

Values random_values(std::int64_t rows, std::uint64_t seed) {
  Values values(static_cast<std::size_t>(rows * kDim));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = 2 * to_unit(Draws{seed, 0}.u32(Stream::initial_weights, i)) - 1.0;
  return values;
}

// The derivative of `f` by each of `values`.
Values slopes(Values values, const std::function<double(const Values&)>& f) {
  constexpr double h = 1e-5;
  Values result;
  for (double& value : values) {
    const double at = value;
    value = at + h;
    const double above = f(values);
    value = at - h;
    result.push_back((above - f(values)) / (2 * h));
    value = at;
  }
  return result;
}

class CbowReference : public SmallEpoch {
 protected:
  void make(const std::string& loss, Sharing sharing, bool sum = false,
            CbowGradient gradient = CbowGradient::exact, std::int64_t longest_sentence = 40) {
    Config config;
    config.model = Architecture::cbow;
    config.cbow_sum = sum;
    config.cbow_gradient = gradient;
    config.loss = parse_loss(loss);
    config.sharing = sharing;
    config.sample = 0;
    config.tile_centres = 16;
    config.tile_negatives = 8;
    SmallEpoch::make(config, 12, longest_sentence);
  }

  CbowMinibatch minibatch() const {
    if (config_.loss.softmax) return cbow_softmax_minibatch(*data_, draws_, span_, 16, 24);
    if (config_.loss.hierarchical_softmax)
      return cbow_path_minibatch(*data_, draws_, span_, 20, tiled() ? 26 : 21);
    return tiled() ? cbow_tile_minibatch(*data_, draws_, span_, 16, 32)
                   : cbow_minibatch(*data_, draws_, span_, 20);
  }

  // The step on all values, without damping, against finite differences of the loss as a function of H, and
  // of the contexts.
  void expect_gradient_step() {
    const bool softmax = config_.loss.softmax;
    const CbowMinibatch batch = minibatch();
    const Minibatch& predictions = batch.predictions;
    ASSERT_FALSE(batch.contexts.empty());
    const Values x = random_values(words(), 1);
    const Values y = random_values(words() - (config_.loss.hierarchical_softmax ? 1 : 0), 2);
    const auto loss = [&](const Values& hidden, const Values& outputs) {
      return softmax ? softmax_loss(predictions, matrix(hidden), matrix(outputs))
                     : minibatch_loss(predictions, matrix(hidden), matrix(outputs));
    };
    const auto hidden = [&](const Values& inputs) { return hidden_of(batch, matrix(inputs)).values; };

    Values x_after = x;
    Values y_after = y;
    const double trained = softmax ? train_cbow_softmax(batch, matrix(x_after), matrix(y_after), kLr)
                                   : train_cbow(batch, matrix(x_after), matrix(y_after), kLr, {}, {});
    EXPECT_NEAR(trained, loss(hidden(x), y), 1e-9);

    const Values y_slopes = slopes(y, [&](const Values& outputs) { return loss(hidden(x), outputs); });
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y_after[i] - y[i], -kLr * y_slopes[i], 1e-7);

    Values x_slopes;
    if (config_.cbow_gradient == CbowGradient::exact) {
      x_slopes = slopes(x, [&](const Values& inputs) { return loss(hidden(inputs), y); });
    } else {  // all of dL/dh to each context
      const Values h_slopes = slopes(hidden(x), [&](const Values& h) { return loss(h, y); });
      x_slopes.resize(x.size());
      for (std::size_t c = 0; c < batch.contexts.size(); ++c)
        for (std::size_t d = 0; d < kDim; ++d)
          x_slopes[static_cast<std::size_t>(batch.contexts[c]) * kDim + d] +=
              h_slopes[batch.entries[c].hidden * kDim + d];
    }
    double moved = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_NEAR(x_after[i] - x[i], -kLr * x_slopes[i], 1e-7) << i;
      moved += std::fabs(x_slopes[i]);
    }
    EXPECT_GT(moved, 0.01);
  }

  bool tiled() const { return config_.sharing == Sharing::tile; }
};

TEST_F(CbowReference, StepsDescendTheGradient) {
  for (const char* loss : {"ns", "hs", "softmax"})
    for (const Sharing sharing : {Sharing::pair, Sharing::tile})
      for (const bool sum : {false, true})
        for (const CbowGradient gradient : {CbowGradient::exact, CbowGradient::full}) {
          SCOPED_TRACE(std::string(loss) + " " + to_string(sharing) + (sum ? " sum " : " mean ") +
                       to_string(gradient));
          make(loss, sharing, sum, gradient);
          expect_gradient_step();
        }
}

TEST_F(CbowReference, EachCentreIsPredictedOnceFromItsWholeWindow) {
  make("ns", Sharing::tile);
  const CbowMinibatch batch = minibatch();
  std::size_t h = 0;
  std::size_t c = 0;
  for (std::int64_t centre = 16; centre < 32; ++centre) {
    const std::vector<std::int64_t> contexts =
        context_rows(span_, centre, window_of(*data_, draws_, span_, centre));
    if (contexts.empty()) continue;
    EXPECT_EQ(batch.predictions.targets[h], row(centre));
    float weights = 0;
    for (const std::int64_t context : contexts) {
      EXPECT_EQ(batch.contexts[c], context);
      EXPECT_EQ(batch.entries[c].hidden, h);
      weights += batch.entries[c].weight;
      ++c;
    }
    EXPECT_FLOAT_EQ(weights, 1);
    const std::size_t centres = batch.predictions.contexts.size();
    for (std::size_t t = 0; t < batch.predictions.targets.size(); ++t) {
      const float negative = batch.predictions.targets[t] == row(centre) ? 0.0F : -5.0F / 8;
      EXPECT_EQ(batch.predictions.weight(h, t), t >= centres ? negative : (t == h ? 1.0F : 0.0F));
    }
    ++h;
  }
  EXPECT_EQ(h, batch.predictions.contexts.size());
  EXPECT_EQ(c, batch.contexts.size());
}

// A window moves h, the mean of its contexts, by as much as its pairs say in all: one for the full gradient,
// the n-th part of one for the exact gradient, and n for a sum.
TEST_F(CbowReference, DampingCountsWhatMovesTheHiddenVector) {
  for (const auto& [sum, gradient] :
       {std::pair{false, CbowGradient::full}, std::pair{false, CbowGradient::exact},
        std::pair{true, CbowGradient::exact}}) {
    make("ns", Sharing::pair, sum, gradient);
    const CbowMinibatch batch = minibatch();
    double moved = 0;
    for (const CbowMinibatch::Entry& entry : batch.entries) moved += entry.weight * entry.gradient_weight;
    for (const float pairs : batch.context_pairs) EXPECT_NEAR(pairs, moved, 1e-6);
    EXPECT_EQ(batch.predictions.target_pairs, std::vector<float>(batch.predictions.targets.size(), 1.0F));
  }
  make("ns", Sharing::tile);
  const CbowMinibatch tile = minibatch();
  const std::size_t centres = tile.predictions.contexts.size();
  EXPECT_EQ(tile.predictions.target_pairs[0], 1);
  EXPECT_FLOAT_EQ(tile.predictions.target_pairs[centres], static_cast<float>(centres) * 5 / 8);
}

TEST_F(CbowReference, RepeatedContextsAreDampedTogether) {
  make("ns", Sharing::pair, false, CbowGradient::full);
  CbowMinibatch batch = minibatch();
  ASSERT_GE(batch.contexts.size(), 2U);
  std::iota(batch.contexts.begin(), batch.contexts.end(), 0);
  batch.contexts[1] = 0;
  const Values before = random_values(words(), 1);
  Values x = before;
  Values damped = before;
  Values y = random_values(words(), 2);
  Values same_y = y;
  train_cbow(batch, matrix(x), matrix(y), kLr, {}, {});
  const HotView damping{8.0F, nullptr, 0};  // 0.8 of a pair: only two are above 1
  train_cbow(batch, matrix(damped), matrix(same_y), kLr, damping, {});
  for (std::size_t i = 0; i < x.size(); ++i)
    EXPECT_NEAR(damped[i] - before[i], (x[i] - before[i]) / (i < kDim ? 1.6 : 1), 1e-7) << i;
  EXPECT_EQ(y, same_y);
}

TEST_F(CbowReference, CentresWithoutContextsTrainNothing) {
  for (const char* loss : {"ns", "hs", "softmax"}) {
    make(loss, Sharing::tile, false, CbowGradient::exact, 1);  // sentences of one word
    const CbowMinibatch batch = minibatch();
    EXPECT_TRUE(batch.contexts.empty());
    EXPECT_TRUE(batch.predictions.contexts.empty());
  }
}

}  // namespace
}  // namespace warp2vec
