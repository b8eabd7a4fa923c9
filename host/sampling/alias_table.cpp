#include <warp2vec/detail/samplers.h>
#include <warp2vec/error.h>

#include "host/sampling/alias_columns.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace warp2vec {
namespace {

// A share in [0, 1] of a column as the largest coin that belongs to it. No word's own share vanishes: the
// smallest is one coin in 2^32.
std::uint32_t threshold_of(double share) {
  const double coins = std::round(share * 0x1p32);
  return static_cast<std::uint32_t>(std::clamp(coins - 1, 0.0, 0x1p32 - 1));
}

// Kahan summation: the error of a plain sum over a million words would cost the last words of an alias table
// a millionth of their share.
double sum_of(const std::vector<double>& values) {
  double sum = 0;
  double excess = 0;
  for (const double value : values) {
    const double corrected = value - excess;
    const double next = sum + corrected;
    excess = (next - sum) - corrected;
    sum = next;
  }
  return sum;
}

}  // namespace

std::vector<double> sampling_distribution(std::span<const std::int64_t> counts, double exponent) {
  if (!std::isfinite(exponent))
    throw Error("the sampling exponent is " + std::to_string(exponent) + ": expected a finite number");
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] < 1)
      throw Error("the count of word " + std::to_string(i) + " is " + std::to_string(counts[i]) +
                  ": expected at least 1");
  std::vector<double> weights(counts.size());
  if (counts.empty()) return weights;

  // Relative to the most likely word, every weight is in [0, 1] and one is exactly 1: nothing overflows, and
  // the sum is at least 1.
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  const auto most_likely = static_cast<double>(exponent >= 0 ? *most : *least);
  for (std::size_t i = 0; i < counts.size(); ++i)
    weights[i] = std::pow(static_cast<double>(counts[i]) / most_likely, exponent);
  const double sum = sum_of(weights);
  for (double& weight : weights) weight /= sum;
  return weights;
}

void fill_alias_columns(std::span<double> need, std::span<AliasColumn> columns,
                        std::vector<std::int32_t>& stacks) {
  // One array for both stacks: outcomes that need less than a column grow up from its begin, those that need
  // at least one grow down from its end.
  stacks.resize(need.size());
  std::size_t small = 0;
  std::size_t large = stacks.size();
  for (std::size_t i = 0; i < need.size(); ++i)
    stacks[need[i] < 1 ? small++ : --large] = static_cast<std::int32_t>(i);

  for (std::size_t i = 0; i < columns.size(); ++i)
    columns[i] = {threshold_of(1), static_cast<WordId>(static_cast<std::int32_t>(i))};
  while (small > 0 && large < stacks.size()) {
    const auto poor = static_cast<std::size_t>(stacks[--small]);
    const std::int32_t rich = stacks[large];
    double& left = need[static_cast<std::size_t>(rich)];
    columns[poor] = {threshold_of(need[poor]), static_cast<WordId>(rich)};
    left -= 1 - need[poor];
    if (left < 1) {
      ++large;
      stacks[small++] = rich;
    }
  }
  // Outcomes left on a stack need a whole column, up to rounding, which they have already.
}

AliasTable::AliasTable(std::span<const std::int64_t> counts, double exponent) {
  if (counts.size() < 2)
    throw Error("negative sampling needs at least two words, the vocabulary has " +
                std::to_string(counts.size()));
  const auto words = static_cast<std::int64_t>(counts.size());
  if (words > kMaxVocabulary)
    throw Error("negative sampling from " + std::to_string(words) + " words: expected at most " +
                std::to_string(kMaxVocabulary));

  // The share that each word still needs, in columns; 1 on average.
  std::vector<double> need = sampling_distribution(counts, exponent);
  for (double& n : need) n *= static_cast<double>(words);

  columns_.resize(counts.size());
  std::vector<std::int32_t> stacks;
  fill_alias_columns(need, columns_, stacks);
}

}  // namespace warp2vec
