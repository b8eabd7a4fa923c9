#pragma once
/// Descriptions of GPUs.

#include "host/cli/terminal/gpu.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// "NVIDIA H100 80GB HBM3 (cuda:0)".
std::string gpu_name(const CudaDevice& device);

/// Why no GPU is usable, if none is.
std::string why_no_gpu(const std::optional<CudaDevices>& gpus);

/// For `info --devices`: a line for each usable GPU, then one for each problem.
std::vector<std::string> describe_gpus(const std::optional<CudaDevices>& gpus);

/// "4,096 centres in flight on 64 of 132 multiprocessors".
std::string in_flight_text(std::int64_t centres, int busy_multiprocessors, int multiprocessors);

/// The plan of a run on a GPU: its memory, and how it accesses the corpus.
std::vector<std::string> describe_run(const GpuRun& run);

}  // namespace warp2vec::cli
