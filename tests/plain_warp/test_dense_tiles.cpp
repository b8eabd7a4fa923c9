// The body of the tensor-core kernel on the host, against the reference.
#include <warp2vec/detail/bf16.h>

#include "host/reference/cbow.h"
#include "host/reference/reference.h"
#include "tests/plain_warp/host_mma.h"
#include "tests/plain_warp/host_warp_backend.h"
#include "tests/support/long_vectors.h"
#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

void expect_same_counts(const Outcome& tested, const Outcome& reference) {
  EXPECT_EQ(tested.summary.pairs, reference.summary.pairs);
  EXPECT_EQ(tested.summary.kept_tokens, reference.summary.kept_tokens);
}

class DenseTiles : public ::testing::TestWithParam<std::tuple<std::int32_t, Architecture>> {};

// Rows and gradients are rounded to 8 bits, with errors that cancel: 0.2% to 0.5% of the largest value
// remain. A wrong pair, weight or negative changes values by more.
TEST_P(DenseTiles, EqualTheReferenceUpToTheirRounding) {
  const SyntheticCorpus corpus = zipf_corpus(150, 4000, 60);
  Config config = config_of("ns", Sharing::tile, std::get<0>(GetParam()));
  config.model = std::get<1>(GetParam());
  const Outcome tiles = run(corpus, config, host_tiles(1, 1));
  const Outcome reference = run(corpus, config, make_reference_backend);
  expect_same_counts(tiles, reference);
  EXPECT_LE(difference_share(tiles, reference), 0.01);
  // The loss is sampled in some tiles.
  for (std::size_t e = 0; e < reference.summary.epoch_loss.size(); ++e)
    EXPECT_NEAR(tiles.summary.epoch_loss[e], reference.summary.epoch_loss[e],
                0.1 * reference.summary.epoch_loss[e]);
}

INSTANTIATE_TEST_SUITE_P(Dimensions, DenseTiles,
                         ::testing::Combine(::testing::Values(1, 16, 24, 33, 100, 300),
                                            ::testing::Values(Architecture::skip_gram, Architecture::cbow)));

TEST(DenseTiles, OddShapesEqualTheReferenceUpToTheirRounding) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 200);
  for (Config config : odd_tiles({{32, 16, 3}}))
    for (const Architecture model : {Architecture::skip_gram, Architecture::cbow}) {
      config.model = model;
      const Outcome tiles = run(corpus, config, host_tiles(1, 1));
      const Outcome reference = run(corpus, config, make_reference_backend);
      expect_same_counts(tiles, reference);
      EXPECT_LE(difference_share(tiles, reference), 0.02) << config.tile_centres << " " << to_string(model);
    }
}

TEST(DenseTiles, EqualTheReferenceWhereUpdatesAreDamped) {
  const SyntheticCorpus corpus = runs_corpus(100, 2000);
  std::vector<Config> configs = damped_configs();
  const std::vector<Config> cbow = damped_cbow_configs();
  configs.insert(configs.end(), cbow.begin(), cbow.end());
  for (Config config : configs) {
    if (config.sharing != Sharing::tile) continue;
    config.lr = 0.02;  // larger updates have larger rounding errors
    const Outcome tiles = run(corpus, config, host_tiles(1, 2));
    const Outcome reference = run(corpus, config, make_reference_backend);
    expect_same_counts(tiles, reference);
    EXPECT_LE(difference_share(tiles, reference), 0.03)
        << to_string(config.model) << " " << to_string(config.loss) << " " << to_string(config.cbow_gradient)
        << (config.cbow_sum ? " sum" : "");
  }
}

// Among them sentences of one word, which is predicted from nothing.
TEST(DenseTiles, CbowEqualsTheReferenceInShortSentences) {
  const SyntheticCorpus corpus = zipf_corpus(50, 1000, 3);
  for (const char* loss : {"ns", "hs", "ns+hs"}) {
    Config config = config_of(cbow(loss, Sharing::tile, 24));
    config.sample = 0;
    const Outcome tiles = run(corpus, config, host_tiles(1, 2));
    const Outcome reference = run(corpus, config, make_reference_backend);
    expect_same_counts(tiles, reference);
    EXPECT_LE(difference_share(tiles, reference), 0.02) << loss;
  }
}

/// What a tile computes, in plain loops over tile_minibatch() with the kernel's rounding; sums in double.
class RoundedReference final : public Backend {
 public:
  explicit RoundedReference(const TrainingData& data) : data_(data), hot_(data, {}) {}

  std::int64_t batch_size() const override { return std::int64_t{64} * data_.config.centres_per_tile(); }
  void upload(Embeddings& embeddings) override { embeddings_ = &embeddings; }
  void checkpoint(Embeddings&) override {}
  void download(Embeddings&) override {}
  Trained drain() override { return std::exchange(trained_, {}); }

  void train(const Batch& batch) override {
    const Config& config = data_.config;
    const Draws& draws = batch.epoch->draws();
    KeptSpan span;
    batch.epoch->read(batch.first - config.window, batch.last + config.window, span);
    for (std::int64_t first = batch.first; first < batch.last; first += config.centres_per_tile()) {
      const std::int64_t begin = first - span.first;
      const std::int64_t end = std::min(batch.last, first + config.centres_per_tile()) - span.first;
      const float lr = data_.lr_at(draws.epoch, span.positions[static_cast<std::size_t>(begin)]);
      if (config.model == Architecture::cbow)
        update(cbow_tile_minibatch(data_, draws, span, begin, end), lr);
      else
        update(tile_minibatch(data_, draws, span, begin, end), lr);
    }
  }

 private:
  using Rows = std::vector<std::vector<double>>;

  Rows rounded(const Matrix& matrix, const std::vector<std::int64_t>& rows) const {
    Rows copies;
    copies.reserve(rows.size());
    for (const std::int64_t row : rows) {
      const float* const values = matrix.row(row);
      std::vector<double>& copy = copies.emplace_back(values, values + matrix.cols());
      for (double& value : copy) value = to_float(nearest_bf16(static_cast<float>(value)));
    }
    return copies;
  }

  static void add(Matrix& matrix, const HotRows& hot, const std::vector<std::int64_t>& rows,
                  const std::vector<float>& pairs, float lr, const Rows& updates) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const float scale = lr * hot.factor(rows[i], pairs_of_row(rows, pairs, i), lr);
      float* const row = matrix.row(rows[i]);
      for (std::size_t d = 0; d < updates[i].size(); ++d) row[d] += scale * static_cast<float>(updates[i][d]);
    }
  }

  void update(const Minibatch& minibatch, float lr) {
    const Rows dx = update_targets(minibatch, rounded(embeddings_->input, minibatch.contexts), lr);
    add(embeddings_->input, hot_.input, minibatch.contexts, minibatch.context_pairs, lr, dx);
  }

  // Hidden vectors and their updates are scaled before they are rounded.
  void update(const CbowMinibatch& minibatch, float lr) {
    const auto width = static_cast<std::size_t>(data_.config.dim);
    const Rows x = rounded(embeddings_->input, minibatch.contexts);
    const auto scaled = [](double value, float scale) {
      return static_cast<double>(to_float(nearest_bf16(scale * static_cast<float>(value))));
    };
    Rows h(minibatch.predictions.contexts.size(), std::vector<double>(width));
    std::vector<float> weights(h.size());
    for (std::size_t c = 0; c < x.size(); ++c) {
      const CbowMinibatch::Entry& entry = minibatch.entries[c];
      weights[entry.hidden] = entry.weight;
      for (std::size_t d = 0; d < width; ++d) h[entry.hidden][d] += x[c][d];
    }
    for (std::size_t i = 0; i < h.size(); ++i)
      for (double& value : h[i]) value = scaled(value, weights[i]);
    const Rows dh = update_targets(minibatch.predictions, h, lr);
    Rows dx(x.size(), std::vector<double>(width));
    for (std::size_t c = 0; c < x.size(); ++c) {
      const CbowMinibatch::Entry& entry = minibatch.entries[c];
      for (std::size_t d = 0; d < width; ++d) dx[c][d] = scaled(dh[entry.hidden][d], entry.gradient_weight);
    }
    add(embeddings_->input, hot_.input, minibatch.contexts, minibatch.context_pairs, lr, dx);
  }

  // Returns the updates of the rows that are scored.
  Rows update_targets(const Minibatch& minibatch, const Rows& x, float lr) {
    const Rows y = rounded(embeddings_->output, minibatch.targets);
    const auto width = static_cast<std::size_t>(data_.config.dim);
    Rows dx(x.size(), std::vector<double>(width));
    Rows dy(y.size(), std::vector<double>(width));
    for (std::size_t c = 0; c < x.size(); ++c) {
      for (std::size_t t = 0; t < y.size(); ++t) {
        const float weight = minibatch.weight(c, t);
        if (weight == 0) continue;
        double score = 0;
        for (std::size_t d = 0; d < width; ++d) score += x[c][d] * y[t][d];
        const double g = to_float(nearest_bf16(score_gradient(static_cast<float>(score), weight)));
        if (weight == 1) ++trained_.pairs;
        for (std::size_t d = 0; d < width; ++d) {
          dx[c][d] += g * y[t][d];
          dy[t][d] += g * x[c][d];
        }
      }
    }
    add(embeddings_->output, hot_.output, minibatch.targets, minibatch.target_pairs, lr, dy);
    return dx;
  }

  const TrainingData& data_;
  HotMatrices hot_;
  Embeddings* embeddings_ = nullptr;
  Trained trained_;
};

// With the same rounding there remain other orders of summation, and the occasional gradient or value halfway
// between two bfloat16 that is rounded the other way: 2^-9 of one of many terms.
TEST(DenseTiles, EqualPlainLoopsWithTheSameRoundings) {
  const SyntheticCorpus corpus = zipf_corpus(3000, 2000, 60);
  for (const Rule& rule : {Rule{"ns", Sharing::tile, 24}, Rule{"ns", Sharing::tile, 100},
                           cbow("ns", Sharing::tile, 24), cbow("ns", Sharing::tile, 100)}) {
    Config config = config_of(rule);
    config.epochs = 4;
    const Outcome tiles = run(corpus, config, host_tiles(1, 1));
    const Outcome plain = run(
        corpus, config, [](const TrainingData& data) { return std::make_unique<RoundedReference>(data); });
    EXPECT_GT(largest_value(plain.embeddings.output), 0.05);
    EXPECT_LE(difference_share(tiles, plain), 5e-4) << rule_name({rule, 0});
  }
}

class PathTilesOnTensorCores : public ::testing::TestWithParam<Rule> {};

// As negative sampling, with longer sums: up to 1.4%. Sizes of 16 and 16 train most tiles in several passes,
// each of which sees the updates of the one before.
TEST_P(PathTilesOnTensorCores, EqualTheReferenceUpToTheirRounding) {
  const SyntheticCorpus corpus = zipf_corpus(150, 4000, 60);
  const Config config = config_of(GetParam());
  const Outcome reference = run(corpus, config, make_reference_backend);
  for (const HsTileSizes& sizes : {HsTileSizes{64, 64}, HsTileSizes{16, 16}}) {
    const Outcome tiles = run(corpus, config, host_tiles(1, 1, sizes));
    expect_same_counts(tiles, reference);
    EXPECT_LE(difference_share(tiles, reference), 0.02) << sizes.top_nodes;
    for (std::size_t e = 0; e < reference.summary.epoch_loss.size(); ++e)
      EXPECT_NEAR(tiles.summary.epoch_loss[e], reference.summary.epoch_loss[e],
                  0.1 * reference.summary.epoch_loss[e]);
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, PathTilesOnTensorCores,
                         ::testing::ValuesIn({Rule{"hs", Sharing::tile, 1}, Rule{"hs", Sharing::tile, 24},
                                              Rule{"hs", Sharing::tile, 100}, Rule{"hs", Sharing::tile, 300},
                                              Rule{"ns+hs", Sharing::tile, 24},
                                              Rule{"ns+hs", Sharing::tile, 100},
                                              cbow("hs", Sharing::tile, 24), cbow("hs", Sharing::tile, 100),
                                              cbow("ns+hs", Sharing::tile, 24)}),
                         rule_name);

TEST(DenseTiles, WarpsAndBlocksShareTheWork) {
  const SyntheticCorpus corpus = zipf_corpus(3000, 4000, 60);
  for (const Architecture model : {Architecture::skip_gram, Architecture::cbow}) {
    Config config = config_of("ns", Sharing::tile);
    config.model = model;
    config.lr = 0.01;
    const Outcome one = run(corpus, config, host_tiles(1, 1));
    for (const int warps : {2, 3, 16}) {
      const Outcome several = run(corpus, config, host_tiles(1, warps));
      expect_same_counts(several, one);
      EXPECT_LE(difference_share(several, one), 0.002);
    }
    for (const int blocks : {3, 100}) expect_same_counts(run(corpus, config, host_tiles(blocks, 4)), one);
  }
}

// With a learning rate so low that the parts of a tile do not notice each other, they add up to the whole:
// the same pairs and the same negatives. Rounding to bfloat16 makes differences of up to 5% of the largest
// change.
TEST(DenseTiles, PartsOfATileAddUpToIt) {
  const SyntheticCorpus corpus = zipf_corpus(3000, 2000, 60);
  for (const Rule& rule :
       {Rule{"ns", Sharing::tile, 24}, Rule{"ns+hs", Sharing::tile, 24}, cbow("ns+hs", Sharing::tile, 24)}) {
    Config config = config_of(rule);
    config.lr = 1e-4;
    config.epochs = 1;
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    Outcome start;
    start.embeddings = initial_embeddings(corpus.vocabulary.size(), config);
    make_long(start.embeddings, config.dim);
    const Outcome whole = run_from_long(corpus, config, host_tiles(1, 1));
    for (const std::int32_t centres : {16, 32}) {
      const Outcome parts = run_from_long(corpus, config, host_tiles(1, 1, {64, 64}, centres));
      expect_same_counts(parts, whole);
      for (const auto matrix : {&Embeddings::input, &Embeddings::output}) {
        const double change = largest_difference(whole.embeddings.*matrix, start.embeddings.*matrix);
        EXPECT_LE(largest_difference(parts.embeddings.*matrix, whole.embeddings.*matrix), 0.1 * change)
            << rule_name({rule, 0}) << " " << centres;
      }
    }
  }
}

// The loss of a single tile is computed in full.
TEST(DenseTiles, TheLossOfOneTileIsThatOfTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, 60, 60);
  Config config = config_of("ns", Sharing::tile);
  config.sample = 0;
  const Outcome tiles = run(corpus, config, host_tiles(1, 1));
  const Outcome reference = run(corpus, config, make_reference_backend);
  for (std::size_t e = 0; e < reference.summary.epoch_loss.size(); ++e)
    EXPECT_NEAR(tiles.summary.epoch_loss[e], reference.summary.epoch_loss[e], 1e-4);
}

TEST(DenseTiles, Bf16TablesTrainAsWellOnAverage) {
  const SyntheticCorpus corpus = zipf_corpus(150, 4000, 60);
  const Config config = config_of("ns", Sharing::tile, 100);
  const Outcome tiles = run(corpus, config, host_tiles<Bf16>(1, 1));
  const Outcome reference = run(corpus, config, make_reference_backend);
  expect_same_counts(tiles, reference);
  // Each update adds up to half a last place of noise, which grows with the square root of their number.
  EXPECT_LE(difference_share(tiles, reference), 0.3);
  for (std::int64_t r = 0; r < 150; ++r)
    for (std::int64_t d = 0; d < tiles.embeddings.input.stride(); ++d)
      ASSERT_EQ(to_float(nearest_bf16(tiles.embeddings.input.row(r)[d])), tiles.embeddings.input.row(r)[d]);
}

// Each update is an eightieth of the value's last place: rounded to nearest, nothing would ever change.
TEST(DenseTiles, Bf16RowsDoNotLoseSmallUpdates) {
  const Draws draws{5, 0};
  std::vector<Bf16> row(kMmaSide, nearest_bf16(1.0F));
  float update[kVectorSize];
  std::fill_n(update, kVectorSize, 1e-4F);
  for (std::uint64_t i = 0; i < 10000; ++i)
    add_vector<HostMma>(row.data(), std::vector<Bf16>(row).data(), update,
                        [&] { return draws.block(Stream::rounding, i); });
  // 128 last places along the way, each crossed at random: off by about 11 of them, 0.09.
  for (int i = 0; i < kVectorSize; ++i)
    EXPECT_NEAR(to_float(row[static_cast<std::size_t>(vector_column(i))]), 2.0F, 0.3F);
}

TEST(DenseTiles, TrainToTheQualityOfTheReference) {
  for (const MakeBackend& make : {host_tiles(8, 8), host_tiles<Bf16>(8, 8)})
    expect_topics_as_the_reference(topic_corpus(20, 30, 12000), make, {{"ns", Sharing::tile, 32}});
}

TEST(HostMma, MakesOnes) {
  std::uint16_t bits[kMmaSide] = {};
  bits[3] = 1U << 4;
  const HostMma::A ones = HostMma::of_bits(bits);
  EXPECT_EQ(ones.values[3][4], 1);
  EXPECT_EQ(ones.values[4][3], 0);
  EXPECT_EQ(HostMma::of_bits_transposed(bits).values[4][3], 1);
}

TEST(HostMma, MultipliesAllMemoryLayouts) {
  constexpr std::size_t kStride = 24;
  std::vector<Bf16> p(16 * kStride);
  std::vector<Bf16> q(16 * kStride);
  for (std::size_t i = 0; i < p.size(); ++i) {
    p[i] = nearest_bf16(static_cast<float>(i % 37) - 18);
    q[i] = nearest_bf16(static_cast<float>(i % 23) / 4);
  }
  const auto at = [](const std::vector<Bf16>& m, std::size_t r, std::size_t c) {
    return to_float(m[r * kStride + c]);
  };
  auto plain = HostMma::zero();
  HostMma::multiply_add(HostMma::load_a(p.data(), kStride), HostMma::load_b(q.data(), kStride), plain);
  auto transposed = HostMma::zero();
  HostMma::multiply_add(HostMma::load_a_transposed(p.data(), kStride),
                        HostMma::load_b_transposed(q.data(), kStride), transposed);
  for (std::size_t r = 0; r < 16; ++r) {
    for (std::size_t n = 0; n < 16; ++n) {
      float pq = 0;
      float both = 0;
      for (std::size_t k = 0; k < 16; ++k) {
        pq += at(p, r, k) * at(q, n, k);
        both += at(p, k, r) * at(q, k, n);
      }
      EXPECT_EQ(plain.values[r][n], pq);
      EXPECT_EQ(transposed.values[r][n], both);
    }
  }
}

}  // namespace
}  // namespace warp2vec
