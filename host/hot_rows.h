#pragma once
/// Which rows are so frequent that their steps are damped, and by how much.

#include <warp2vec/step.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Which share of all centres, in [0, 1], meets what. Linear in the vocabulary.
struct CentreShares {
  std::vector<double> words;  ///< the centres that are the word: its share of the kept tokens
  std::vector<double> nodes;  ///< those whose path passes the inner node; empty without hierarchical softmax

  explicit CentreShares(const TrainingData& data);

  /// Number of leading inner nodes, up to the last one that at least this share of all centres passes.
  std::int64_t leading_nodes(double share) const;
  /// Mean number of nodes on a centre's path, without the first `top` >= 0 of the tree.
  double path_nodes_outside_top(std::int64_t top) const;
};

/// Damping factors of one matrix's rows; see damping() in step.h. Rows are ordered by falling frequency, so
/// only a prefix is stored: the rows up to the last one that is damped at the highest learning rate (mostly
/// none at all).
class HotRows {
 public:
  HotRows() = default;
  /// `pairs_in_flight`: for each row the expected number of pair-gradients computed from the same values.
  HotRows(std::vector<double> pairs_in_flight, double highest_lr);

  HotView view() const { return {load_.data(), static_cast<std::int64_t>(load_.size())}; }
  float factor(std::int64_t row, float lr) const { return view().factor(row, lr); }

 private:
  std::vector<float> load_;
};

/// How many centres are trained from the same values.
struct CentresInFlight {
  std::int64_t negatives = 1;    ///< by negative sampling
  std::int64_t paths = 1;        ///< by hierarchical softmax ...
  std::int64_t first_nodes = 0;  ///< ... but the first nodes of the tree, this many, ...
  std::int64_t first_paths = 1;  ///< ... for so many centres
};

/// The hot rows of all three matrices.
struct HotMatrices {
  HotRows input;   ///< under negative sampling
  HotRows output;  ///< under negative sampling
  HotRows input_under_tree;
  HotRows nodes;

  HotMatrices() = default;
  HotMatrices(const TrainingData& data, const CentresInFlight& centres)
      : HotMatrices(data, CentreShares(data), centres) {}
  /// The same with the shares of `data` at hand.
  HotMatrices(const TrainingData& data, const CentreShares& shares, const CentresInFlight& centres);
};

}  // namespace warp2vec
