#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "host/training/matrix_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <unordered_set>
#include <utility>

namespace warp2vec {
namespace {

double clamped(double cosine) { return std::clamp(cosine, -1.0, 1.0); }

}  // namespace

KeyedVectors::KeyedVectors(WordVectors vectors) : vectors_(std::move(vectors)) {
  rows_.reserve(vectors_.words.size());
  for (std::int64_t r = 0; r < size(); ++r) {
    rows_.emplace(word(r), r);
    const double length = std::sqrt(dot(unit(r), unit(r)));
    if (length == 0) continue;
    float* row = vectors_.vectors.row(r);
    for (std::int32_t d = 0; d < dim(); ++d) row[d] = static_cast<float>(row[d] / length);
  }
}

std::optional<std::int64_t> KeyedVectors::find(std::string_view word) const {
  const auto found = rows_.find(word);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

std::span<const float> KeyedVectors::unit(std::int64_t row) const {
  return row_values(vectors_.vectors, row);
}

double KeyedVectors::similarity(std::int64_t a, std::int64_t b) const {
  // Unit rows have length 1 only up to rounding; dividing by it makes the similarity of a word with itself
  // exactly 1, so that such pairs tie in a ranking.
  const double lengths = std::sqrt(dot(unit(a), unit(a)) * dot(unit(b), unit(b)));
  return lengths == 0 ? 0 : clamped(dot(unit(a), unit(b)) / lengths);
}

std::vector<Neighbor> KeyedVectors::most_similar(const std::vector<std::string>& positive,
                                                 const std::vector<std::string>& negative,
                                                 std::int64_t top) const {
  if (positive.empty() && negative.empty()) throw Error("neighbours need at least one word");
  std::vector<double> sum(static_cast<std::size_t>(dim()));
  std::unordered_set<std::int64_t> inputs;
  const auto add = [&](const std::string& input, double weight) {
    const std::optional<std::int64_t> row = find(input);
    if (!row) throw Error("the word '" + input + "' is not in the vectors");
    inputs.insert(*row);
    const std::span<const float> values = unit(*row);
    for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += weight * double{values[d]};
  };
  for (const std::string& input : positive) add(input, 1);
  for (const std::string& input : negative) add(input, -1);

  double squares = 0;
  for (const double value : sum) squares += value * value;
  const double length = squares > 0 ? std::sqrt(squares) : 1;
  std::vector<float> query(sum.size());
  for (std::size_t d = 0; d < sum.size(); ++d) query[d] = static_cast<float>(sum[d] / length);

  struct Candidate {
    double similarity;
    std::int64_t row;
  };
  std::vector<Candidate> candidates;
  candidates.reserve(static_cast<std::size_t>(size()));
  for (std::int64_t r = 0; r < size(); ++r)
    if (!inputs.contains(r)) candidates.push_back({clamped(dot(unit(r), query)), r});
  const std::int64_t wanted = std::clamp<std::int64_t>(top, 0, static_cast<std::int64_t>(candidates.size()));
  std::partial_sort(candidates.begin(), candidates.begin() + wanted, candidates.end(),
                    [](const Candidate& a, const Candidate& b) {
                      return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
                    });
  std::vector<Neighbor> neighbors;
  neighbors.reserve(static_cast<std::size_t>(wanted));
  for (std::int64_t i = 0; i < wanted; ++i) {
    const Candidate& candidate = candidates[static_cast<std::size_t>(i)];
    neighbors.push_back({word(candidate.row), candidate.similarity});
  }
  return neighbors;
}

}  // namespace warp2vec
