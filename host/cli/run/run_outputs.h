#pragma once
/// Which files a training run may write.

#include "host/cli/flags/output_check.h"
#include "host/cli/flags/train_options.h"

#include <string>
#include <vector>

namespace warp2vec::cli {

/// Whether both exist and are the same file, through links.
bool is_same_file(const std::string& a, const std::string& b);

/// The files that an interrupted run with these options writes in place of its vectors and its model.
std::vector<NamedPath> partial_outputs_of(const TrainOptions& options);

/// All files that a run with these options may write.
std::vector<NamedPath> outputs_of(const TrainOptions& options);

/// Throws UsageError or Error unless outputs_of(options) can be written, are different files and replace no
/// input, and --checkpoint replaces no unfinished run.
void check_outputs(const TrainOptions& options);

}  // namespace warp2vec::cli
