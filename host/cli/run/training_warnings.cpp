#include "host/cli/run/training_warnings.h"

#include "host/cli/terminal/text.h"
#include "host/training/divergence.h"

#include <algorithm>

namespace warp2vec::cli {
namespace {

// With 50 pairs a word the vectors of small texts are still near their start, and the loss near that of
// untrained ones; a usual run has hundreds.
constexpr std::int64_t kFewPairsPerWord = 50;

// Sound runs have epochs of up to 1.01: the first, and those of words without any order.
constexpr double kHighTimesUntrained = 1.1;

}  // namespace

std::vector<std::string> training_warnings(const TrainingData& data, const TrainingSummary& summary) {
  std::vector<std::string> warnings;
  const std::int64_t words = data.vocabulary.size();
  if (summary.pairs / kFewPairsPerWord < words) {
    const bool most_skipped = summary.kept_tokens < summary.tokens / 2;
    warnings.push_back("warning: only " + with_commas(summary.pairs) +
                       " pairs of words were trained for a vocabulary of " + with_commas(words) +
                       " words, so that vectors may still be near their random start; more text or more "
                       "--epochs help" +
                       (most_skipped ? ", and so does a larger --sample" : ""));
  }
  const auto worst = std::max_element(summary.epoch_loss.begin(), summary.epoch_loss.end());
  const double untrained = untrained_loss(data);
  if (worst != summary.epoch_loss.end() && *worst > kHighTimesUntrained * untrained)
    warnings.push_back("warning: the loss in epoch " +
                       std::to_string(worst - summary.epoch_loss.begin() + 1) + " was " +
                       format_fixed(*worst, 4) + ", above the " + format_fixed(untrained, 4) +
                       " of untrained vectors: steps were too large, and vectors are worse for it; " +
                       smaller_steps(data.config));
  return warnings;
}

}  // namespace warp2vec::cli
