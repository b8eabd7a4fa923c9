#pragma once
/// Training on a file that `encode` wrote instead of text.

#include <warp2vec/encoded_corpus.h>

#include "host/cli/flags/train_options.h"
#include "host/cli/report/progress.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// The settings of the encoded corpus that `inputs` are; nothing if they are text. Throws UsageError if it is
/// one among several.
std::optional<CorpusSettings> encoded_settings(const std::vector<std::string>& inputs);

/// Throws UsageError, naming both values, if `options` ask for another vocabulary than their encoded corpus
/// has.
void require_its_vocabulary(const TrainOptions& options, const CorpusSettings& settings);

/// Reads and checks the whole file, with progress; throws Interrupted after Ctrl-C.
std::unique_ptr<EncodedCorpus> open_encoded(const std::string& path, ProgressDisplay& display);

}  // namespace warp2vec::cli
