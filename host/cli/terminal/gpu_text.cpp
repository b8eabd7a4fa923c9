#include "host/cli/terminal/gpu_text.h"

#include "host/cli/terminal/text.h"

namespace warp2vec::cli {

std::string gpu_name(const CudaDevice& device) {
  return device.name + " (cuda:" + std::to_string(device.index) + ")";
}

std::string why_no_gpu(const std::optional<CudaDevices>& gpus) {
  if (!gpus) return "this build has no CUDA support";
  std::string reasons;
  for (const std::string& problem : gpus->problems) reasons += (reasons.empty() ? "" : "; ") + problem;
  return reasons.empty() ? "no GPU was found" : reasons;
}

std::vector<std::string> describe_gpus(const std::optional<CudaDevices>& gpus) {
  if (!gpus || (gpus->usable.empty() && gpus->problems.empty())) return {why_no_gpu(gpus)};
  std::vector<std::string> lines;
  for (const CudaDevice& device : gpus->usable)
    lines.push_back("cuda:" + std::to_string(device.index) + "  " + device.name + ", compute capability " +
                    std::to_string(device.major) + "." + std::to_string(device.minor) + ", " +
                    format_bytes(device.memory) + " of memory, " + format_bytes(device.free_memory) +
                    " free, " + std::to_string(device.multiprocessors) + " multiprocessors");
  lines.insert(lines.end(), gpus->problems.begin(), gpus->problems.end());
  return lines;
}

std::string in_flight_text(std::int64_t centres, int busy_multiprocessors, int multiprocessors) {
  return with_commas(centres) + " centres in flight on " + std::to_string(busy_multiprocessors) + " of " +
         std::to_string(multiprocessors) + " multiprocessors";
}

std::vector<std::string> describe_run(const GpuRun& run) {
  std::string items;
  for (const CudaMemoryPlan::Item& item : run.memory.items)
    items += (items.empty() ? ": " : ", ") + item.name + " " + format_bytes(item.bytes);
  return {"memory on " + gpu_name(run.device) + ": " + format_bytes(run.memory_bytes) + " of " +
              format_bytes(run.memory.free) + " free" + items,
          std::string(run.memory.corpus_resident ? "the corpus stays on the GPU"
                                                 : "the corpus is streamed to the GPU in every epoch") +
              "; " +
              in_flight_text(run.centres_in_flight, run.busy_multiprocessors, run.device.multiprocessors) +
              (run.tensor_cores ? "; tiles on tensor cores" : "")};
}

}  // namespace warp2vec::cli
