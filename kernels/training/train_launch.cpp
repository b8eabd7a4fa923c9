#include "kernels/training/train_launch.h"

#include <warp2vec/error.h>

#include <string>

namespace warp2vec {

TrainLaunch plan_train_launch(const Model& model, const TrainLimits& limits) {
  TrainLaunch dense;
  if (limits.tensor_cores && model.sharing == Sharing::tile) dense = plan_dense_tiles(model, limits);
  if (dense.warps > 0) return dense;
  if (model.table_type == TableType::bf16) {
    if (!dense.tensor_cores)
      throw Error(
          "--table-type bf16 needs a GPU of compute capability 8.0 or above, and a build with kernels "
          "for it: see 'warp2vec info'");
    throw Error("--table-type bf16: a tile of --dim " + std::to_string(model.input.cols) + " and --window " +
                std::to_string(model.window) + " takes " + std::to_string(dense.scratch_bytes) +
                " bytes of the GPU's shared memory, which has fewer: expected a smaller --dim or --window");
  }
  return plan_plain(model, limits);
}

void launch_train(const TrainLaunch& launch, int blocks, const Model& model,
                  const CentreRange<CurandPhilox>& batch, const Totals& totals, unsigned char* global_scratch,
                  cudaStream_t stream) {
  if (launch.tensor_cores)
    launch_dense_tiles(launch, blocks, model, batch, totals, stream);
  else
    launch_plain(launch, blocks, model, batch, totals, global_scratch, stream);
}

}  // namespace warp2vec
