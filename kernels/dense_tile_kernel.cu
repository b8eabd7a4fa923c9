#include "dense_tile_kernel.h"
#include "device_block.h"
#include "dynamic_shared.h"
#include "launch.h"
#include "train_dense_tiles.h"

namespace warp2vec {
namespace {

// How many tiles are in flight is limited by quality, so that most devices have one block on each
// multiprocessor: it gets half of the threads that there may be, with 128 registers each.
constexpr int kMostWarps = 16;
constexpr int kLeastWarps = 4;

template <class Value>
__global__ void __launch_bounds__(kMostWarps* kLanes, 1)
    dense_tile_kernel(Model model, Tables<Value> tables, CentreRange<CurandPhilox> batch, Totals totals) {
  DeviceBlock block;
  train_dense_tiles(block, model, tables, batch, totals, dynamic_shared());
}

Tables<float> tables_of(const Model& model, float) { return {model.input, model.output}; }
Tables<Bf16> tables_of(const Model& model, Bf16) { return {model.input_bf16, model.output_bf16}; }

// Fewer warps need less room for rows on their way: eight let a tile of 128 dimensions fit into the 99 kB of
// a GPU for desktops.
template <class Value>
TrainLaunch plan(const Model& model, const TrainLimits& limits) {
  const std::int64_t most = most_shared_memory(limits.device);
  TrainLaunch launch;
  launch.matrix_units = true;
  int warps = limits.warps > 0 ? limits.warps : kMostWarps;
  launch.scratch_bytes = dense_tile_bytes<Value, DeviceWarp>(model, warps);
  while (launch.scratch_bytes > most && limits.warps == 0 && warps > kLeastWarps) {
    warps /= 2;
    launch.scratch_bytes = dense_tile_bytes<Value, DeviceWarp>(model, warps);
  }
  if (launch.scratch_bytes > most) return launch;
  launch.warps = warps;
  launch.blocks_per_multiprocessor =
      blocks_at_a_time(dense_tile_kernel<Value>, {1, warps * kLanes, launch.scratch_bytes}, limits.device);
  return launch;
}

template <class Value>
void launch_with(const TrainLaunch& launch, int blocks, const Model& model,
                 const CentreRange<CurandPhilox>& batch, const Totals& totals, cudaStream_t stream) {
  warp2vec::launch(dense_tile_kernel<Value>, {blocks, launch.warps * kLanes, launch.scratch_bytes}, stream,
                   model, tables_of(model, Value{}), batch, totals);
}

}  // namespace

TrainLaunch plan_dense_tiles(const Model& model, const TrainLimits& limits) {
  return model.table_type == TableType::bf16 ? plan<Bf16>(model, limits) : plan<float>(model, limits);
}

void launch_dense_tiles(const TrainLaunch& launch, int blocks, const Model& model,
                        const CentreRange<CurandPhilox>& batch, const Totals& totals, cudaStream_t stream) {
  if (model.table_type == TableType::bf16)
    launch_with<Bf16>(launch, blocks, model, batch, totals, stream);
  else
    launch_with<float>(launch, blocks, model, batch, totals, stream);
}

}  // namespace warp2vec
