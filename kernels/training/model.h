#pragma once
/// The training kernel's parameters: trivially copyable views and numbers.

#include <warp2vec/config.h>
#include <warp2vec/detail/bf16.h>
#include <warp2vec/detail/examples.h>
#include <warp2vec/detail/numerics.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/detail/update_rule.h>
#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

/// Constant during a run. Views of matrices and tables that the objective does not use are null.
struct Model {
  MatrixView<float> input;
  MatrixView<float> output;
  MatrixView<float> nodes;
  MatrixView<Bf16> input_bf16;  ///< instead of `input` and `output` under TableType::bf16
  MatrixView<Bf16> output_bf16;
  AliasView negatives;
  HuffmanView tree;
  HotView hot_input;
  HotView hot_output;
  HotView hot_input_under_tree;
  HotView hot_nodes;
  LearningRateSchedule schedule;

  bool cbow;
  CbowRule cbow_rule;
  bool negative_sampling;
  bool hierarchical_softmax;
  Sharing sharing;
  TableType table_type;
  bool shrink_window;
  std::int32_t window;
  std::int32_t negative;
  std::int32_t tile_centres;     ///< consecutive centres that a block trains at once; divides ...
  std::int32_t sharing_centres;  ///< ... the number of those that share their negatives
  std::int32_t tile_negatives;
  std::int32_t path_tile_centres;
  std::int32_t longest_path;  ///< of any word, in nodes

  /// How often a centre with this many contexts is predicted.
  WARP2VEC_HD std::int32_t predictions(std::int32_t contexts) const {
    return cbow && contexts > 1 ? 1 : contexts;
  }

  WARP2VEC_HD bool negative_tiles() const { return negative_sampling && sharing == Sharing::tile; }
  WARP2VEC_HD bool path_tiles() const { return hierarchical_softmax && sharing == Sharing::tile; }
  WARP2VEC_HD bool trains_centres() const { return sharing != Sharing::tile; }
};

/// Centres to train: the elements [begin, end) of `kept`, where `begin` starts a tile. `kept` also has the
/// elements that their windows may cover.
template <class Generator>
struct CentreRange {
  KeptView kept;
  std::int64_t begin;
  std::int64_t end;
  BasicDraws<Generator> draws;

  WARP2VEC_HD KeptRange window(const Model& model, std::int64_t centre) const {
    return kept.around(centre,
                       window_width(draws, kept.positions[centre], model.window, model.shrink_window));
  }
  WARP2VEC_HD float lr(const Model& model, std::int64_t centre) const {
    return model.schedule.at(draws.epoch, kept.positions[centre]);
  }
  WARP2VEC_HD std::int32_t row(std::int64_t i) const { return static_cast<std::int32_t>(kept.words[i]); }
};

}  // namespace warp2vec
