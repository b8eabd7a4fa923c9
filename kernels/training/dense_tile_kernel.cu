#include "kernels/cuda/launch.h"
#include "kernels/device/device_block.h"
#include "kernels/training/train_dense_tiles.h"
#include "kernels/training/train_launch.h"

namespace warp2vec {
namespace {

// Quality limits the number of tiles in flight, so that most devices run one block per multiprocessor: it
// gets half of the possible threads, with 128 registers each. Paths need more registers, and their smaller
// tiles have too little work for many warps.
constexpr int max_warps(Trains trains) {
  if (!paths_in(trains)) return 16;
  return negatives_in(trains) ? 8 : 12;
}
constexpr int kMinWarps = 4;

// The first compute capability with bfloat16 tensor cores and asynchronous copies. Kernels compiled for an
// older one are empty and must not be launched.
constexpr int kFirstWithTensorCores = 80;
#if defined(__CUDA_ARCH__)
constexpr bool kCompiledForTensorCores = __CUDA_ARCH__ >= 10 * kFirstWithTensorCores;
#else
constexpr bool kCompiledForTensorCores = true;
#endif

template <Trains kTrains, class Value>
__global__ void __launch_bounds__(max_warps(kTrains) * kWarpSize, 1)
    dense_tile_kernel(Model model, Tables<Value> tables, HsTileSizes sizes, CentreRange<CurandPhilox> batch,
                      Totals totals) {
  if constexpr (kCompiledForTensorCores) {
    DeviceBlock block;
    train_dense_tiles<kTrains>(block, model, tables, sizes, batch, totals, dynamic_shared());
  }
}

Tables<float> tables_of(const Model& model, float) { return {model.input, model.output}; }
Tables<Bf16> tables_of(const Model& model, Bf16) { return {model.input_bf16, model.output_bf16}; }

// In order of preference. Where shared memory is short, top nodes are given up last: each level of the tree
// that they do not cover costs one more row per centre. With 128 dimensions, at 512 bytes a row and as much
// for each of the two copies of a top node, the largest sizes fit into the 227 kB of an H100.
constexpr std::int32_t kTopNodes[] = {64, 32, 16};
constexpr std::int32_t kLowerNodes[] = {64, 32, 16};

// Fewer warps need a smaller staging buffer: with eight, a tile of 128 dimensions fits into the 99 kB of a
// desktop GPU.
template <Trains kTrains, class Value>
TrainLaunch plan(const Model& model, const TrainLimits& limits) {
  TrainLaunch launch;
  launch.tensor_cores = compiled_for(dense_tile_kernel<kTrains, Value>) >= kFirstWithTensorCores;
  if (!launch.tensor_cores) return launch;
  const std::int64_t most = max_shared_memory(limits.device);
  const auto fits = [&](const HsTileSizes& sizes) {
    for (int warps = limits.warps > 0 ? limits.warps : max_warps(kTrains);; warps /= 2) {
      launch.path_sizes = sizes;
      launch.scratch_bytes =
          dense_tile_bytes<kTrains, Value, DeviceWarp, CentreRange<CurandPhilox>>(model, sizes, warps);
      if (launch.scratch_bytes <= most) {
        launch.warps = warps;
        return true;
      }
      if (limits.warps > 0 || warps <= kMinWarps) return false;
    }
  };
  const auto fits_with_paths = [&] {
    for (const std::int32_t top_nodes : kTopNodes)
      for (const std::int32_t lower_nodes : kLowerNodes)
        if (fits({top_nodes, lower_nodes})) return true;
    return false;
  };
  if (paths_in(kTrains) ? fits_with_paths() : fits({}))
    launch.blocks_per_multiprocessor =
        blocks_at_a_time(dense_tile_kernel<kTrains, Value>,
                         {1, launch.warps * kWarpSize, launch.scratch_bytes}, limits.device);
  return launch;
}

template <Trains kTrains, class Value>
void launch_with(const TrainLaunch& launch, int blocks, const Model& model,
                 const CentreRange<CurandPhilox>& batch, const Totals& totals, cudaStream_t stream) {
  warp2vec::launch(dense_tile_kernel<kTrains, Value>,
                   {blocks, launch.warps * kWarpSize, launch.scratch_bytes}, stream, model,
                   tables_of(model, Value{}), launch.path_sizes, batch, totals);
}

// Calls `f` with what the model trains and its value type as template arguments.
template <class F>
auto with_kernel(const Model& model, F f) {
  if (model.table_type == TableType::bf16) return f.template operator()<Trains::negatives, Bf16>();
  return with_trains(model, [&]<Trains kTrains>() { return f.template operator()<kTrains, float>(); });
}

}  // namespace

TrainLaunch plan_dense_tiles(const Model& model, const TrainLimits& limits) {
  return with_kernel(model,
                     [&]<Trains kTrains, class Value>() { return plan<kTrains, Value>(model, limits); });
}

void launch_dense_tiles(const TrainLaunch& launch, int blocks, const Model& model,
                        const CentreRange<CurandPhilox>& batch, const Totals& totals, cudaStream_t stream) {
  with_kernel(model, [&]<Trains kTrains, class Value>() {
    launch_with<kTrains, Value>(launch, blocks, model, batch, totals, stream);
  });
}

}  // namespace warp2vec
