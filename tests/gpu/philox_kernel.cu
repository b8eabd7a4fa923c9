#include "kernels/cuda/cuda_check.h"
#include "tests/gpu/philox_kernel.h"

namespace warp2vec {
namespace {

constexpr int kThreads = 128;

__global__ void draw_kernel(BasicDraws<CurandPhilox> draws, AliasView negatives,
                            const std::int64_t* positions, std::int64_t count, DrawnExample* out) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i < count) out[i] = draw_example(draws, negatives, positions[i], static_cast<std::int32_t>(i % 16));
}

}  // namespace

void draw_examples(const BasicDraws<CurandPhilox>& draws, const AliasView& negatives,
                   const std::int64_t* positions, std::int64_t count, DrawnExample* out,
                   cudaStream_t stream) {
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>((count + kThreads - 1) / kThreads));
  config.blockDim = dim3(kThreads);
  config.stream = stream;
  WARP2VEC_CUDA_CHECK(cudaLaunchKernelEx(&config, draw_kernel, draws, negatives, positions, count, out));
}

}  // namespace warp2vec
