#pragma once
/// Short training runs, and comparisons of their results.

#include <warp2vec/trainer.h>

#include "tests/support/synthetic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace warp2vec {

struct Outcome {
  Embeddings embeddings;
  TrainingSummary summary;
};

using MakeBackend = std::function<std::unique_ptr<Backend>(const TrainingData&)>;

inline Outcome run(const SyntheticCorpus& corpus, const Config& config, const MakeBackend& make) {
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  Outcome result;
  result.embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  const std::unique_ptr<Backend> backend = make(data);
  result.summary = train(data, *backend, result.embeddings);
  return result;
}

inline double largest_difference(const Matrix& a, const Matrix& b) {
  EXPECT_EQ(a.rows(), b.rows());
  EXPECT_EQ(a.cols(), b.cols());
  double largest = 0;
  for (std::int64_t r = 0; r < a.rows(); ++r)
    for (std::int64_t d = 0; d < a.stride(); ++d)
      largest =
          std::max(largest, std::fabs(static_cast<double>(a.row(r)[d]) - static_cast<double>(b.row(r)[d])));
  return largest;
}

inline double largest_value(const Matrix& a) { return largest_difference(a, Matrix(a.rows(), a.cols())); }

inline bool equal_bits(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         (a.rows() == 0 ||
          std::memcmp(a.row(0), b.row(0), static_cast<std::size_t>(Matrix::bytes(a.rows(), a.cols()))) == 0);
}

inline bool equal_bits(const Embeddings& a, const Embeddings& b) {
  return equal_bits(a.input, b.input) && equal_bits(a.output, b.output) && equal_bits(a.nodes, b.nodes);
}

inline Config config_of(const std::string& loss, Sharing sharing, std::int32_t dim = 24) {
  Config config;
  config.loss = parse_loss(loss);
  config.sharing = sharing;
  config.dim = dim;
  config.epochs = 2;
  config.sample = 1e-2;
  config.threads = 1;
  config.lr = 0.05;
  return config;
}

/// Negative sampling with tiles of this shape; a window of 2 does not shrink.
inline Config config_of_tile(std::int32_t centres, std::int32_t negatives, std::int32_t window) {
  Config config = config_of("ns", Sharing::tile);
  config.tile_centres = centres;
  config.tile_negatives = negatives;
  config.window = window;
  config.shrink_window = window != 2;
  return config;
}

/// Tiles of odd shapes, (centres, negatives, window) each, in short segments of sentences: three, and `more`.
inline std::vector<Config> odd_tiles(const std::vector<std::tuple<int, int, int>>& more = {}) {
  std::vector<std::tuple<int, int, int>> shapes = {{1, 1, 5}, {5, 3, 2}, {17, 40, 12}};
  shapes.insert(shapes.end(), more.begin(), more.end());
  std::vector<Config> configs;
  for (const auto& [centres, negatives, window] : shapes) {
    configs.push_back(config_of_tile(centres, negatives, window));
    configs.back().max_sentence = 50;
  }
  return configs;
}

/// A loss, a sharing rule, and a dimension.
struct Rule {
  std::string loss;
  Sharing sharing;
  std::int32_t dim;
  TableType table_type = TableType::float32;
  Architecture model = Architecture::skip_gram;
};

inline Rule cbow(const std::string& loss, Sharing sharing, std::int32_t dim) {
  return {loss, sharing, dim, TableType::float32, Architecture::cbow};
}

inline Config config_of(const Rule& rule) {
  Config config = config_of(rule.loss, rule.sharing, rule.dim);
  config.table_type = rule.table_type;
  config.model = rule.model;
  return config;
}

/// For messages and the names of tests.
inline void PrintTo(const Rule& rule, std::ostream* out) {
  *out << to_string(rule.model) << " " << rule.loss << " " << to_string(rule.sharing) << " d=" << rule.dim
       << " " << to_string(rule.table_type);
}

/// The rules for which the kernels are compared with the reference.
inline std::vector<Rule> kernel_rules() {
  return {{"ns", Sharing::pair, 24},        {"ns", Sharing::window, 24},    {"ns", Sharing::tile, 24},
          {"hs", Sharing::pair, 24},        {"hs", Sharing::window, 24},    {"hs", Sharing::tile, 24},
          {"ns+hs", Sharing::pair, 24},     {"ns+hs", Sharing::window, 24}, {"ns+hs", Sharing::tile, 24},
          {"ns", Sharing::tile, 1},         {"ns", Sharing::tile, 31},      {"ns", Sharing::tile, 32},
          {"ns", Sharing::tile, 33},        {"ns", Sharing::window, 31},    {"ns", Sharing::window, 33},
          {"hs", Sharing::tile, 1},         {"hs", Sharing::tile, 100},     {"ns", Sharing::tile, 128},
          {"ns", Sharing::tile, 300},       cbow("ns", Sharing::pair, 24),  cbow("ns", Sharing::tile, 24),
          cbow("hs", Sharing::pair, 24),    cbow("hs", Sharing::tile, 24),  cbow("ns+hs", Sharing::pair, 24),
          cbow("ns+hs", Sharing::tile, 24), cbow("ns", Sharing::tile, 33),  cbow("ns", Sharing::tile, 32),
          cbow("hs", Sharing::tile, 1)};
}

/// For INSTANTIATE_TEST_SUITE_P.
inline std::string rule_name(const ::testing::TestParamInfo<Rule>& info) {
  std::string name =
      info.param.loss + "_" + to_string(info.param.sharing) + "_" + std::to_string(info.param.dim);
  if (info.param.table_type == TableType::bf16) name += "_bf16";
  if (info.param.model == Architecture::cbow) name += "_cbow";
  std::replace(name.begin(), name.end(), '+', '_');
  return name;
}

/// Settings that give rows many gradients from the same values, for runs_corpus(100, 2000): most
/// updates are damped.
inline std::vector<Config> damped_configs() {
  std::vector<Config> configs;
  for (const char* loss : {"ns", "hs", "ns+hs"}) {
    for (const Sharing sharing : {Sharing::window, Sharing::tile}) {
      Config config = config_of(loss, sharing);
      config.window = 10;
      config.negative = 10;
      config.sample = 0;
      configs.push_back(config);
    }
  }
  return configs;
}

/// The same under CBOW, with each way in which windows make hidden vectors and get their gradients.
inline std::vector<Config> damped_cbow_configs() {
  std::vector<Config> configs;
  for (const char* loss : {"ns", "hs", "ns+hs"}) {
    for (const Sharing sharing : {Sharing::pair, Sharing::tile}) {
      for (const auto& [sum, gradient] :
           {std::pair{false, CbowGradient::full}, std::pair{false, CbowGradient::exact},
            std::pair{true, CbowGradient::full}}) {
        Config config = config_of(cbow(loss, sharing, 24));
        config.cbow_sum = sum;
        config.cbow_gradient = gradient;
        config.window = 10;
        config.negative = 10;
        config.sample = 0;
        configs.push_back(config);
      }
    }
  }
  return configs;
}

/// Largest difference of input, output and node vectors, as a share of the reference's largest value.
inline double difference_share(const Outcome& tested, const Outcome& reference) {
  double share = 0;
  for (const auto matrix : {&Embeddings::input, &Embeddings::output, &Embeddings::nodes}) {
    if ((reference.embeddings.*matrix).rows() == 0) continue;
    share = std::max(share, largest_difference(tested.embeddings.*matrix, reference.embeddings.*matrix) /
                                largest_value(reference.embeddings.*matrix));
  }
  return share;
}

/// Both round differently in every sum: some thousand updates with relative errors of 1e-7, which stay small
/// since training is stable. A wrong pair, weight or negative changes values by 1e-2 and more.
inline void expect_equal_up_to_rounding(const Outcome& tested, const Outcome& reference) {
  EXPECT_EQ(tested.summary.pairs, reference.summary.pairs);
  EXPECT_EQ(tested.summary.kept_tokens, reference.summary.kept_tokens);
  ASSERT_EQ(tested.summary.epoch_loss.size(), reference.summary.epoch_loss.size());
  for (std::size_t e = 0; e < reference.summary.epoch_loss.size(); ++e)
    EXPECT_NEAR(tested.summary.epoch_loss[e], reference.summary.epoch_loss[e],
                1e-5 * reference.summary.epoch_loss[e]);
  for (const auto matrix : {&Embeddings::input, &Embeddings::output, &Embeddings::nodes}) {
    const double scale = largest_value(reference.embeddings.*matrix);
    EXPECT_LE(largest_difference(tested.embeddings.*matrix, reference.embeddings.*matrix), 5e-5 * scale);
    if (scale > 0) {
      EXPECT_GT(scale, 0.05);
    }
  }
}

/// Mean cosine of two words of a topic_corpus() within and across topics.
struct TopicSimilarity {
  double within;
  double across;
};

inline TopicSimilarity topic_similarity(const SyntheticCorpus& corpus, const Outcome& trained) {
  const Matrix& input = trained.embeddings.input;
  double same = 0, other = 0;
  int same_count = 0, other_count = 0;
  for (std::int64_t a = 0; a < input.rows(); ++a) {
    for (std::int64_t b = 0; b < a; ++b) {
      double dot = 0, aa = 0, bb = 0;
      for (std::int32_t d = 0; d < input.cols(); ++d) {
        dot += static_cast<double>(input.row(a)[d]) * input.row(b)[d];
        aa += static_cast<double>(input.row(a)[d]) * input.row(a)[d];
        bb += static_cast<double>(input.row(b)[d]) * input.row(b)[d];
      }
      const auto topic = [&](std::int64_t w) {
        const std::string_view word = corpus.vocabulary.word(static_cast<WordId>(w));
        return word.substr(0, word.find('_'));
      };
      const double cosine = dot / std::sqrt(aa * bb);
      (topic(a) == topic(b) ? same : other) += cosine;
      ++(topic(a) == topic(b) ? same_count : other_count);
    }
  }
  return {same / same_count, other / other_count};
}

/// Wraps a backend with another batch size.
class Rebatched final : public Backend {
 public:
  Rebatched(std::unique_ptr<Backend> backend, std::int64_t batch_size)
      : backend_(std::move(backend)), batch_size_(batch_size) {}
  std::int64_t batch_size() const override { return batch_size_; }
  void upload(Embeddings& embeddings) override { backend_->upload(embeddings); }
  KeptTokens kept_tokens(const TrainingData& data, std::uint32_t epoch) override {
    return backend_->kept_tokens(data, epoch);
  }
  void train(const Batch& batch) override { backend_->train(batch); }
  Trained drain() override { return backend_->drain(); }
  void checkpoint(Embeddings& embeddings) override { backend_->checkpoint(embeddings); }
  void download(Embeddings& embeddings) override { backend_->download(embeddings); }

 private:
  std::unique_ptr<Backend> backend_;
  std::int64_t batch_size_;
};

/// In one epoch `make`'s backend must separate the topics of a topic_corpus() as well as the reference.
inline void expect_topics_as_the_reference(const SyntheticCorpus& corpus, const MakeBackend& make,
                                           const std::vector<Rule>& rules = {{"ns", Sharing::tile, 32},
                                                                             {"ns", Sharing::window, 32},
                                                                             {"hs", Sharing::tile, 32}}) {
  for (const Rule& rule : rules) {
    Config config = config_of(rule);
    config.epochs = 1;
    config.sample = 0;
    Config plain = config;
    plain.table_type = TableType::float32;
    const TopicSimilarity reference = topic_similarity(corpus, run(corpus, plain, make_reference_backend));
    const TopicSimilarity trained = topic_similarity(corpus, run(corpus, config, make));
    EXPECT_GT(reference.within, reference.across + 0.3);
    EXPECT_GT(trained.within - trained.across, 0.95 * (reference.within - reference.across))
        << ::testing::PrintToString(rule);
  }
}

}  // namespace warp2vec
