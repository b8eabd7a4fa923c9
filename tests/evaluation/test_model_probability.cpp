#include <warp2vec/model.h>

#include "host/reference/reference.h"
#include "tests/support/model_samples.h"
#include "tests/support/synthetic.h"
#include "tests/support/thrown_message.h"
#include "tests/support/training_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

WordId id(std::int64_t word) { return static_cast<WordId>(word); }

std::vector<std::string> losses_with_probabilities() { return {"hs", "ns+hs", "softmax"}; }

TEST(ModelProbability, SumsToOneOverTheVocabulary) {
  for (const std::string& loss : losses_with_probabilities()) {
    const TrainedModel model = sample_model(loss, 700, 20);
    for (const std::int64_t context : {0, 5, 699}) {
      double sum = 0;
      for (const double value : log_probabilities(model, id(context))) {
        EXPECT_LT(value, 0);
        sum += std::exp(value);
      }
      EXPECT_NEAR(sum, 1, 1e-12) << loss;
    }
  }
}

// A model of one more word, whose row is the mean or the sum of the contexts', says the same.
TEST(ModelProbability, OfCbowIsThatOfTheHiddenVector) {
  for (const std::string& loss : losses_with_probabilities()) {
    for (const bool sum : {false, true}) {
      TrainedModel model = sample_model(loss, 60, 20);
      const std::vector<WordId> contexts{id(3), id(11), id(3), id(42)};
      TrainedModel single = sample_model(loss, 60, 20);
      for (std::int32_t d = 0; d < 20; ++d) {
        double total = 0;
        for (const WordId context : contexts)
          total += static_cast<double>(model.embeddings.input.row(row_of(context))[d]);
        single.embeddings.input.row(7)[d] = static_cast<float>(total / (sum ? 1 : 4));
      }
      EXPECT_THAT(thrown_message([&] { log_probabilities(model, contexts); }),
                  testing::HasSubstr("predicts words from one context word, not from 4"));
      model.config.model = Architecture::cbow;
      model.config.cbow_sum = sum;
      EXPECT_EQ(log_probabilities(model, contexts), log_probabilities(single, id(7))) << loss;
      EXPECT_EQ(log_probability(model, id(5), contexts), log_probability(single, id(5), id(7)));
      EXPECT_EQ(top_k(model, contexts, 3)[0].word, top_k(single, id(7), 3)[0].word);
      EXPECT_THAT(thrown_message([&] { log_probabilities(model, std::vector<WordId>{}); }),
                  testing::HasSubstr("without a context word"));
    }
  }
}

TEST(ModelProbability, OfOneWordIsThatAmongAll) {
  for (const std::string& loss : losses_with_probabilities()) {
    const TrainedModel model = sample_model(loss, 60, 20);
    const std::vector<double> all = log_probabilities(model, id(7));
    ASSERT_EQ(all.size(), 60U);
    for (std::int64_t w = 0; w < 60; ++w)
      EXPECT_EQ(log_probability(model, id(w), id(7)), all[static_cast<std::size_t>(w)]) << loss;
  }
}

// The tree spelled out: an inner node for every prefix of a code, numbered by level, then from left to right.
TEST(ModelProbability, OfHierarchicalSoftmaxIsTheProductAlongTheCode) {
  for (const std::vector<std::int64_t>& counts : {zipf_counts(300), std::vector<std::int64_t>{1, 1},
                                                  std::vector<std::int64_t>{34, 21, 13, 8, 5, 3, 2, 1, 1}}) {
    const TrainedModel model = sample_model("hs", counts, 12);
    const HuffmanView tree = model.tree.view();
    std::vector<std::string> codes;
    std::map<std::pair<std::size_t, std::string>, std::int64_t> nodes;
    for (std::int64_t w = 0; w < tree.words; ++w) {
      std::string code;
      for (int bit = tree.length(id(w)) - 1; bit >= 0; --bit)
        code += static_cast<char>('0' + ((tree.code(id(w)) >> bit) & 1U));
      codes.push_back(code);
      for (std::size_t n = 0; n < code.size(); ++n) nodes[{n, code.substr(0, n)}] = 0;
    }
    ASSERT_EQ(static_cast<std::int64_t>(nodes.size()), tree.words - 1);
    std::int64_t next = 0;
    for (auto& [prefix, node] : nodes) node = next++;

    const std::int64_t context = tree.words / 2;
    for (std::int64_t w = 0; w < tree.words; ++w) {
      const std::string& code = codes[static_cast<std::size_t>(w)];
      long double product = 1;
      for (std::size_t n = 0; n < code.size(); ++n) {
        const float* const node = model.embeddings.nodes.row(nodes.at({n, code.substr(0, n)}));
        long double score = 0;
        for (std::int32_t d = 0; d < 12; ++d)
          score += static_cast<long double>(model.embeddings.input.row(context)[d]) * node[d];
        product *= 1 / (1 + std::exp(code[n] == '0' ? -score : score));
      }
      EXPECT_NEAR(log_probability(model, id(w), id(context)), static_cast<double>(std::log(product)), 1e-11);
    }
  }
}

// What training minimises is -log P(centre | context).
TEST(ModelProbability, IsWhatTrainingMaximises) {
  const SyntheticCorpus corpus = zipf_corpus(40, 600, 20);
  for (const std::string& loss : losses_with_probabilities()) {
    const Config config = config_of(loss, Sharing::tile, 10);
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    TrainedModel model = sample_model(loss, corpus.vocabulary.size(), 10);
    model.vocabulary = corpus.vocabulary;
    if (!config.loss.softmax) model.tree = data.tree;
    const Embeddings& e = model.embeddings;
    for (const std::int64_t context : {0, 3, 20}) {
      for (const std::int64_t centre : {1, 3, 35}) {
        const double expected =
            config.loss.softmax
                ? softmax_loss<float>({{context}, {centre}, {1.0F}, {}, {}}, e.input.view(), e.output.view())
                : minibatch_loss<float>(path_minibatch(data, {context}, id(centre)), e.input.view(),
                                        e.nodes.view());
        EXPECT_NEAR(-log_probability(model, id(centre), id(context)), expected, 1e-4) << loss;
      }
    }
  }
}

TEST(ModelProbability, DoesNotOverflow) {
  for (const std::string& loss : losses_with_probabilities()) {
    TrainedModel model = sample_model(loss, 40, 20);
    for (Matrix* matrix : {&model.embeddings.input, &model.embeddings.output, &model.embeddings.nodes})
      for (std::int64_t r = 0; r < matrix->rows(); ++r)
        for (std::int32_t d = 0; d < matrix->cols(); ++d) matrix->row(r)[d] *= 1e18F;
    double sum = 0;
    for (const double value : log_probabilities(model, id(3))) {
      EXPECT_TRUE(std::isfinite(value));
      EXPECT_LE(value, 0);
      sum += std::exp(value);
    }
    EXPECT_NEAR(sum, 1, 1e-12) << loss;
  }
}

TEST(ModelProbability, TheMostProbableComeFirst) {
  for (const std::string& loss : losses_with_probabilities()) {
    const TrainedModel model = sample_model(loss, 100, 8);
    const std::vector<double> all = log_probabilities(model, id(2));
    const std::vector<WordProbability> ranked = top_k(model, id(2), 1000);
    ASSERT_EQ(ranked.size(), all.size());
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      EXPECT_EQ(ranked[i].log_probability, all[static_cast<std::size_t>(row_of(ranked[i].word))]);
      EXPECT_GE(ranked[i > 0 ? i - 1 : 0].log_probability, ranked[i].log_probability);
    }
    const std::vector<WordProbability> first = top_k(model, id(2), 3);
    ASSERT_EQ(first.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(first[i].word, ranked[i].word);
    EXPECT_TRUE(top_k(model, id(2), 0).empty());
  }
  TrainedModel even = sample_model("softmax", 5, 2);
  even.embeddings.output = Matrix(5, 2);
  const std::vector<WordProbability> ties = top_k(even, id(0), 5);
  for (std::int64_t w = 0; w < 5; ++w) {
    EXPECT_EQ(ties[static_cast<std::size_t>(w)].word, id(w));
    EXPECT_NEAR(ties[static_cast<std::size_t>(w)].log_probability, -std::log(5.0), 1e-15);
  }
}

TEST(ModelProbability, OfAReloadedModelHasTheSameBits) {
  const TemporaryFolder folder;
  for (const std::string& loss : losses_with_probabilities()) {
    const TrainedModel model = sample_model(loss, 200, 33);
    save_model(model, folder.path("model"));
    const TrainedModel loaded = load_model(folder.path("model"));
    for (const std::int64_t context : {0, 199}) {
      const std::vector<double> before = log_probabilities(model, id(context));
      const std::vector<double> after = log_probabilities(loaded, id(context));
      ASSERT_EQ(before.size(), after.size());
      for (std::size_t w = 0; w < before.size(); ++w)
        EXPECT_EQ(std::bit_cast<std::uint64_t>(before[w]), std::bit_cast<std::uint64_t>(after[w]));
    }
  }
}

TEST(ModelProbability, OfSentencesIsTheSumOverTheirWindows) {
  for (const auto& [architecture, sum] :
       {std::pair{Architecture::skip_gram, false}, {Architecture::cbow, false}, {Architecture::cbow, true}}) {
    TrainedModel model = sample_model("hs", 60, 20);
    model.config.model = architecture;
    model.config.cbow_sum = sum;
    model.config.window = 2;
    const std::vector<WordId> ids{id(3), id(11), id(3), id(42), id(0), id(5), id(7)};
    const std::vector<std::int64_t> ends{5, 5, 6, 7};
    double expected = 0;
    for (std::int64_t i = 0; i < 5; ++i) {
      std::vector<WordId> window;
      for (std::int64_t j = std::max<std::int64_t>(0, i - 2); j <= std::min<std::int64_t>(4, i + 2); ++j)
        if (j != i) window.push_back(ids[static_cast<std::size_t>(j)]);
      const WordId word = ids[static_cast<std::size_t>(i)];
      if (architecture == Architecture::cbow)
        expected += log_probability(model, word, window);
      else
        for (const WordId context : window) expected += log_probability(model, word, context);
    }
    const auto scores = [&](const std::vector<std::int64_t>& of_ends) {
      return score_sentences(model.config, model.tree, model.embeddings, ids, of_ends);
    };
    EXPECT_THAT(scores(ends), testing::ElementsAre(testing::DoubleNear(expected, 1e-5), 0, 0, 0));
    EXPECT_THAT(thrown_message([&] { scores({5, 4}); }), testing::HasSubstr("expected to increase, up to 7"));
    EXPECT_THAT(thrown_message([&] { scores({8}); }), testing::HasSubstr("expected to increase, up to 7"));
    EXPECT_THAT(thrown_message([&] {
                  score_sentences(model.config, model.tree, model.embeddings, std::vector{id(60)}, {});
                }),
                testing::HasSubstr("no word with the id 60"));
    model.config.loss = parse_loss("ns");
    EXPECT_THAT(thrown_message([&] { scores(ends); }), testing::HasSubstr("hierarchical softmax only"));
  }
}

TEST(ModelProbability, NegativeSamplingAloneHasNone) {
  const TrainedModel model = sample_model("ns");
  EXPECT_FALSE(has_probabilities(model.config.loss));
  const std::string expected =
      "a model with --loss ns has no P(word | context): negative sampling learns scores that are not "
      "normalised; train with --loss hs, ns+hs or softmax";
  EXPECT_EQ(thrown_message([&] { log_probability(model, id(0), id(1)); }), expected);
  EXPECT_EQ(thrown_message([&] { log_probabilities(model, id(1)); }), expected);
  EXPECT_EQ(thrown_message([&] { top_k(model, id(1), 3); }), expected);
}

TEST(ModelProbability, PartsOfAModelMustFitAndWordsMustExist) {
  for (const std::string& loss : losses_with_probabilities()) {
    const TrainedModel model = sample_model(loss);
    for (const std::int64_t word : {std::int64_t{-1}, std::int64_t{5}, std::int64_t{INT32_MAX}}) {
      const std::string expected =
          "the model has no word with the id " + std::to_string(word) + ": it has 5 words";
      EXPECT_EQ(thrown_message([&] { log_probability(model, id(word), id(0)); }), expected);
      EXPECT_EQ(thrown_message([&] { log_probability(model, id(0), id(word)); }), expected);
      EXPECT_EQ(thrown_message([&] { log_probabilities(model, id(word)); }), expected);
      EXPECT_EQ(thrown_message([&] { top_k(model, id(word), 2); }), expected);
    }
    TrainedModel other = sample_model(loss);
    other.config.dim = 4;
    EXPECT_THAT(thrown_message([&] { top_k(other, id(0), 2); }),
                testing::HasSubstr("the input matrix has 5 x 3 values, expected 5 x 4"));
    other = sample_model(loss);
    other.vocabulary = Vocabulary({{"a", 2}, {"b", 1}}, 1, 0);
    EXPECT_NE(thrown_message([&] { log_probability(other, id(0), id(1)); }), "");
  }
  TrainedModel without_tree = sample_model("hs");
  without_tree.tree = HuffmanTree();
  EXPECT_EQ(thrown_message([&] { log_probability(without_tree, id(0), id(1)); }),
            "the Huffman tree has 0 words, the vocabulary 5");
  EXPECT_NE(thrown_message([] { top_k(TrainedModel(), id(0), 1); }), "");
}

}  // namespace
}  // namespace warp2vec
