#pragma once
/// The kernel bodies as backends, run by HostBlock: the reference for emulated and real device code.

#include <warp2vec/detail/bf16.h>
#include <warp2vec/trainer.h>

#include "kernels/backend/in_flight.h"
#include "kernels/training/train_batch.h"
#include "kernels/training/train_dense_tiles.h"
#include "tests/plain_warp/host_block.h"
#include "tests/plain_warp/host_model.h"
#include "tests/support/training_outcome.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace warp2vec {

/// `blocks` blocks of `warps` warps, one after the other. `tile_centres`: see model_of().
class HostBackend : public Backend {
 public:
  HostBackend(const TrainingData& data, int blocks, int warps, std::int32_t top_nodes = 0,
              std::int32_t tile_centres = 0)
      : blocks_(blocks),
        warps_(warps),
        model_(data, centres_in_flight(model_of(data, tile_centres), blocks, warps, top_nodes), tile_centres),
        totals_(std::int64_t{blocks} * warps) {}

  std::int64_t batch_size() const override { return std::int64_t{16384} * model().sharing_centres; }
  void upload(Embeddings& embeddings) override { model_.show(embeddings); }

  void train(const Batch& batch) override {
    KeptSpan span;
    batch.epoch->read(batch.first - model().window, batch.last + model().window, span);
    const CentreRange<Philox> centres{span.view(), batch.first - span.first, batch.last - span.first,
                                      batch.epoch->draws()};
    for (int b = 0; b < blocks_; ++b) {
      HostBlock block(b, blocks_, warps_);
      train_block_of(block, centres, totals_.view());
    }
  }

  Trained drain() override { return totals_.take(); }
  void checkpoint(Embeddings&) override {}
  void download(Embeddings&) override {}

 protected:
  const Model& model() const { return model_.get(); }
  int warps() const { return warps_; }

 private:
  virtual void train_block_of(HostBlock& block, const CentreRange<Philox>& centres, const Totals& totals) = 0;

  int blocks_;
  int warps_;
  HostModel model_;
  HostTotals totals_;
};

/// Negative sampling and hierarchical softmax by the plain kernel. One block of one warp trains in the
/// reference's order.
class HostWarpBackend final : public HostBackend {
 public:
  HostWarpBackend(const TrainingData& data, int blocks, int warps)
      : HostBackend(data, blocks, warps), scratch_(static_cast<std::size_t>(scratch_bytes(model(), warps))) {}

 private:
  void train_block_of(HostBlock& block, const CentreRange<Philox>& centres, const Totals& totals) override {
    if (model().input.stride % kWarpSize == 0)
      train_batch<true>(block, model(), centres, totals, scratch_.data());
    else
      train_batch<false>(block, model(), centres, totals, scratch_.data());
  }

  std::vector<unsigned char> scratch_;
};

/// Tiles on tensor cores. `Value` = Bf16 keeps the matrices of negative sampling in that type.
template <class Value>
class HostTileBackend final : public HostBackend {
 public:
  HostTileBackend(const TrainingData& data, int blocks, int warps, const HsTileSizes& sizes,
                  std::int32_t tile_centres)
      : HostBackend(data, blocks, warps, sizes.top_nodes, tile_centres), sizes_(sizes) {
    with_trains(this->model(), [&]<Trains kTrains>() {
      memory_.resize(static_cast<std::size_t>(
          dense_tile_bytes<kTrains, Value, HostWarp, CentreRange<Philox>>(model(), sizes_, warps)));
    });
  }

  void upload(Embeddings& embeddings) override {
    HostBackend::upload(embeddings);
    tables_.take(embeddings);
  }
  void checkpoint(Embeddings& embeddings) override { download(embeddings); }
  void download(Embeddings& embeddings) override { tables_.put_back(embeddings); }

 private:
  void train_block_of(HostBlock& block, const CentreRange<Philox>& centres, const Totals& totals) override {
    // Previous content must not matter: NaN.
    std::fill(memory_.begin(), memory_.end(), static_cast<unsigned char>(0xFF));
    with_trains(this->model(), [&]<Trains kTrains>() {
      train_dense_tiles<kTrains>(block, model(), tables_.get(), sizes_, centres, totals, memory_.data());
    });
  }

  HsTileSizes sizes_;
  std::vector<unsigned char> memory_;
  HostTables<Value> tables_;
};

inline MakeBackend host_warps(int blocks, int warps) {
  return [=](const TrainingData& data) { return std::make_unique<HostWarpBackend>(data, blocks, warps); };
}

template <class Value = float>
MakeBackend host_tiles(int blocks, int warps, const HsTileSizes& sizes = {64, 64},
                       std::int32_t tile_centres = 0) {
  return [=](const TrainingData& data) {
    return std::make_unique<HostTileBackend<Value>>(data, blocks, warps, sizes, tile_centres);
  };
}

}  // namespace warp2vec
