#pragma once
/// Read-only tables that the host builds once: thresholds, alias table, Huffman tree, hot rows.

#include <warp2vec/trainer.h>

#include "host/training/hot_rows.h"
#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/uploader.h"
#include "kernels/training/model.h"

#include <cstdint>

namespace warp2vec {

class DeviceTables {
 public:
  /// Starts the upload.
  DeviceTables(const TrainingData& data, const HotMatrices& hot, Uploader& uploader);

  /// For kept().
  const std::uint32_t* thresholds() const { return thresholds_.data(); }
  /// Points the model's table views at the device.
  void set_views(Model& model) const;

 private:
  /// A HotRows on the device.
  struct DeviceHotRows {
    float load_per_pair;
    DeviceArray<float> pairs_elsewhere;

    DeviceHotRows(const HotRows& rows, Uploader& uploader);
    HotView view() const { return {load_per_pair, pairs_elsewhere.data(), pairs_elsewhere.size()}; }
  };

  DeviceArray<std::uint32_t> thresholds_;
  DeviceArray<AliasColumn> alias_;
  DeviceArray<HuffmanLevel> levels_;
  DeviceArray<std::uint8_t> code_lengths_;
  DeviceHotRows input_, output_, input_under_tree_, nodes_;
};

}  // namespace warp2vec
