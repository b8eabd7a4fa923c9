#pragma once
/// A run's Model on the host, for kernel bodies in plain loops.

#include <warp2vec/detail/bf16.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/training/hot_rows.h"
#include "kernels/backend/in_flight.h"
#include "kernels/backend/model_of.h"
#include "kernels/training/model.h"
#include "kernels/training/ns_tile.h"
#include "kernels/training/totals.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <vector>

namespace warp2vec {

/// Owns the memory behind its model's views, except the embeddings and what `data` owns.
class HostModel {
 public:
  /// `tile_centres`: see model_of().
  HostModel(const TrainingData& data, const CentresInFlight& centres, std::int32_t tile_centres = 0)
      : model_(model_of(data, tile_centres)), hot_(data, centres_elsewhere(model_, centres)) {
    model_.negatives = data.negatives.view();
    if (model_.hierarchical_softmax) model_.tree = data.tree.view();
    model_.hot_input = hot_.input.view();
    model_.hot_output = hot_.output.view();
    model_.hot_input_under_tree = hot_.input_under_tree.view();
    model_.hot_nodes = hot_.nodes.view();
  }

  const Model& get() const { return model_; }
  void show(Embeddings& embeddings) {
    model_.input = embeddings.input.view();
    model_.output = embeddings.output.view();
    model_.nodes = embeddings.nodes.view();
  }

 private:
  Model model_;
  HotMatrices hot_;
};

/// The matrices of negative sampling as Value: the embeddings themselves, or copies rounded to Bf16.
template <class Value>
class HostTables {
 public:
  void take(Embeddings& embeddings) {
    tables_ = {table(embeddings.input, input_), table(embeddings.output, output_)};
  }
  void put_back(Embeddings& embeddings) const {
    std::transform(input_.begin(), input_.end(), embeddings.input.row(0), to_float);
    std::transform(output_.begin(), output_.end(), embeddings.output.row(0), to_float);
  }
  const Tables<Value>& get() const { return tables_; }

 private:
  static MatrixView<Value> table(Matrix& matrix, std::vector<Bf16>& rounded) {
    if constexpr (std::is_same_v<Value, float>) {
      return matrix.view();
    } else {
      rounded.resize(static_cast<std::size_t>(matrix.rows() * matrix.stride()));
      std::transform(matrix.row(0), matrix.row(matrix.rows()), rounded.begin(), nearest_bf16);
      return {rounded.data(), matrix.rows(), matrix.cols(), matrix.stride()};
    }
  }

  std::vector<Bf16> input_;  // empty for float
  std::vector<Bf16> output_;
  Tables<Value> tables_{};
};

/// Totals of `warps` warps on the host.
class HostTotals {
 public:
  explicit HostTotals(std::int64_t warps)
      : loss_(static_cast<std::size_t>(warps)), loss_pairs_(loss_.size()), pairs_(loss_.size()) {}

  Totals view() { return {loss_.data(), loss_pairs_.data(), pairs_.data()}; }

  /// Sums and clears.
  Trained take() {
    const double loss = std::accumulate(loss_.begin(), loss_.end(), 0.0);
    const auto loss_pairs = std::accumulate(loss_pairs_.begin(), loss_pairs_.end(), std::int64_t{0});
    const auto pairs = std::accumulate(pairs_.begin(), pairs_.end(), std::int64_t{0});
    *this = HostTotals(static_cast<std::int64_t>(loss_.size()));
    return {loss_of_all(loss, loss_pairs, pairs), pairs};
  }

 private:
  std::vector<double> loss_;
  std::vector<std::int64_t> loss_pairs_;
  std::vector<std::int64_t> pairs_;
};

}  // namespace warp2vec
