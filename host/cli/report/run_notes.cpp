#include "host/cli/report/run_notes.h"

#include <warp2vec/token_stream.h>

#include "host/cli/terminal/text.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace warp2vec::cli {
namespace {

// Number of sentences that are expected to have more than max_sentence words after subsampling.
std::int64_t split_sentences(const TrainingData& data) {
  const std::int64_t most = data.config.max_sentence;
  if (most == 0) return 0;
  std::int64_t split = 0;
  std::int64_t sentence_begin = 0;
  double kept = 0;  // of the sentence, in the runs before
  const auto kept_of = [&data](std::span<const WordId> ids) {
    double sum = 0;
    for (const WordId id : ids) sum += 0x1p-32 * data.keep_thresholds[static_cast<std::size_t>(row_of(id))];
    return sum;
  };
  TokenBuffer buffer;
  for (std::int64_t begin = 0; begin < data.tokens.tokens(); begin += kTokensAtATime) {
    const TokenRun run =
        data.tokens.read(begin, std::min(data.tokens.tokens(), begin + kTokensAtATime), buffer);
    std::span<const WordId> rest = run.ids;
    for (const std::int64_t end : run.ends) {
      const auto size = static_cast<std::size_t>(end - std::max(begin, sentence_begin));
      const bool is_long = end - std::exchange(sentence_begin, end) > most;
      if (is_long && kept + kept_of(rest.first(size)) > static_cast<double>(most)) ++split;
      rest = rest.subspan(size);
      kept = 0;
    }
    kept += kept_of(rest);
  }
  return split;
}

}  // namespace

std::string split_note(const TrainingData& data) {
  const std::int64_t split = split_sentences(data);
  if (split == 0) return "";
  return "note: " + with_commas(split) + (split == 1 ? " sentence has" : " sentences have") +
         " more than --max-sentence " + std::to_string(data.config.max_sentence) +
         " words after subsampling and " + (split == 1 ? "is" : "are") +
         " split for training; nothing is dropped";
}

std::vector<std::string> start_notes(const WarmStart& start, const TrainOptions& options) {
  std::vector<std::string> lines{
      "starting with " + options.init + ": " + with_commas(start.kept) + " words keep their vectors, " +
      with_commas(start.added) + " are new" +
      (start.lost > 0 ? "; " + with_commas(start.lost) + " more words of the file are not trained" : "")};
  const Loss& loss = options.config.loss;
  if (!start.outputs_kept && (loss.negative_sampling || loss.softmax))
    lines.push_back("the output vectors start at zero: " + options.init + " has none");
  if (!start.nodes_kept && loss.hierarchical_softmax)
    lines.emplace_back(
        "the inner nodes of the Huffman tree start at zero: the tree follows from the words and their "
        "counts, "
        "and is not that of the file");
  return lines;
}

std::string pair_note(std::int64_t words, Config config, bool on_gpu) {
  const std::string settings =
      config.loss.negative_sampling ? "--lr, --window and --negative" : "--lr and --window";
  const std::int64_t least = min_words_to_share(config);
  config.sharing = Sharing::automatic;
  const bool high =
      choose_sharing(config, words, std::numeric_limits<double>::infinity(), on_gpu) == Sharing::pair;
  const std::string reason = words < least ? "the vocabulary has fewer than " + with_commas(least) + " words"
                             : high
                                 ? settings + " together are high"
                                 : "fewer than " + with_commas(static_cast<std::int64_t>(kMinTokensToShare)) +
                                       " words are to be trained, after --sample and in all epochs";
  return std::string("trained ") + (config.model == Architecture::cbow ? "word by word" : "pair by pair") +
         ", since " + reason + " (--sharing tile is faster, but its vectors would be worse)";
}

}  // namespace warp2vec::cli
