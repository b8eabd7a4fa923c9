#include <warp2vec/detail/agreement.h>

#include "kernels/cuda/launch.h"
#include "kernels/device/device_block.h"
#include "kernels/merging/merge_kernels.h"

namespace warp2vec {
namespace {

constexpr int kWarps = 8;

__device__ float value_of(float value) { return value; }
__device__ float value_of(Bf16 value) { return to_float(value); }

__device__ void set(float& to, float value) { to = value; }
__device__ void set(Bf16& to, float value) { to = nearest_bf16(value); }

// One warp per row: calls f(warp, row, its values in the buffer).
template <class Value, class Values, class F>
__device__ void for_each_row(const MergedRows<Value>& rows, Values* steps, F f) {
  DeviceBlock block;
  block.for_each_warp([&](DeviceWarp& warp, int index) {
    const std::int64_t r = std::int64_t{block.index()} * block.warps() + index;
    if (r < rows.size()) f(warp, rows.begin + r, steps + r * (rows.now.cols + 1));
  });
}

template <class Value>
__global__ void steps_kernel(MergedRows<Value> rows, float* steps) {
  for_each_row(rows, steps, [&](DeviceWarp& warp, std::int64_t row, float* step) {
    const std::int32_t cols = rows.now.cols;
    float square = 0;
    for (std::int32_t c = this_lane(); c < cols; c += kWarpSize) {
      const float own = value_of(rows.now.row(row)[c]) - value_of(rows.before.row(row)[c]);
      step[c] = own;
      square += own * own;
    }
    square = warp_sum(warp, square);
    warp.lane_0([&] { step[cols] = square; });
  });
}

template <class Value>
__global__ void agreement_kernel(MergedRows<Value> rows, const float* sums) {
  for_each_row(rows, sums, [&](DeviceWarp& warp, std::int64_t row, const float* sum) {
    const std::int32_t cols = rows.now.cols;
    float square = 0;
    for (std::int32_t c = this_lane(); c < cols; c += kWarpSize) square += sum[c] * sum[c];
    const float share = agreement(sum[cols], warp_sum(warp, square));
    for (std::int32_t c = this_lane(); c < cols; c += kWarpSize) {
      Value& before = rows.before.row(row)[c];
      set(before, value_of(before) + share * sum[c]);
      rows.now.row(row)[c] = before;
    }
  });
}

template <class Value>
LaunchShape shape_of(const MergedRows<Value>& rows) {
  return {static_cast<int>((rows.size() + kWarps - 1) / kWarps), kWarps * kWarpSize};
}

}  // namespace

void load_merge_kernels() {
  compiled_for(steps_kernel<float>);
  compiled_for(steps_kernel<Bf16>);
  compiled_for(agreement_kernel<float>);
  compiled_for(agreement_kernel<Bf16>);
}

void launch_steps(const MergedRows<float>& rows, float* steps, cudaStream_t stream) {
  launch(steps_kernel<float>, shape_of(rows), stream, rows, steps);
}

void launch_steps(const MergedRows<Bf16>& rows, float* steps, cudaStream_t stream) {
  launch(steps_kernel<Bf16>, shape_of(rows), stream, rows, steps);
}

void launch_agreement(const MergedRows<float>& rows, const float* sums, cudaStream_t stream) {
  launch(agreement_kernel<float>, shape_of(rows), stream, rows, sums);
}

void launch_agreement(const MergedRows<Bf16>& rows, const float* sums, cudaStream_t stream) {
  launch(agreement_kernel<Bf16>, shape_of(rows), stream, rows, sums);
}

}  // namespace warp2vec
