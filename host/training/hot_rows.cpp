#include "host/training/hot_rows.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace warp2vec {
namespace {

// Each word's fraction of the kept tokens.
std::vector<double> kept_shares(const TrainingData& data) {
  const std::int64_t words = data.vocabulary.size();
  std::vector<double> shares(static_cast<std::size_t>(words));
  double sum = 0;
  for (std::int64_t w = 0; w < words; ++w) {
    const std::int64_t count = data.vocabulary.count(static_cast<WordId>(w));
    const double kept =
        static_cast<double>(count) * keep_probability(count, data.vocabulary.total(), data.config.sample);
    shares[static_cast<std::size_t>(w)] = kept;
    sum += kept;
  }
  for (double& share : shares) share /= sum;
  return shares;
}

// An inner node is on the paths of its two children's centres. On each level leaves come before inner nodes,
// and the children of adjacent nodes are adjacent, so everything is read sequentially, from the lowest level
// up.
std::vector<double> node_shares(const HuffmanTree& tree, const std::vector<double>& word_shares) {
  std::vector<double> shares(static_cast<std::size_t>(tree.inner_nodes()));
  const HuffmanView view = tree.view();
  auto end_word = word_shares.end();
  auto first_node = shares.end();  // of the level
  auto end_node = shares.end();
  for (int level = view.longest(); level > 0; --level) {
    const auto first_word = word_shares.begin() + view.levels[level].first_leaf;
    const std::int64_t leaves = end_word - first_word;
    const std::int64_t places = leaves + (end_node - first_node);
    const auto parents = first_node - places / 2;
    for (std::int64_t place = 0; place < places; ++place)
      parents[place / 2] += place < leaves ? first_word[place] : first_node[place - leaves];
    end_word = first_word;
    end_node = std::exchange(first_node, parents);
  }
  return shares;
}

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

}  // namespace

CentreShares::CentreShares(const TrainingData& data) : words(kept_shares(data)) {
  if (data.config.loss.hierarchical_softmax) nodes = node_shares(data.tree, words);
}

std::int64_t CentreShares::leading_nodes(double share) const {
  const auto last = std::find_if(nodes.rbegin(), nodes.rend(), [&](double s) { return s >= share; });
  return nodes.rend() - last;
}

double CentreShares::path_nodes_outside_top(std::int64_t top) const {
  return std::accumulate(nodes.begin() + std::min(top, std::ssize(nodes)), nodes.end(), 0.0);
}

HotRows::HotRows(double load_per_pair, std::vector<double> pairs_elsewhere, double highest_lr)
    : load_per_pair_(static_cast<float>(load_per_pair)) {
  // A sixteenth of the load at which damping starts is less than the variation of a row's own pairs.
  constexpr double kMinLoad = 1.0 / 16;
  const double per_pair = std::min(1.0, load_per_pair * highest_lr);
  const auto last = std::find_if(pairs_elsewhere.rbegin(), pairs_elsewhere.rend(),
                                 [&](double pairs) { return per_pair * pairs > kMinLoad; });
  elsewhere_.assign(pairs_elsewhere.begin(), last.base());
}

HotMatrices::HotMatrices(const TrainingData& data, const CentreShares& shares,
                         const CentresInFlight& elsewhere) {
  const Config& config = data.config;
  // The expected pairs of a row in `centres` centres: those of its word as a context, and as a target.
  const auto as_contexts = [&](std::int64_t centres) {
    return scaled(shares.words, static_cast<double>(centres) * config.pairs_per_context());
  };
  const auto predictions = [&](std::int64_t centres) {
    return static_cast<double>(centres) * config.predictions_per_centre();
  };
  if (config.loss.negative_sampling) {
    const double pairs = predictions(elsewhere.negatives);
    input = HotRows(kNegativeKappa * (1.0 + config.negative), as_contexts(elsewhere.negatives), config.lr);
    std::vector<double> drawn = sampling_distribution(data.vocabulary.counts(), config.ns_exponent);
    for (std::size_t w = 0; w < drawn.size(); ++w)
      drawn[w] = pairs * (shares.words[w] + config.negative * drawn[w]);
    // Under Sharing::window all contexts of a centre interact with the same few rows, as with the nodes of a
    // path.
    output =
        HotRows(config.sharing == Sharing::window ? kPathKappa : kNegativeKappa, std::move(drawn), config.lr);
  }
  if (config.loss.hierarchical_softmax) {
    input_under_tree =
        HotRows(kPathKappa * data.tree.mean_code_length(), as_contexts(elsewhere.paths), config.lr);
    std::vector<double> passing = scaled(shares.nodes, predictions(elsewhere.paths));
    const auto top = std::min(static_cast<std::size_t>(elsewhere.top_nodes), passing.size());
    for (std::size_t n = 0; n < top; ++n) passing[n] = shares.nodes[n] * predictions(elsewhere.top_paths);
    nodes = HotRows(kPathKappa, std::move(passing), config.lr);
  }
}

}  // namespace warp2vec
