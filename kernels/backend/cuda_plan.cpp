#include "kernels/backend/cuda_plan.h"

#include <warp2vec/error.h>

#include "host/training/memory_plan.h"
#include "host/training/softmax_tile.h"
#include "kernels/backend/in_flight.h"
#include "kernels/backend/model_of.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace warp2vec {
namespace {

// Memory that CUDA, cuBLAS and Thrust need besides the planned allocations.
constexpr std::int64_t kReserve = std::int64_t{256} << 20;

/// The expected result of subsampling.
struct Kept {
  double share = 0;          // of all tokens that are kept
  double largest_share = 0;  // of the kept tokens that are the most frequent word
};

Kept expected_kept(const TrainingData& data) {
  Kept kept;
  const auto total = static_cast<double>(data.vocabulary.total());
  for (const std::int64_t count : data.vocabulary.counts()) {
    const double share = static_cast<double>(count) / total *
                         keep_probability(count, data.vocabulary.total(), data.config.sample);
    kept.share += share;
    kept.largest_share = std::max(kept.largest_share, share);
  }
  kept.largest_share /= kept.share;
  return kept;
}

int choose_blocks(const TrainingData& data, const CudaDevice& device, const Model& model,
                  const TrainLaunch& launch) {
  const CentresInFlight harmless = harmless_centres_in_flight(data);
  const CentresInFlight block = centres_in_flight(model, 1, launch.warps, launch.path_sizes.top_nodes);
  std::int64_t blocks = std::int64_t{std::max(1, launch.blocks_per_multiprocessor)} * device.multiprocessors;
  if (model.negative_sampling) blocks = std::min(blocks, harmless.negatives / block.negatives);
  if (model.hierarchical_softmax) blocks = std::min(blocks, harmless.paths / block.paths);
  return static_cast<int>(std::max<std::int64_t>(1, blocks));
}

// Where quality limits the centres in flight, smaller tiles keep more multiprocessors busy; but each tile has
// the rows of its negatives to train, and of contexts beyond its centres. By the model of
// scripts/kernel_counts.py tiles of n centres take as long as n + kOthers.
constexpr std::int32_t kOthers = 40;
constexpr std::int32_t kSmallestTile = 16;  // fewer centres do not fill the tensor cores

/// Fills in how the training kernel is launched: with the tile size, that of the settings halved any number
/// of times, that trains the most centres at a time.
void choose_tiles(const TrainingData& data, const CudaDevice& device, const CudaLimits& limits,
                  CudaPlan& plan) {
  const bool fixed = limits.blocks > 0 || limits.tile_centres > 0;
  double best = 0;
  std::int32_t centres = limits.tile_centres > 0 ? limits.tile_centres : data.config.centres_per_tile();
  for (;; centres /= 2) {
    const Model model = model_of(data, centres);
    const TrainLaunch launch =
        plan_train_launch(model, {device.index, !limits.no_tensor_cores, limits.warps});
    const int blocks = limits.blocks > 0 ? limits.blocks : choose_blocks(data, device, model, launch);
    const double speed =
        std::min(blocks, device.multiprocessors) * centres / static_cast<double>(centres + kOthers);
    if (speed > best) {
      best = speed;
      plan.launch = launch;
      plan.blocks = blocks;
      plan.tile_centres = centres;
      plan.in_flight = centres_in_flight(model, blocks, launch.warps, launch.path_sizes.top_nodes);
    }
    if (fixed || !model.negative_tiles() || centres % (2 * kSmallestTile) != 0) return;
  }
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
                           bool resident) {
  const std::int64_t scratch = plan.launch.shared ? 0 : plan.blocks * plan.launch.scratch_bytes;
  CudaMemoryPlan memory;
  memory.free = device.free_memory;
  memory.corpus_resident = resident;
  for (const MemoryItem& item : memory_plan({data.vocabulary.size(), 0, data.tokens.tokens()}, data.config,
                                            {resident, plan.launch.tensor_cores, scratch}))
    if (item.device_bytes > 0) memory.items.push_back({item.name, item.device_bytes});
  return memory;
}

}  // namespace

std::int64_t CudaMemoryPlan::total() const {
  std::int64_t sum = 0;
  for (const Item& item : items) sum += item.bytes;
  return sum;
}

CentresInFlight harmless_centres_in_flight(const TrainingData& data) {
  const Config& config = data.config;
  const Kept kept = expected_kept(data);
  const double trained = kept.share * static_cast<double>(data.tokens.tokens()) * config.epochs;
  const auto whole = [](double centres) { return std::max<std::int64_t>(1, std::llround(centres)); };
  CentresInFlight centres;
  if (config.loss.negative_sampling) {
    const double gradients = config.pairs_per_context() * (1 + config.negative) * kept.largest_share;
    centres.negatives = whole(std::min(trained / 1500, 100 / (config.lr * gradients)));
  }
  if (config.loss.hierarchical_softmax) centres.paths = whole(std::min(trained / 1024, 4096.0));
  return centres;
}

CudaPlan plan_cuda(const TrainingData& data, const CudaDevice& device, const CudaLimits& limits) {
  CudaPlan plan;
  if (data.config.loss.softmax) {
    plan.softmax_centres = max_softmax_centres(data.config);
  } else {
    choose_tiles(data, device, limits, plan);
  }
  plan.batch_centres = device_batch_centres(data.config, data.vocabulary.size(), plan.launch.tensor_cores);
  plan.batch_tokens = device_batch_tokens(data.config, plan.batch_centres, data.tokens.tokens());
  for (const bool resident : {true, false}) {
    if (resident && limits.stream_corpus) continue;
    plan.memory = plan_memory(data, device, plan, resident);
    if (plan.memory.total() + kReserve <= device.free_memory) return plan;
  }
  refuse(plan.memory, device);
}

}  // namespace warp2vec
