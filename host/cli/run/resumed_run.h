#pragma once
/// Resuming a run: what a checkpoint keeps of the command that started it.

#include <warp2vec/checkpoint.h>

#include "host/cli/flags/train_options.h"

#include <string>
#include <vector>

namespace warp2vec::cli {

/// The notes of a checkpoint: the command's files, device and threads. (What the vectors depend on is in
/// Checkpoint::config.)
std::vector<std::string> notes_of(const TrainOptions& options);

/// The options of 'train --resume `path`' before its other flags are applied: those of the checkpoint, with
/// `path` as --checkpoint. Ignores the notes of other programs. Throws Error naming `path` for notes that no
/// command could have written.
TrainOptions resumed_options(const Checkpoint& checkpoint, const std::string& path);

/// Throws UsageError if the run cannot be resumed with these options; see require_same_settings().
void require_resumable(const Checkpoint& checkpoint, const TrainOptions& options);

/// "warp2vec train --resume FILE", for the user.
std::string resume_command(const std::string& path);

}  // namespace warp2vec::cli
