#pragma once
/// Training one minibatch on a GPU without tensor cores: context rows and target rows with a weight for each
/// pair; all gradients come from the values at the start, then all rows are updated. It is train_minibatch()
/// of host/reference/reference.h for a group of warps. Under CBOW the hidden vectors of windows of contexts,
/// H = A X, are scored in the place of the contexts, which get the updates B' dH: train_cbow() of
/// host/reference/cbow.h.

#include <warp2vec/detail/update_rule.h>
#include <warp2vec/types.h>

#include "kernels/device/scratch.h"
#include "kernels/device/warp.h"

#include <cstdint>

namespace warp2vec {

/// A context of a ScratchMinibatch.
struct MinibatchContext {
  std::int32_t row;  ///< of the input matrix
  float pairs;       ///< see HotView; a row with none is neither read nor updated
  float scale;       ///< learning rate times damping
};

/// CBOW: a window of a ScratchMinibatch, contexts [begin, end) without `centre`.
struct MinibatchWindow {
  std::int32_t begin;
  std::int32_t end;
  std::int32_t centre;
  float weight;           ///< of each context in h
  float gradient_weight;  ///< what each gets of dL/dh
};

/// A target of a ScratchMinibatch, and the scored rows [begin, end) that it interacts with.
struct MinibatchTarget {
  std::int32_t row;  ///< of the output or node matrix
  std::int32_t begin;
  std::int32_t end;
  std::int64_t weights;  ///< index of the first of its weights, one per row in [begin, end)
  float scale;           ///< learning rate times damping
};

/// A minibatch in a block's scratch memory. Rows may repeat.
struct ScratchMinibatch {
  std::int32_t contexts;
  std::int32_t scored;  ///< rows that targets are scored with: the contexts, or under CBOW H
  std::int32_t targets;
  MinibatchContext* context;  ///< [contexts]
  MinibatchWindow* window;    ///< [scored] under CBOW, else null
  MinibatchTarget* target;    ///< [targets]
  float* weights;             ///< see update_rule.h; training replaces them by gradients
  float* rows;                ///< [scored] copies of the context rows, or H, a stride apart
  float* target_row;          ///< [warps of the group] copies of target rows

  /// Takes a minibatch of at most these sizes. `windows`: 0 unless under CBOW.
  WARP2VEC_HD static ScratchMinibatch take(Scratch& scratch, std::int32_t contexts, std::int32_t windows,
                                           std::int32_t targets, std::int64_t weights, std::int64_t stride,
                                           int warps) {
    ScratchMinibatch minibatch{};
    minibatch.context = scratch.take<MinibatchContext>(contexts);
    if (windows > 0) minibatch.window = scratch.take<MinibatchWindow>(windows);
    minibatch.target = scratch.take<MinibatchTarget>(targets);
    minibatch.weights = scratch.take<float>(weights);
    minibatch.rows = scratch.take<float>((windows > 0 ? windows : contexts) * stride);
    minibatch.target_row = scratch.take<float>(warps * stride);
    return minibatch;
  }
};

/// Loads the context rows into scratch memory.
template <bool kWhole, class Group>
WARP2VEC_HD void load_contexts(Group& group, const ScratchMinibatch& minibatch, MatrixView<float> input) {
  group.for_each_warp([&](auto& warp, int index) {
    for (std::int32_t c = index; c < minibatch.contexts; c += group.warps()) {
      const bool trained = minibatch.context[c].pairs > 0;
      const float* const from = input.row(std::int64_t{trained ? minibatch.context[c].row : 0});
      float* const to = minibatch.rows + c * input.stride;
      for (std::int64_t d = 0; d < input.stride; d += kWarpSize) {
        const int lanes = lanes_in<kWhole>(d, input.stride);
        warp.store(to + d, lanes, trained ? warp.load_relaxed(from + d, lanes) : warp.zero());
      }
    }
  });
}

/// CBOW: H = A X in scratch memory.
template <bool kWhole, class Group>
WARP2VEC_HD void sum_windows(Group& group, const ScratchMinibatch& minibatch, MatrixView<float> input) {
  group.for_each_warp([&](auto& warp, int index) {
    for (std::int32_t h = index; h < minibatch.scored; h += group.warps()) {
      const MinibatchWindow window = minibatch.window[h];
      for (std::int64_t d = 0; d < input.stride; d += kWarpSize) {
        const int lanes = lanes_in<kWhole>(d, input.stride);
        auto sum = warp.zero();
        WARP2VEC_NO_UNROLL
        for (std::int32_t c = window.begin; c < window.end; ++c) {
          if (c == window.centre) continue;
          const float* const row = input.row(std::int64_t{minibatch.context[c].row});
          sum = warp.fma(window.weight, warp.load_relaxed(row + d, lanes), sum);
        }
        warp.store(minibatch.rows + h * input.stride + d, lanes, sum);
      }
    }
  });
}

/// Calls `f(context, scale)` for each context that the update of scored row `row`, times `scale`, goes to.
template <class F>
WARP2VEC_HD void for_each_updated(const ScratchMinibatch& minibatch, std::int32_t row, F f) {
  constexpr std::int32_t kNone = -1;
  // One loop for both, since it is inlined where registers and code are scarce.
  const MinibatchWindow window =
      minibatch.window == nullptr ? MinibatchWindow{row, row + 1, kNone, 1, 1} : minibatch.window[row];
  WARP2VEC_NO_UNROLL
  for (std::int32_t c = window.begin; c < window.end; ++c) {
    const MinibatchContext& context = minibatch.context[c];
    if (c != window.centre && context.pairs > 0) f(context, context.scale * window.gradient_weight);
  }
}

/// Scores the target's pairs, adds their losses, in nats, to the lanes of `loss`, and replaces their weights
/// by gradients.
template <bool kWhole, class Warp>
WARP2VEC_HD void score_target(Warp& warp, const ScratchMinibatch& minibatch, const MinibatchTarget& target,
                              const float* row, std::int64_t stride, typename Warp::Float& loss) {
  for (std::int32_t begin = target.begin; begin < target.end; begin += kSums) {
    const int rows = target.end - begin < kSums ? target.end - begin : kSums;
    typename Warp::Float scores[kSums];
    WARP2VEC_UNROLL
    for (int c = 0; c < kSums; ++c) scores[c] = warp.zero();
    for (std::int64_t d = 0; d < stride; d += kWarpSize) {
      const int lanes = lanes_in<kWhole>(d, stride);
      const auto y = warp.load(row + d, lanes);
      WARP2VEC_UNROLL
      for (int c = 0; c < kSums; ++c) {
        if (c < rows)
          scores[c] = warp.fma(warp.load(minibatch.rows + (begin + c) * stride + d, lanes), y, scores[c]);
      }
    }
    const auto score = warp_sums(warp, scores);
    float* const weights = minibatch.weights + target.weights + (begin - target.begin);
    const auto weight = warp.load(weights, rows);
    loss = warp.plus(loss, warp.map(score_loss<float>, score, weight));
    warp.store(weights, rows, warp.map(score_gradient<float>, score, weight));
  }
}

/// Computes the updates of eight scored rows from `begin` on, gradients times target rows, for their
/// contexts. Target rows are in global memory: four columns at a time keep four loads in flight.
template <bool kWhole, class Warp>
WARP2VEC_HD void update_contexts(Warp& warp, const ScratchMinibatch& minibatch, std::int32_t begin,
                                 MatrixView<float> input, MatrixView<float> output) {
  constexpr int kColumns = 4;
  const auto column = [](int number) { return std::int64_t{number} * kWarpSize; };
  const int rows = minibatch.scored - begin < kSums ? minibatch.scored - begin : kSums;
  for (std::int64_t first = 0; first < input.stride; first += column(kColumns)) {
    const auto lanes = [&](int number) {
      const std::int64_t d = first + column(number);
      return d < input.stride ? lanes_in<kWhole>(d, input.stride) : 0;
    };
    typename Warp::Float updates[kSums][kColumns];
    WARP2VEC_UNROLL
    for (int c = 0; c < kSums; ++c) {
      WARP2VEC_UNROLL
      for (int k = 0; k < kColumns; ++k) updates[c][k] = warp.zero();
    }
    for (std::int32_t t = 0; t < minibatch.targets; ++t) {
      const MinibatchTarget& target = minibatch.target[t];
      if (target.begin >= begin + rows || target.end <= begin) continue;
      const float* const row = output.row(std::int64_t{target.row}) + first;
      typename Warp::Float y[kColumns];
      WARP2VEC_UNROLL
      for (int k = 0; k < kColumns; ++k) y[k] = warp.load_relaxed(row + column(k), lanes(k));
      const float* const gradients = minibatch.weights + target.weights;
      const std::int32_t from = begin - target.begin;
      WARP2VEC_UNROLL
      for (int c = 0; c < kSums; ++c) {
        if (from + c < 0 || begin + c >= target.end) continue;
        WARP2VEC_UNROLL
        for (int k = 0; k < kColumns; ++k) updates[c][k] = warp.fma(gradients[from + c], y[k], updates[c][k]);
      }
    }
    WARP2VEC_UNROLL
    for (int c = 0; c < kSums; ++c) {
      if (c >= rows) continue;
      for_each_updated(minibatch, begin + c, [&](const MinibatchContext& context, float scale) {
        float* const row = input.row(std::int64_t{context.row}) + first;
        WARP2VEC_UNROLL
        for (int k = 0; k < kColumns; ++k)
          warp.add(row + column(k), lanes(k), warp.times(scale, updates[c][k]));
      });
    }
  }
}

/// Updates one target by gradients times scored rows.
template <bool kWhole, class Warp>
WARP2VEC_HD void update_target(Warp& warp, const ScratchMinibatch& minibatch, const MinibatchTarget& target,
                               MatrixView<float> output) {
  const float* const gradients = minibatch.weights + target.weights;
  for (std::int64_t d = 0; d < output.stride; d += kWarpSize) {
    const int lanes = lanes_in<kWhole>(d, output.stride);
    auto update = warp.zero();
    for (std::int32_t c = target.begin; c < target.end; ++c)
      update = warp.fma(gradients[c - target.begin], warp.load(minibatch.rows + c * output.stride + d, lanes),
                        update);
    warp.add(output.row(std::int64_t{target.row}) + d, lanes, warp.times(target.scale, update));
  }
}

/// Trains the minibatch. `add_loss(warp, index, loss)` is called with each warp's loss, a partial sum per
/// lane. Context rows are updated before target rows, since they need the targets' old values, while targets
/// are updated from copies of the contexts, or H.
template <bool kWhole, class Group, class AddLoss>
WARP2VEC_HD void train_minibatch(Group& group, const ScratchMinibatch& minibatch, MatrixView<float> input,
                                 MatrixView<float> output, AddLoss add_loss) {
  if (minibatch.window == nullptr)
    load_contexts<kWhole>(group, minibatch, input);
  else
    sum_windows<kWhole>(group, minibatch, input);
  group.for_each_warp([&](auto& warp, int index) {
    auto loss = warp.zero();
    float* const row = minibatch.target_row + index * output.stride;
    for (std::int32_t t = index; t < minibatch.targets; t += group.warps()) {
      const MinibatchTarget& target = minibatch.target[t];
      // Every lane reads back only what it wrote itself: no barrier.
      const float* const from = output.row(std::int64_t{target.row});
      for (std::int64_t d = 0; d < output.stride; d += kWarpSize) {
        const int lanes = lanes_in<kWhole>(d, output.stride);
        warp.store(row + d, lanes, warp.load_relaxed(from + d, lanes));
      }
      score_target<kWhole>(warp, minibatch, target, row, output.stride, loss);
    }
    add_loss(warp, index, loss);
  });
  group.for_each_warp([&](auto& warp, int index) {
    for (std::int32_t c = index * kSums; c < minibatch.scored; c += group.warps() * kSums)
      update_contexts<kWhole>(warp, minibatch, c, input, output);
  });
  group.for_each_warp([&](auto& warp, int index) {
    for (std::int32_t t = index; t < minibatch.targets; t += group.warps())
      update_target<kWhole>(warp, minibatch, minibatch.target[t], output);
  });
}

}  // namespace warp2vec
