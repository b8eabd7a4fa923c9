#pragma once
/// What does not fit into memory: when it goes to the scratch folder, and whether that is a place for it.

#include <warp2vec/corpus.h>

#include "host/cli/flags/train_options.h"
#include "host/planning/memory_plan.h"
#include "host/training/job_limits.h"

#include <cstdint>
#include <string>

namespace warp2vec::cli {

/// Throws UsageError if --scratch-folder is given, but is no folder that can be written to.
void check_scratch_folder(const TrainOptions& options);

/// --count-memory, or half of what is available: the other half is for the words that are kept. Without the
/// flag there is no limit if the scratch folder is unusable or in memory itself.
CountMemory count_memory(const TrainOptions& options);

/// Whether the ids of the text do not fit into memory, but the rest of the run does, of which it already
/// holds `held` bytes.
bool needs_scratch(const CorpusSize& size, const TrainOptions& options, std::int64_t held,
                   const AvailableMemory& available);

/// Size of the scratch file.
std::int64_t scratch_bytes(const CorpusSize& size);

/// "the ids of the text's 5,000,000,000 words (20.0 GB) do not fit into memory: they are kept on the disk of
/// /data while training". Throws Error if that is no disk.
std::string scratch_note(const CorpusSize& size, const TrainOptions& options);

}  // namespace warp2vec::cli
