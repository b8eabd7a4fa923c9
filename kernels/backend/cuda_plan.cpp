#include "kernels/backend/cuda_plan.h"

#include <warp2vec/error.h>

#include "host/planning/gpu_tiles.h"
#include "host/planning/memory_plan.h"
#include "host/training/softmax_tile.h"
#include "kernels/backend/in_flight.h"
#include "kernels/backend/model_of.h"

#include <algorithm>
#include <cstdio>

namespace warp2vec {
namespace {

// Memory that CUDA, cuBLAS and Thrust need besides the planned allocations.
constexpr std::int64_t kReserve = std::int64_t{256} << 20;

/// Fills in how the training kernel is launched.
void choose_launch(const TrainingData& data, const CudaDevice& device, const CudaLimits& limits,
                   CudaPlan& plan) {
  const CentresInFlight harmless =
      harmless_centres_in_flight(data.vocabulary, data.config, data.tokens.tokens());
  // With tiles of this size.
  const auto fill_in = [&](std::int32_t centres) {
    const Model model = model_of(data, centres);
    plan.launch = plan_train_launch(model, {device.index, !limits.no_tensor_cores, limits.warps});
    const int warps = plan.launch.warps;
    const std::int32_t top_nodes = plan.launch.path_sizes.top_nodes;
    const std::int64_t most =
        std::int64_t{std::max(1, plan.launch.blocks_per_multiprocessor)} * device.multiprocessors;
    plan.blocks = limits.blocks > 0
                      ? limits.blocks
                      : harmless_blocks(harmless, centres_in_flight(model, 1, warps, top_nodes), most);
    plan.tile_centres = centres;
    plan.in_flight = centres_in_flight(model, plan.blocks, warps, top_nodes);
    return plan.blocks;
  };
  if (limits.tile_centres > 0)
    fill_in(limits.tile_centres);
  else if (limits.blocks > 0)
    fill_in(data.config.centres_per_tile());
  else
    fill_in(choose_gpu_tiles(data.config, device.multiprocessors, fill_in).centres);
}

std::string megabytes(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) * 1e-6);
  return text;
}

[[noreturn]] void refuse(const CudaMemoryPlan& memory, const CudaDevice& device) {
  std::string items;
  for (const CudaMemoryPlan::Item& item : memory.items)
    items += (items.empty() ? "" : ", ") + item.name + " " + megabytes(item.bytes);
  throw Error(
      "training needs " + megabytes(memory.total()) + " of GPU memory (" + items + ") and GPU " +
      std::to_string(device.index) + " (" + device.name + ") has " + megabytes(memory.free) +
      " free: a smaller --dim or --max-vocab, or a larger --min-count, needs less; --device cpu trains "
      "without a GPU");
}

CudaMemoryPlan plan_memory(const TrainingData& data, const CudaDevice& device, const CudaPlan& plan,
                           bool resident, bool divided) {
  const std::int64_t scratch = plan.launch.shared ? 0 : plan.blocks * plan.launch.scratch_bytes;
  CudaMemoryPlan memory;
  memory.free = device.free_memory;
  memory.corpus_resident = resident;
  for (const MemoryItem& item : memory_plan({data.vocabulary.size(), 0, data.tokens.tokens()}, data.config,
                                            {resident, plan.launch.tensor_cores, scratch, divided}))
    if (item.device_bytes > 0) memory.items.push_back({item.name, item.device_bytes});
  return memory;
}

}  // namespace

std::int64_t CudaMemoryPlan::total() const {
  std::int64_t sum = 0;
  for (const Item& item : items) sum += item.bytes;
  return sum;
}

CudaPlan plan_cuda(const TrainingData& data, const CudaDevice& device, const CudaLimits& limits,
                   bool divided) {
  CudaPlan plan;
  if (data.config.loss.softmax) {
    plan.softmax_centres = max_softmax_centres(data.config);
  } else {
    choose_launch(data, device, limits, plan);
  }
  plan.batch_centres = device_batch_centres(data.config, data.vocabulary.size(), plan.launch.tensor_cores);
  plan.batch_tokens = device_batch_tokens(data.config, plan.batch_centres, data.tokens.tokens());
  for (const bool resident : {true, false}) {
    if (resident && limits.stream_corpus) continue;
    plan.memory = plan_memory(data, device, plan, resident, divided);
    if (plan.memory.total() + kReserve <= device.free_memory) return plan;
  }
  refuse(plan.memory, device);
}

}  // namespace warp2vec
