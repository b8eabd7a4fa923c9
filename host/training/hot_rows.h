#pragma once
/// How much the updates of rows are damped. Exported for the CUDA library, not for users.

#include <warp2vec/detail/update_rule.h>
#include <warp2vec/export.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <vector>

namespace warp2vec {

/// The fraction of all centres, in [0, 1], that belongs to each word and each node. Linear in the vocabulary.
struct WARP2VEC_EXPORT CentreShares {
  std::vector<double> words;  ///< centres that are the word: its fraction of the kept tokens
  std::vector<double>
      nodes;  ///< centres with the inner node on their path; empty without hierarchical softmax

  explicit CentreShares(const TrainingData& data);

  /// Number of leading inner nodes, up to the last one on the paths of at least this fraction of all centres.
  std::int64_t leading_nodes(double share) const;
  /// Mean number of nodes on a centre's path, excluding the first `top` >= 0 nodes of the tree.
  double path_nodes_outside_top(std::int64_t top) const;
};

/// The damping of one matrix's rows; see update_rule.h. Rows are ordered by decreasing frequency, so that
/// only a prefix of the pairs trained elsewhere is stored, up to the last row for which they matter.
class HotRows {
 public:
  HotRows() = default;
  /// `load_per_pair`: kappa times the number of gradients that a pair gives a row. `pairs_elsewhere`: for
  /// each row, the expected number of its pairs that are trained elsewhere at the same time.
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

/// How many centres are in flight: trained at the same time, without each other's updates.
struct CentresInFlight {
  std::int64_t negatives = 0;  ///< by negative sampling
  std::int64_t paths = 0;      ///< by hierarchical softmax ...
  std::int64_t top_nodes = 0;  ///< ... except for the top nodes of the tree, whose number this is ...
  std::int64_t top_paths = 0;  ///< ... and for which this number of centres is in flight
};

/// The hot rows of all three matrices.
struct WARP2VEC_EXPORT HotMatrices {
  HotRows input;   ///< under negative sampling
  HotRows output;  ///< under negative sampling
  HotRows input_under_tree;
  HotRows nodes;

  HotMatrices() = default;
  /// `elsewhere`: the centres in flight excluding the minibatch itself, which counts its own pairs.
  HotMatrices(const TrainingData& data, const CentresInFlight& elsewhere)
      : HotMatrices(data, CentreShares(data), elsewhere) {}
  /// The same with given shares of `data`.
  HotMatrices(const TrainingData& data, const CentreShares& shares, const CentresInFlight& elsewhere);
};

}  // namespace warp2vec
