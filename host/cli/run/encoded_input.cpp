#include "host/cli/run/encoded_input.h"

#include "host/cli/flags/usage_error.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/text.h"

#include <filesystem>
#include <system_error>

namespace warp2vec::cli {

std::optional<CorpusSettings> encoded_settings(const std::vector<std::string>& inputs) {
  std::optional<CorpusSettings> settings;
  for (const std::string& input : inputs) {
    settings = settings_of_encoded(input);
    if (!settings) continue;
    if (inputs.size() > 1)
      throw UsageError("--input " + input + " is an encoded corpus: it must be the only --input");
    return settings;
  }
  return settings;
}

void require_its_vocabulary(const TrainOptions& options, const CorpusSettings& settings) {
  const std::string& path = options.inputs.front();
  const auto require = [&path](const std::string& flag, std::int64_t wanted, std::int64_t encoded) {
    if (wanted != encoded)
      throw UsageError(flag + " " + std::to_string(wanted) + ", but " + path + " was encoded with " + flag +
                       " " + std::to_string(encoded));
  };
  require("--min-count", options.config.min_count, settings.min_count);
  require("--max-vocab", options.config.max_vocab, settings.max_vocab);
  if (options.unicode_spaces)
    throw UsageError("--unicode-spaces: " + path + " was encoded: give it to encode");
  if (options.num_ids > 0 && !options.ids) throw UsageError("--num-ids is for --ids");
  if (!options.read_vocab.empty())
    throw UsageError("--read-vocab " + options.read_vocab + ": " + path + " has its own vocabulary");
  if (!options.init.empty() && options.init_vocab != InitVocab::new_words)
    throw UsageError("--init-vocab " + to_string(options.init_vocab) + ", but " + path +
                     " has no other words than those that were encoded: expected --init-vocab new");
}

std::unique_ptr<EncodedCorpus> open_encoded(const std::string& path, ProgressDisplay& display) {
  std::error_code error;
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
  auto corpus =
      std::make_unique<EncodedCorpus>(path, reading_progress(display, "checking the corpus", bytes));
  display.say("vocabulary: " + with_commas(corpus->vocabulary().size()) + " words from " + path +
              "; its text of " + with_commas(corpus->tokens()) + " words is read while training");
  return corpus;
}

}  // namespace warp2vec::cli
