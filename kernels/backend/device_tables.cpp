#include "kernels/backend/device_tables.h"

#include "kernels/cuda/uploader.h"

namespace warp2vec {

DeviceTables::DeviceHotRows::DeviceHotRows(const HotRows& rows, Uploader& uploader)
    : load_per_pair(rows.view().load_per_pair),
      pairs_elsewhere(on_device(rows.view().pairs_elsewhere, rows.view().size, uploader)) {}

DeviceTables::DeviceTables(const TrainingData& data, const HotMatrices& hot, Uploader& uploader)
    : thresholds_(on_device(data.keep_thresholds.data(), data.vocabulary.size(), uploader)),
      alias_(on_device(data.negatives.view().columns, data.negatives.view().size, uploader)),
      input_(hot.input, uploader),
      output_(hot.output, uploader),
      input_under_tree_(hot.input_under_tree, uploader),
      nodes_(hot.nodes, uploader) {
  if (!data.config.loss.hierarchical_softmax) return;
  const HuffmanView tree = data.tree.view();
  levels_ = on_device(tree.levels, kMaxCodeLength + 1, uploader);
  code_lengths_ = on_device(tree.code_lengths, tree.words, uploader);
}

void DeviceTables::set_views(Model& model) const {
  model.negatives = {alias_.data(), static_cast<std::uint32_t>(alias_.size())};
  model.tree = {levels_.data(), code_lengths_.data(), code_lengths_.size()};
  model.hot_input = input_.view();
  model.hot_output = output_.view();
  model.hot_input_under_tree = input_under_tree_.view();
  model.hot_nodes = nodes_.view();
}

}  // namespace warp2vec
