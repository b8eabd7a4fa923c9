#pragma once
/// Which files a training run may write.

#include "host/cli/flags/train_options.h"

#include <string>

namespace warp2vec::cli {

/// Whether both exist and are the same file, through links.
bool is_same_file(const std::string& a, const std::string& b);

/// Throws UsageError or Error unless all outputs of a run, including those of an interrupted one, can be
/// written, are different files and replace no input, and --checkpoint replaces no unfinished run.
void check_outputs(const TrainOptions& options);

}  // namespace warp2vec::cli
