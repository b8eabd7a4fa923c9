#pragma once
/// The unit of training on a GPU: context rows and target rows that meet with given weights, all gradients
/// from the values at the start, then all updates. It is train_block() of host/reference/reference.h
/// for a group of warps.

#include <warp2vec/detail/step.h>
#include <warp2vec/types.h>

#include "kernels/device/scratch.h"
#include "kernels/device/warp.h"

#include <cstdint>

namespace warp2vec {

/// A context row; see Unit.
struct UnitContext {
  std::int32_t row;    ///< of the input matrix
  std::int32_t pairs;  ///< centres that it meets; a row with none is neither read nor updated
  float scale;         ///< learning rate times damping
};

/// A target row and the contexts [begin, end) that it meets; see Unit.
struct UnitTarget {
  std::int32_t row;  ///< of the output or node matrix
  std::int32_t begin;
  std::int32_t end;
  std::int64_t weights;  ///< where the row's weights begin, one per context that it meets
  float scale;           ///< learning rate times damping
};

/// A unit in scratch memory. Rows may repeat.
struct Unit {
  std::int32_t contexts;
  std::int32_t targets;
  UnitContext* context;  ///< [contexts]
  UnitTarget* target;    ///< [targets]
  float* weights;        ///< see step.h; while the unit is trained they become gradients
  float* rows;           ///< [contexts] copies of the context rows, a stride apart
  float* target_row;     ///< [warps of the group] copies of target rows

  /// Takes a unit of at most these sizes.
  WARP2VEC_HD static Unit take(Scratch& scratch, std::int32_t contexts, std::int32_t targets,
                               std::int64_t weights, std::int64_t stride, int warps) {
    Unit unit{};
    unit.context = scratch.take<UnitContext>(contexts);
    unit.target = scratch.take<UnitTarget>(targets);
    unit.weights = scratch.take<float>(weights);
    unit.rows = scratch.take<float>(contexts * stride);
    unit.target_row = scratch.take<float>(warps * stride);
    return unit;
  }
};

/// Copies the context rows.
template <bool kWhole, class Group>
WARP2VEC_HD void copy_contexts(Group& group, const Unit& unit, MatrixView<float> input) {
  group.for_each_warp([&](auto& warp, int index) {
    for (std::int32_t c = index; c < unit.contexts; c += group.warps()) {
      const std::int32_t pairs = unit.context[c].pairs;
      const float* const from = input.row(std::int64_t{pairs > 0 ? unit.context[c].row : 0});
      float* const to = unit.rows + c * input.stride;
      for (std::int64_t d = 0; d < input.stride; d += kWarpSize) {
        const int lanes = lanes_in<kWhole>(d, input.stride);
        warp.store(to + d, lanes, pairs > 0 ? warp.load_relaxed(from + d, lanes) : warp.zero());
      }
    }
  });
}

/// Scores each pair, adds its loss, in nats, to the lanes of `loss`, and puts its gradient in its
/// weight's place.
template <bool kWhole, class Warp>
WARP2VEC_HD void score_target(Warp& warp, const Unit& unit, const UnitTarget& target, const float* row,
                              std::int64_t stride, typename Warp::Float& loss) {
  for (std::int32_t begin = target.begin; begin < target.end; begin += kSums) {
    const int contexts = target.end - begin < kSums ? target.end - begin : kSums;
    typename Warp::Float scores[kSums];
    WARP2VEC_UNROLL
    for (int c = 0; c < kSums; ++c) scores[c] = warp.zero();
    for (std::int64_t d = 0; d < stride; d += kWarpSize) {
      const int lanes = lanes_in<kWhole>(d, stride);
      const auto y = warp.load(row + d, lanes);
      WARP2VEC_UNROLL
      for (int c = 0; c < kSums; ++c) {
        if (c < contexts)
          scores[c] = warp.fma(warp.load(unit.rows + (begin + c) * stride + d, lanes), y, scores[c]);
      }
    }
    const auto score = warp_sums(warp, scores);
    float* const weights = unit.weights + target.weights + (begin - target.begin);
    const auto weight = warp.load(weights, contexts);
    loss = warp.plus(loss, warp.map(score_loss<float>, score, weight));
    warp.store(weights, contexts, warp.map(score_gradient<float>, score, weight));
  }
}

/// Adds the steps of eight contexts from `begin` on: gradients times target rows. Four columns at a time,
/// since target rows come from far: four loads are on their way together.
template <bool kWhole, class Warp>
WARP2VEC_HD void step_contexts(Warp& warp, const Unit& unit, std::int32_t begin, MatrixView<float> input,
                               MatrixView<float> output) {
  constexpr int kColumns = 4;
  const auto column = [](int number) { return std::int64_t{number} * kWarpSize; };
  const int contexts = unit.contexts - begin < kSums ? unit.contexts - begin : kSums;
  for (std::int64_t first = 0; first < input.stride; first += column(kColumns)) {
    const auto lanes = [&](int number) {
      const std::int64_t d = first + column(number);
      return d < input.stride ? lanes_in<kWhole>(d, input.stride) : 0;
    };
    typename Warp::Float steps[kSums][kColumns];
    WARP2VEC_UNROLL
    for (int c = 0; c < kSums; ++c) {
      WARP2VEC_UNROLL
      for (int k = 0; k < kColumns; ++k) steps[c][k] = warp.zero();
    }
    for (std::int32_t t = 0; t < unit.targets; ++t) {
      const UnitTarget& target = unit.target[t];
      if (target.begin >= begin + contexts || target.end <= begin) continue;
      const float* const row = output.row(std::int64_t{target.row}) + first;
      typename Warp::Float y[kColumns];
      WARP2VEC_UNROLL
      for (int k = 0; k < kColumns; ++k) y[k] = warp.load_relaxed(row + column(k), lanes(k));
      const float* const gradients = unit.weights + target.weights;
      const std::int32_t from = begin - target.begin;
      WARP2VEC_UNROLL
      for (int c = 0; c < kSums; ++c) {
        if (from + c < 0 || begin + c >= target.end) continue;
        WARP2VEC_UNROLL
        for (int k = 0; k < kColumns; ++k) steps[c][k] = warp.fma(gradients[from + c], y[k], steps[c][k]);
      }
    }
    WARP2VEC_UNROLL
    for (int c = 0; c < kSums; ++c) {
      if (c >= contexts || unit.context[begin + c].pairs == 0) continue;
      const UnitContext& context = unit.context[begin + c];
      float* const row = input.row(std::int64_t{context.row}) + first;
      WARP2VEC_UNROLL
      for (int k = 0; k < kColumns; ++k)
        warp.add(row + column(k), lanes(k), warp.times(context.scale, steps[c][k]));
    }
  }
}

/// Adds the step of one target: gradients times context rows.
template <bool kWhole, class Warp>
WARP2VEC_HD void step_target(Warp& warp, const Unit& unit, const UnitTarget& target,
                             MatrixView<float> output) {
  const float* const gradients = unit.weights + target.weights;
  for (std::int64_t d = 0; d < output.stride; d += kWarpSize) {
    const int lanes = lanes_in<kWhole>(d, output.stride);
    auto step = warp.zero();
    for (std::int32_t c = target.begin; c < target.end; ++c)
      step = warp.fma(gradients[c - target.begin], warp.load(unit.rows + c * output.stride + d, lanes), step);
    warp.add(output.row(std::int64_t{target.row}) + d, lanes, warp.times(target.scale, step));
  }
}

/// Trains the unit. `tally(warp, index, loss)` is told each warp's loss, one part of the sum in each lane.
/// Input rows may change while target rows are read, never target rows while they are needed: hence the order
/// of the phases.
template <bool kWhole, class Group, class Tally>
WARP2VEC_HD void train_unit(Group& group, const Unit& unit, MatrixView<float> input, MatrixView<float> output,
                            Tally tally) {
  copy_contexts<kWhole>(group, unit, input);
  group.for_each_warp([&](auto& warp, int index) {
    auto loss = warp.zero();
    float* const row = unit.target_row + index * output.stride;
    for (std::int32_t t = index; t < unit.targets; t += group.warps()) {
      const UnitTarget& target = unit.target[t];
      // Every lane reads back only what it wrote itself: no barrier.
      const float* const from = output.row(std::int64_t{target.row});
      for (std::int64_t d = 0; d < output.stride; d += kWarpSize) {
        const int lanes = lanes_in<kWhole>(d, output.stride);
        warp.store(row + d, lanes, warp.load_relaxed(from + d, lanes));
      }
      score_target<kWhole>(warp, unit, target, row, output.stride, loss);
    }
    tally(warp, index, loss);
  });
  group.for_each_warp([&](auto& warp, int index) {
    for (std::int32_t c = index * kSums; c < unit.contexts; c += group.warps() * kSums)
      step_contexts<kWhole>(warp, unit, c, input, output);
  });
  group.for_each_warp([&](auto& warp, int index) {
    for (std::int32_t t = index; t < unit.targets; t += group.warps())
      step_target<kWhole>(warp, unit, unit.target[t], output);
  });
}

}  // namespace warp2vec
