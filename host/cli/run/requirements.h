#pragma once
/// Whether memory and disks suffice for a run, before it reads its text.

#include "host/cli/flags/train_options.h"
#include "host/planning/memory_plan.h"
#include "host/training/job_limits.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// The large allocations of a run on the host. Ranks merge where they train, there or on their GPUs.
std::vector<MemoryItem> host_memory(const CorpusSize& size, const TrainOptions& options);

/// Memory on the host for a run, including the copy for --checkpoint, bytes.
std::int64_t needed_memory(const CorpusSize& size, const TrainOptions& options);

/// "23.2 GB available on this machine".
std::string describe(const AvailableMemory& available);

/// "training needs about 83.5 MB of memory; 23.2 GB available on this machine".
std::string describe_memory(std::int64_t needed, const AvailableMemory& available);

/// Whether `needed` bytes are available, in addition to the `held` bytes of them that the process already
/// has.
bool fits(std::int64_t needed, std::int64_t held, const AvailableMemory& available);

/// Throws Error saying what to change if they do not fit.
void require_memory(std::int64_t needed, std::int64_t held, const AvailableMemory& available);

/// Size of the file(s) of --output: output_bytes(), of ids with a row for each of --num-ids.
std::int64_t vectors_bytes(CorpusSize size, const TrainOptions& options);

/// A file that a run will write.
struct PlannedFile {
  std::string flag;
  std::string path;
  std::int64_t bytes = 0;  ///< of the file
  std::int64_t space = 0;  ///< on its disk, in addition to what is used now
};

/// All that may become large, with the scratch file if the tokens are not in memory and the input is a text.
/// Files of an interrupted run replace the final ones.
std::vector<PlannedFile> planned_files(const CorpusSize& size, const TrainOptions& options,
                                       bool scratch = false);

/// Throws Error naming disk, files and sizes if a disk has too little free space for the files on it, or if
/// a file exceeds 'ulimit -f'. `free_bytes`: of the disk of a folder.
void require_space(const std::vector<PlannedFile>& files,
                   const std::function<std::int64_t(const std::string& folder)>& free_bytes);
void require_space(const std::vector<PlannedFile>& files);

}  // namespace warp2vec::cli
