#pragma once
/// The part that trains on the user's text.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/part.h"
#include "host/cli/run/progress.h"

namespace warp2vec::cli::bench {

/// Every combination of options.grid, which is complete. `options` and `display` outlive the part. Throws
/// Error for a file that cannot be read.
Part trainings_part(const BenchOptions& options, ProgressDisplay& display);

}  // namespace warp2vec::cli::bench
