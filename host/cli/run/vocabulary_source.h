#pragma once
/// A run's vocabulary, from its text or from files, with messages for the user.

#include <warp2vec/corpus.h>
#include <warp2vec/warm_start.h>

#include "host/cli/flags/train_options.h"
#include "host/cli/report/progress.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// Shows the progress of `what`, of `bytes` bytes in all; throws Interrupted after Ctrl-C. `display` must
/// outlive the result.
ReadProgress reading_progress(ProgressDisplay& display, const std::string& what, std::int64_t bytes);

/// The texts and arrays of --input, and one line about files in its folders that are not read. `outputs`: as
/// of Corpus. Throws UsageError for --num-ids without ids.
Corpus open_texts(const TrainOptions& options, const std::vector<std::string>& outputs,
                  ProgressDisplay& display);

/// Counts the words in the memory that `options` allow. `ranks`: as of count_words().
CorpusCounts count_vocabulary(const Corpus& corpus, const TrainOptions& options, ProgressDisplay& display,
                              Ranks* ranks = nullptr);

/// Reads `path` and filters it by min_count and max_vocab. Throws Error if nothing is left.
Vocabulary load_vocabulary(const std::string& path, const Config& config, ProgressDisplay& display);

/// Whether the vocabulary of a run with these options must be counted. `init`: of --init; null without.
bool is_counted(const TrainOptions& options, const InitialValues* init);

/// The vocabulary, and the numbers of the text's tokens and types, 0 if it is not counted. `count` counts it,
/// with the options that it gets.
using CountVocabulary = std::function<CorpusCounts(const TrainOptions& options)>;
CorpusCounts find_vocabulary(const TrainOptions& options, const InitialValues* init,
                             const CountVocabulary& count, ProgressDisplay& display);

/// The rows of ids in the vocabulary of a run, -1 for one without. Sets --num-ids to their number, at least
/// `counted`, the CorpusCounts::num_ids of the input, and --ids. Throws Error for a word that is no id.
std::vector<std::int32_t> resolve_ids(TrainOptions& options, const Vocabulary& vocabulary,
                                      std::int64_t counted);

}  // namespace warp2vec::cli
