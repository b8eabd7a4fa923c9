#pragma once
/// A run that goes on from a checkpoint: what of the command that began it is kept there.

#include <warp2vec/checkpoint.h>

#include "host/cli/flags/train_options.h"

#include <string>
#include <vector>

namespace warp2vec::cli {

/// The notes of a checkpoint: files, device and threads of the command. (All that is learned depends on is in
/// Checkpoint::config.)
std::vector<std::string> notes_of(const TrainOptions& options);

/// The options that 'train --resume `path`' begins with, before its other flags: those of the checkpoint,
/// which is written again to where it is. Notes of another program are left out. Throws Error naming `path`
/// for notes that no command could have left.
TrainOptions resumed_options(const Checkpoint& checkpoint, const std::string& path);

/// Throws UsageError if the run cannot go on with these options; see require_same_settings().
void require_resumable(const Checkpoint& checkpoint, const TrainOptions& options);

/// "warp2vec train --resume FILE", for the user.
std::string resume_command(const std::string& path);

}  // namespace warp2vec::cli
