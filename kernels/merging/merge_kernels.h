#pragma once
/// Launches the kernels of merging by agreement, between which ranks add up the steps: detail/agreement.h.

#include <warp2vec/detail/bf16.h>
#include <warp2vec/types.h>

#include <cuda_runtime_api.h>

#include <cstdint>

namespace warp2vec {

/// Rows [begin, end) of a matrix now, and after the last merge, which has the same shape.
template <class Value>
struct MergedRows {
  MatrixView<Value> now;
  MatrixView<Value> before;
  std::int64_t begin;
  std::int64_t end;

  WARP2VEC_HD std::int64_t size() const { return end - begin; }
};

/// Loads these kernels. Otherwise CUDA does when they are first launched, for which it may wait until all
/// work of the device is done: for ranks that may have failed. All of these throw DeviceError.
void load_merge_kernels();

/// Writes this rank's steps, each followed by its squared length: (end - begin) x (cols + 1) values.
void launch_steps(const MergedRows<float>& rows, float* steps, cudaStream_t stream);
void launch_steps(const MergedRows<Bf16>& rows, float* steps, cudaStream_t stream);

/// Moves the rows by the agreed share of `sums`, the sums of all ranks' steps, from what they were before.
/// Bfloat16 is rounded to nearest.
void launch_agreement(const MergedRows<float>& rows, const float* sums, cudaStream_t stream);
void launch_agreement(const MergedRows<Bf16>& rows, const float* sums, cudaStream_t stream);

}  // namespace warp2vec
