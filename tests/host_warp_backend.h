#pragma once
/// The kernel bodies as a backend, run by HostBlock: what emulated and real device code is compared with.

#include <warp2vec/trainer.h>

#include "host_block.h"
#include "hot_rows.h"
#include "model_of.h"
#include "train_batch.h"
#include "training_outcome.h"

#include <memory>
#include <numeric>
#include <utility>
#include <vector>

namespace warp2vec {

/// Negative sampling and hierarchical softmax on `blocks` blocks of `warps` warps, one after the other. One
/// block of one warp trains in the reference's order.
class HostWarpBackend final : public Backend {
 public:
  HostWarpBackend(const TrainingData& data, int blocks, int warps)
      : data_(data),
        blocks_(blocks),
        warps_(warps),
        model_(model_of(data)),
        hot_(data, std::int64_t{blocks} * (model_.tiles() ? model_.tile_centres : warps),
             std::int64_t{blocks} * warps),
        scratch_(static_cast<std::size_t>(scratch_bytes(model_, warps))),
        loss_(static_cast<std::size_t>(blocks * warps)),
        pairs_(loss_.size()) {
    model_.negatives = data.negatives.view();
    if (model_.hierarchical_softmax) model_.tree = data.tree.view();
    model_.hot_input = hot_.input.view();
    model_.hot_output = hot_.output.view();
    model_.hot_input_under_tree = hot_.input_under_tree.view();
    model_.hot_nodes = hot_.nodes.view();
  }

  std::int64_t batch_size() const override { return std::int64_t{16384} * model_.tile_centres; }

  void upload(Embeddings& embeddings) override {
    model_.input = embeddings.input.view();
    model_.output = embeddings.output.view();
    model_.nodes = embeddings.nodes.view();
  }

  void train(const Batch& batch) override {
    KeptSpan span;
    batch.epoch->read(batch.first - model_.window, batch.last + model_.window, span);
    const CentreRange<Philox> centres{span.view(), batch.first - span.first, batch.last - span.first,
                                      batch.epoch->draws()};
    const Totals totals{loss_.data(), pairs_.data()};
    for (int b = 0; b < blocks_; ++b) {
      HostBlock block(b, blocks_, warps_);
      if (model_.input.stride % kLanes == 0)
        train_batch<true>(block, model_, centres, totals, scratch_.data());
      else
        train_batch<false>(block, model_, centres, totals, scratch_.data());
    }
  }

  Trained drain() override {
    const Trained trained{std::accumulate(loss_.begin(), loss_.end(), 0.0),
                          std::accumulate(pairs_.begin(), pairs_.end(), std::int64_t{0})};
    loss_.assign(loss_.size(), 0);
    pairs_.assign(pairs_.size(), 0);
    return trained;
  }

  void checkpoint(Embeddings&) override {}
  void download(Embeddings&) override {}

 private:
  const TrainingData& data_;
  int blocks_;
  int warps_;
  Model model_;
  HotMatrices hot_;
  std::vector<unsigned char> scratch_;
  std::vector<double> loss_;
  std::vector<std::int64_t> pairs_;
};

inline MakeBackend host_warps(int blocks, int warps) {
  return [=](const TrainingData& data) { return std::make_unique<HostWarpBackend>(data, blocks, warps); };
}

}  // namespace warp2vec
