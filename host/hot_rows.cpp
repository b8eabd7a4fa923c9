#include "hot_rows.h"

#include <algorithm>

namespace warp2vec {
namespace {

// Each word's share of the kept tokens.
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

// The share of all centres whose path passes each inner node.
std::vector<double> node_shares(const TrainingData& data, const std::vector<double>& word_shares) {
  std::vector<double> shares(static_cast<std::size_t>(data.tree.inner_nodes()));
  const HuffmanView tree = data.tree.view();
  for (std::int64_t w = 0; w < tree.words; ++w) {
    const auto word = static_cast<WordId>(w);
    for (int depth = 0; depth < tree.length(word); ++depth)
      shares[static_cast<std::size_t>(tree.step(word, depth).node)] +=
          word_shares[static_cast<std::size_t>(w)];
  }
  return shares;
}

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

}  // namespace

std::int64_t nodes_with_share(const TrainingData& data, double share) {
  const std::vector<double> shares = node_shares(data, kept_shares(data));
  const auto last = std::find_if(shares.rbegin(), shares.rend(), [&](double s) { return s >= share; });
  return shares.rend() - last;
}

HotRows::HotRows(std::vector<double> pairs_in_flight, double highest_lr) {
  const auto lr = static_cast<float>(highest_lr);
  auto size = static_cast<std::int64_t>(pairs_in_flight.size());
  while (size > 0 &&
         damping(lr, static_cast<float>(pairs_in_flight[static_cast<std::size_t>(size - 1)])) == 1.0F)
    --size;
  load_.assign(pairs_in_flight.begin(), pairs_in_flight.begin() + size);
}

HotMatrices::HotMatrices(const TrainingData& data, std::int64_t negative_sampling_centres,
                         std::int64_t tree_centres) {
  const Config& config = data.config;
  const std::vector<double> shares = kept_shares(data);
  if (config.loss.negative_sampling) {
    const double pairs = static_cast<double>(negative_sampling_centres) * config.pairs_per_centre();
    input = HotRows(scaled(shares, pairs * (1.0 + config.negative)), config.lr);
    std::vector<double> drawn = sampling_distribution(data.vocabulary.counts(), config.ns_exponent);
    for (std::size_t w = 0; w < drawn.size(); ++w)
      drawn[w] = pairs * (shares[w] + config.negative * drawn[w]);
    output = HotRows(std::move(drawn), config.lr);
  }
  if (config.loss.hierarchical_softmax) {
    const double pairs = static_cast<double>(tree_centres) * config.pairs_per_centre();
    input_under_tree = HotRows(scaled(shares, pairs * data.tree.mean_code_length()), config.lr);
    nodes = HotRows(scaled(node_shares(data, shares), pairs), config.lr);
  }
}

}  // namespace warp2vec
