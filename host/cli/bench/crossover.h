#pragma once
/// The part that trains synthetic text, to find where one loss overtakes another.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/part.h"

namespace warp2vec::cli::bench {

/// The study over options.grid, which is complete. `options` outlives the part.
Part crossover_part(const BenchOptions& options);

}  // namespace warp2vec::cli::bench
