#pragma once
/// A run's vocabulary, counted from its text or read from a file, with messages for the user.

#include <warp2vec/corpus.h>

#include "host/cli/flags/train_options.h"
#include "host/cli/run/progress.h"

#include <string>

namespace warp2vec::cli {

/// Shows the progress of `what`; throws Interrupted after Ctrl-C. `display` must outlive the result.
ReadProgress reading_progress(ProgressDisplay& display, const std::string& what, const Corpus& corpus);

CorpusCounts count_vocabulary(const Corpus& corpus, const Config& config, ProgressDisplay& display);

/// Reads `path` and filters it by min_count and max_vocab. Throws Error if nothing is left.
Vocabulary load_vocabulary(const std::string& path, const Config& config, ProgressDisplay& display);

}  // namespace warp2vec::cli
