#include <warp2vec/detail/numerics.h>
#include <warp2vec/error.h>
#include <warp2vec/model.h>

#include "host/io/parallel.h"
#include "host/training/checks.h"
#include "host/training/matrix_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace warp2vec {
namespace {

using Vector = std::span<const float>;

// x . y for every row y.
std::vector<double> scores(const Matrix& targets, Vector x) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(targets.rows()));
  for (std::int64_t r = 0; r < targets.rows(); ++r) values.push_back(dot(x, row_values(targets, r)));
  return values;
}

// `score_of_node` returns x . node.
template <class ScoreOfNode>
double log_probability_of_path(const HuffmanView& tree, WordId word, const ScoreOfNode& score_of_node) {
  double sum = 0;
  for (int depth = 0; depth < tree.length(word); ++depth) {
    const PathStep step = tree.step(word, depth);
    const double node_score = score_of_node(step.node);
    sum -= softplus(step.right ? node_score : -node_score);  // log sigmoid(t) = -softplus(-t)
  }
  return sum;
}

std::vector<double> path_log_probabilities(const HuffmanView& tree, const Matrix& nodes, Vector x) {
  const std::vector<double> node_scores = scores(nodes, x);
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(tree.words));
  for (std::int64_t w = 0; w < tree.words; ++w)
    values.push_back(log_probability_of_path(tree, static_cast<WordId>(w), [&](std::int64_t node) {
      return node_scores[static_cast<std::size_t>(node)];
    }));
  return values;
}

std::vector<double> softmax_log_probabilities(const Matrix& output, Vector x) {
  std::vector<double> values = scores(output, x);
  const double highest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += std::exp(value - highest);
  const double log_sum = highest + std::log(sum);
  for (double& value : values) value -= log_sum;
  return values;
}

void require_probabilities(const Loss& loss) {
  if (!has_probabilities(loss))
    throw Error("a model with --loss " + to_string(loss) +
                " has no P(word | context): negative sampling learns scores that are not normalised; train "
                "with --loss hs, ns+hs or softmax");
}

void require_words(std::span<const WordId> ids, std::int64_t words) {
  for (const WordId id : ids)
    if (row_of(id) < 0 || row_of(id) >= words)
      throw Error("the model has no word with the id " + std::to_string(row_of(id)) + ": it has " +
                  std::to_string(words) + " words");
}

// Everything that is read of a model: its fields are public.
void require_fitting(const TrainedModel& model) {
  require_shapes(model.embeddings, model.config, model.vocabulary.size());
}
void require_fitting(const Config& config, const HuffmanTree& tree, const Embeddings& embeddings,
                     std::span<const WordId> ids) {
  const std::int64_t words = embeddings.input.rows();
  require_shapes(embeddings, config, words);
  require_tree(tree, config, words);
  require_words(ids, words);
}

// What predicts a word: the context's row, or under CBOW the hidden vector of all contexts.
std::vector<float> predictor(const Config& config, const Embeddings& embeddings,
                             std::span<const WordId> contexts) {
  if (contexts.empty()) throw Error("there is no P(word | context) without a context word");
  if (contexts.size() > 1 && config.model != Architecture::cbow)
    throw Error("a skip-gram model predicts words from one context word, not from " +
                std::to_string(contexts.size()) + "; train with --model cbow for several");
  std::vector<double> sum(static_cast<std::size_t>(config.dim));
  for (const WordId context : contexts) {
    const Vector row = row_values(embeddings.input, row_of(context));
    for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += static_cast<double>(row[d]);
  }
  const double divisor = config.cbow_sum ? 1 : static_cast<double>(contexts.size());
  std::vector<float> x;
  x.reserve(sum.size());
  for (const double value : sum) x.push_back(static_cast<float>(value / divisor));
  return x;
}

double score_sentence(const Config& config, const HuffmanView& tree, const Embeddings& embeddings,
                      std::span<const WordId> sentence) {
  const auto log_probability = [&](WordId word, Vector x) {
    return log_probability_of_path(
        tree, word, [&](std::int64_t node) { return dot(x, row_values(embeddings.nodes, node)); });
  };
  double sum = 0;
  std::vector<float> x(static_cast<std::size_t>(config.dim));
  const auto size = static_cast<std::int64_t>(sentence.size());
  for (std::int64_t i = 0; i < size; ++i) {
    const WordId word = sentence[static_cast<std::size_t>(i)];
    const std::int64_t begin = std::max<std::int64_t>(0, i - config.window);
    const std::int64_t end = std::min<std::int64_t>(size, i + config.window + 1);
    if (end - begin < 2) continue;
    std::fill(x.begin(), x.end(), 0.0F);
    for (std::int64_t j = begin; j < end; ++j) {
      if (j == i) continue;
      const Vector context = row_values(embeddings.input, row_of(sentence[static_cast<std::size_t>(j)]));
      if (config.model == Architecture::skip_gram)
        sum += log_probability(word, context);
      else
        std::transform(x.begin(), x.end(), context.begin(), x.begin(), std::plus<>());
    }
    if (config.model == Architecture::skip_gram) continue;
    if (!config.cbow_sum)
      for (float& value : x) value /= static_cast<float>(end - begin - 1);
    sum += log_probability(word, x);
  }
  return sum;
}

}  // namespace

bool has_probabilities(const Loss& loss) { return loss.hierarchical_softmax || loss.softmax; }

double log_probability(const Config& config, const HuffmanTree& tree, const Embeddings& embeddings,
                       WordId word, std::span<const WordId> contexts) {
  require_probabilities(config.loss);
  require_fitting(config, tree, embeddings, {&word, 1});
  if (!config.loss.hierarchical_softmax)
    return log_probabilities(config, tree, embeddings, contexts)[static_cast<std::size_t>(row_of(word))];
  require_words(contexts, embeddings.input.rows());
  const std::vector<float> x = predictor(config, embeddings, contexts);
  return log_probability_of_path(tree.view(), word, [&embeddings, &x](std::int64_t node) {
    return dot(x, row_values(embeddings.nodes, node));
  });
}

double log_probability(const TrainedModel& model, WordId word, std::span<const WordId> contexts) {
  require_fitting(model);
  return log_probability(model.config, model.tree, model.embeddings, word, contexts);
}

double log_probability(const TrainedModel& model, WordId word, WordId context) {
  return log_probability(model, word, {&context, 1});
}

std::vector<double> log_probabilities(const Config& config, const HuffmanTree& tree,
                                      const Embeddings& embeddings, std::span<const WordId> contexts) {
  require_probabilities(config.loss);
  require_fitting(config, tree, embeddings, contexts);
  const std::vector<float> x = predictor(config, embeddings, contexts);
  return config.loss.softmax ? softmax_log_probabilities(embeddings.output, x)
                             : path_log_probabilities(tree.view(), embeddings.nodes, x);
}

std::vector<double> log_probabilities(const TrainedModel& model, std::span<const WordId> contexts) {
  require_fitting(model);
  return log_probabilities(model.config, model.tree, model.embeddings, contexts);
}

std::vector<double> log_probabilities(const TrainedModel& model, WordId context) {
  return log_probabilities(model, {&context, 1});
}

std::vector<WordProbability> top_k(const TrainedModel& model, std::span<const WordId> contexts,
                                   std::int64_t top) {
  const std::vector<double> values = log_probabilities(model, contexts);
  std::vector<WordProbability> words;
  words.reserve(values.size());
  for (std::size_t w = 0; w < values.size(); ++w)
    words.push_back({static_cast<WordId>(static_cast<std::int32_t>(w)), values[w]});
  const auto wanted = std::clamp<std::int64_t>(top, 0, static_cast<std::int64_t>(words.size()));
  std::partial_sort(words.begin(), words.begin() + wanted, words.end(),
                    [](const WordProbability& a, const WordProbability& b) {
                      return a.log_probability != b.log_probability ? a.log_probability > b.log_probability
                                                                    : a.word < b.word;
                    });
  words.resize(static_cast<std::size_t>(wanted));
  return words;
}

std::vector<WordProbability> top_k(const TrainedModel& model, WordId context, std::int64_t top) {
  return top_k(model, {&context, 1}, top);
}

std::vector<double> score_sentences(const Config& config, const HuffmanTree& tree,
                                    const Embeddings& embeddings, std::span<const WordId> ids,
                                    std::span<const std::int64_t> ends) {
  if (!config.loss.hierarchical_softmax)
    throw Error("sentences are scored by models with hierarchical softmax only, not with --loss " +
                to_string(config.loss));
  const std::int64_t words = tree.view().words;
  require_shapes(embeddings, config, words);
  require_words(ids, words);
  if (!std::is_sorted(ends.begin(), ends.end()) ||
      (!ends.empty() && (ends.front() < 0 || ends.back() > std::ssize(ids))))
    throw Error("the ends of sentences: expected to increase, up to " + std::to_string(ids.size()));
  std::vector<double> scores(ends.size());
  parallel_for(std::ssize(ends), thread_count(config), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t begin = i == 0 ? 0 : ends[at - 1];
    scores[at] = score_sentence(
        config, tree.view(), embeddings,
        ids.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(ends[at] - begin)));
  });
  return scores;
}

}  // namespace warp2vec
