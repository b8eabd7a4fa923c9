#pragma once
/// How much the steps of rows are damped. Exported for the library of kernels, not for users.

#include <warp2vec/detail/step.h>
#include <warp2vec/export.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Which share of all centres, in [0, 1], meets what. Linear in the vocabulary.
struct WARP2VEC_EXPORT CentreShares {
  std::vector<double> words;  ///< the centres that are the word: its share of the kept tokens
  std::vector<double> nodes;  ///< those whose path passes the inner node; empty without hierarchical softmax

  explicit CentreShares(const TrainingData& data);

  /// Number of leading inner nodes, up to the last one that at least this share of all centres passes.
  std::int64_t leading_nodes(double share) const;
  /// Mean number of nodes on a centre's path, without the first `top` >= 0 of the tree.
  double path_nodes_outside_top(std::int64_t top) const;
};

/// The damping of one matrix's rows; see step.h. Rows are ordered by falling frequency, so that of the pairs
/// trained elsewhere only a prefix is stored: up to the last row for which they matter.
class HotRows {
 public:
  HotRows() = default;
  /// `load_per_pair`: kappa times the gradients that a pair gives a row. `pairs_elsewhere`: for each row the
  /// expected number of pairs that are trained elsewhere at the same time.
  HotRows(double load_per_pair, std::vector<double> pairs_elsewhere, double highest_lr);

  HotView view() const {
    return {load_per_pair_, elsewhere_.data(), static_cast<std::int64_t>(elsewhere_.size())};
  }
  /// See HotView.
  float factor(std::int64_t row, float pairs, float lr) const { return view().factor(row, pairs, lr); }

 private:
  float load_per_pair_ = 0;
  std::vector<float> elsewhere_;
};

/// How many centres are trained from values that other centres, trained at the same time, do not see yet.
struct CentresInFlight {
  std::int64_t negatives = 0;  ///< by negative sampling
  std::int64_t paths = 0;      ///< by hierarchical softmax ...
  std::int64_t top_nodes = 0;  ///< ... but the top nodes of the tree, this many, ...
  std::int64_t top_paths = 0;  ///< ... for so many centres
};

/// The hot rows of all three matrices.
struct WARP2VEC_EXPORT HotMatrices {
  HotRows input;   ///< under negative sampling
  HotRows output;  ///< under negative sampling
  HotRows input_under_tree;
  HotRows nodes;

  HotMatrices() = default;
  /// `elsewhere`: the centres in flight without those of the step itself, whose pairs it counts.
  HotMatrices(const TrainingData& data, const CentresInFlight& elsewhere)
      : HotMatrices(data, CentreShares(data), elsewhere) {}
  /// The same with the shares of `data` at hand.
  HotMatrices(const TrainingData& data, const CentreShares& shares, const CentresInFlight& elsewhere);
};

}  // namespace warp2vec
