#pragma once
/// What the trainers of the CPU backend know of the matrices whose rows they update.

#include "host/distributed/changed_rows.h"
#include "host/training/hot_rows.h"

#include <optional>

namespace warp2vec {

/// How the updates of a matrix's rows are damped, and which rows have changed, if somebody wants to know.
class TrainedMatrix {
 public:
  /// Nothing is damped, and nobody wants to know.
  TrainedMatrix() = default;
  TrainedMatrix(const HotRows& hot, std::optional<ChangedRows>& changed) : hot_(&hot), changed_(&changed) {}

  HotView hot() const { return hot_ != nullptr ? hot_->view() : HotView{}; }
  /// Null if nobody does.
  ChangedRows* changed() const { return changed_ != nullptr && *changed_ ? &**changed_ : nullptr; }

 private:
  const HotRows* hot_ = nullptr;
  std::optional<ChangedRows>* changed_ = nullptr;
};

struct TrainedMatrices {
  TrainedMatrix input;   ///< under negative sampling
  TrainedMatrix output;  ///< the same
  TrainedMatrix input_under_tree;
  TrainedMatrix nodes;

  /// Both must outlive this.
  TrainedMatrices(const HotMatrices& hot, ChangedParameters& changed)
      : input(hot.input, changed.input),
        output(hot.output, changed.output),
        input_under_tree(hot.input_under_tree, changed.input),
        nodes(hot.nodes, changed.nodes) {}
};

}  // namespace warp2vec
