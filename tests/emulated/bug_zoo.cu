#include "kernels/device/ptx.h"
#include "tests/emulated/bug_zoo.h"

namespace warp2vec::bug_zoo {
namespace {

using enum Variant;

__device__ float* shared_floats() { return reinterpret_cast<float*>(dynamic_shared()); }

template <Variant variant>
__global__ void reverse_warps(float* out, const float* in) {
  float* const shared = shared_floats();
  shared[threadIdx.x] = in[threadIdx.x];
  if constexpr (variant == fixed) __syncwarp();
  out[threadIdx.x] = shared[threadIdx.x ^ 31];
}

template <Variant variant>
__global__ void reverse_block(float* out, const float* in) {
  float* const shared = shared_floats();
  shared[threadIdx.x] = in[threadIdx.x];
  if constexpr (variant == fixed)
    __syncthreads();
  else
    __syncwarp();
  out[threadIdx.x] = shared[kThreads - 1 - threadIdx.x];
}

template <Variant variant>
__global__ void add_twice(float* out, const float* in) {
  float* const shared = shared_floats();
  shared[threadIdx.x] = in[threadIdx.x];
  __syncwarp();
  const float neighbour = shared[threadIdx.x ^ 1];
  if constexpr (variant == fixed) __syncwarp();
  shared[threadIdx.x] += neighbour;
  __syncwarp();
  out[threadIdx.x] = shared[threadIdx.x ^ 1];
}

template <Variant variant>
__global__ void reverse_after_shuffle(float* out, const float* in) {
  float* const shared = shared_floats();
  shared[threadIdx.x] = in[threadIdx.x];
  const float first = __shfl_sync(0xFFFFFFFFU, in[threadIdx.x], 0);
  if constexpr (variant == fixed) __syncwarp();
  out[threadIdx.x] = shared[threadIdx.x ^ 31] + first;
}

template <Variant variant>
__global__ void sum(float* out, const float* in) {
  if constexpr (variant == fixed)
    atomicAdd(out, in[threadIdx.x]);
  else
    *out += in[threadIdx.x];
}

template <Variant variant>
__global__ void sum_by_first_threads(float* out, const float* in) {
  if (threadIdx.x == 0) {
    if constexpr (variant == fixed)
      atomicAdd(out, in[0]);
    else
      *out += in[0];
  }
}

template <Variant variant>
__global__ void reverse_half_warps(float* out, const float* in) {
  float* const shared = shared_floats();
  shared[threadIdx.x] = in[threadIdx.x];
  if (threadIdx.x % 32 < 16) {
    if constexpr (variant == broken) __syncwarp();
    shared[threadIdx.x] += 1;
  }
  if constexpr (variant == fixed) __syncwarp();
  out[threadIdx.x] = shared[threadIdx.x ^ 31];
}

template <Variant variant>
__global__ void reverse_half_blocks(float* out, const float* in) {
  float* const shared = shared_floats();
  shared[threadIdx.x] = in[threadIdx.x];
  if (threadIdx.x < 32) {
    if constexpr (variant == broken) __syncthreads();
    shared[threadIdx.x] += 1;
  }
  if constexpr (variant == fixed) __syncthreads();
  out[threadIdx.x] = shared[kThreads - 1 - threadIdx.x];
}

template <Variant variant>
__global__ void shuffle_or_wait(float* out, const float* in) {
  float value = in[threadIdx.x];
  if (variant == fixed || threadIdx.x % 2 == 0)
    value = __shfl_xor_sync(0xFFFFFFFFU, value, 1);
  else
    __syncwarp();
  out[threadIdx.x] = value;
}

template <Variant variant>
__global__ void shift_in_shared(float* out, const float* in) {
  float* const shared = shared_floats();
  const unsigned next = variant == fixed ? (threadIdx.x + 1) % kThreads : threadIdx.x + 1;
  shared[next] = in[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = shared[threadIdx.x];
}

template <Variant variant>
__global__ void shift(float* out, const float* in) {
  const unsigned next = variant == fixed ? (threadIdx.x + 1) % kThreads : threadIdx.x + 1;
  out[next] = in[threadIdx.x];
}

template <Variant variant>
__global__ void add_up(float* out, const float* in) {
  float* const shared = shared_floats();
  if constexpr (variant == fixed) shared[threadIdx.x] = 0;
  shared[threadIdx.x] += in[threadIdx.x];
  out[threadIdx.x] = shared[threadIdx.x];
}

// Every fourth thread copies four values.
__device__ void begin_copy(float* shared, const float* in) {
  if (threadIdx.x % 4 == 0) start_copy_16(shared + threadIdx.x, in + threadIdx.x);
  commit_copy_group();
}

template <Variant variant>
__global__ void copy_and_return(float* out, const float* in) {
  begin_copy(shared_floats(), in);
  if constexpr (variant == fixed) wait_for_copies<0>();
  out[threadIdx.x] = in[threadIdx.x];
}

template <Variant variant>
__global__ void copy_and_read(float* out, const float* in) {
  float* const shared = shared_floats();
  begin_copy(shared, in);
  if constexpr (variant == fixed) wait_for_copies<0>();
  __syncthreads();
  out[threadIdx.x] = shared[threadIdx.x];
  wait_for_copies<0>();
}

template <Variant variant>
__global__ void reverse_copies(float* out, const float* in) {
  float* const shared = shared_floats();
  begin_copy(shared, in);
  wait_for_copies<0>();
  if constexpr (variant == fixed) __syncthreads();
  out[threadIdx.x] = shared[kThreads - 1 - threadIdx.x];
}

constexpr std::size_t kShared = kThreads * sizeof(float);

}  // namespace

const Specimen missing_syncwarp{"missing_syncwarp", 1, kShared, reverse_warps<broken>, reverse_warps<fixed>};
const Specimen missing_syncthreads{"missing_syncthreads", 1, kShared, reverse_block<broken>,
                                   reverse_block<fixed>};
const Specimen missing_second_syncwarp{"missing_second_syncwarp", 1, kShared, add_twice<broken>,
                                       add_twice<fixed>};
const Specimen shuffle_as_barrier{"shuffle_as_barrier", 1, kShared, reverse_after_shuffle<broken>,
                                  reverse_after_shuffle<fixed>};
const Specimen plain_sum_of_lanes{"plain_sum_of_lanes", 1, 0, sum<broken>, sum<fixed>};
const Specimen plain_sum_of_blocks{"plain_sum_of_blocks", 2, 0, sum_by_first_threads<broken>,
                                   sum_by_first_threads<fixed>};
const Specimen divergent_syncwarp{"divergent_syncwarp", 1, kShared, reverse_half_warps<broken>,
                                  reverse_half_warps<fixed>};
const Specimen divergent_syncthreads{"divergent_syncthreads", 1, kShared, reverse_half_blocks<broken>,
                                     reverse_half_blocks<fixed>};
const Specimen different_barriers{"different_barriers", 1, 0, shuffle_or_wait<broken>,
                                  shuffle_or_wait<fixed>};
const Specimen shared_overrun{"shared_overrun", 1, kShared, shift_in_shared<broken>, shift_in_shared<fixed>};
const Specimen device_overrun{"device_overrun", 1, 0, shift<broken>, shift<fixed>};
const Specimen uninitialised_shared{"uninitialised_shared", 1, kShared, add_up<broken>, add_up<fixed>};

const Specimen unawaited_copy{"unawaited_copy", 1, kShared, copy_and_return<broken>, copy_and_return<fixed>};
const Specimen early_read_of_copy{"early_read_of_copy", 1, kShared, copy_and_read<broken>,
                                  copy_and_read<fixed>};
const Specimen copy_without_barrier{"copy_without_barrier", 1, kShared, reverse_copies<broken>,
                                    reverse_copies<fixed>};

cudaError_t launch(const Specimen& specimen, Variant variant, float* out, const float* in,
                   cudaStream_t stream) {
  cudaLaunchConfig_t config{};
  config.gridDim = specimen.blocks;
  config.blockDim = kThreads;
  config.dynamicSmemBytes = specimen.shared_bytes;
  config.stream = stream;
  return cudaLaunchKernelEx(&config, specimen.kernel(variant), out, in);
}

}  // namespace warp2vec::bug_zoo
