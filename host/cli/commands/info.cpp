#include <warp2vec/encoded_corpus.h>
#include <warp2vec/model.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/commands/commands.h"
#include "host/cli/flags/flags.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/run/requirements.h"
#include "host/cli/terminal/gpu.h"
#include "host/cli/terminal/gpu_text.h"
#include "host/cli/terminal/machine.h"
#include "host/cli/terminal/text.h"
#include "host/cli/terminal/version.h"

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::cli {
namespace {

void row(const std::string& name, const std::string& value) {
  std::cout << pad_right(name, 16) << printable(value) << "\n";
}

std::string simd_targets() {
  std::string names;
  for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1)
    names += (names.empty() ? "" : " ") + std::string(hwy::TargetName(left & -left));
  return names;
}

void describe_build() {
  const Machine machine = this_machine();
  row("version", version());
  row("commit", commit());
  row("compiler", WARP2VEC_COMPILER);
  row("build", WARP2VEC_BUILD_TYPE);
  row("CUDA", gpu_support());
  row("CPU", machine.cpu);
  row("cores", machine.cores > 0 ? std::to_string(machine.cores) : "unknown");
  row("threads", std::to_string(machine.threads));
  row("SIMD", simd_targets());
  row("memory", format_bytes(machine.memory) + ", " + describe(available_memory()));
  row("system", machine.os);
}

void describe_devices() {
  for (const std::string& line : describe_gpus(find_gpus(true))) std::cout << printable(line) << "\n";
}

constexpr std::int64_t kWordsShown = 10;

template <class WordAt>
std::string first_words(std::int64_t size, WordAt word_at) {
  std::string words;
  for (std::int64_t i = 0; i < std::min(kWordsShown, size); ++i)
    words += (i > 0 ? " " : "") + std::string(word_at(i));
  return words + (size > kWordsShown ? " ..." : "");
}

void describe_vectors(const std::string& path, std::int64_t limit) {
  std::vector<std::string> first;
  const VectorFileSummary vectors =
      scan_vectors(path, {limit}, [&first](std::string_view word, std::span<const float> /*values*/) {
        if (std::ssize(first) < kWordsShown) first.emplace_back(word);
      });
  say_repeated(path, vectors.repeated);
  row("vectors", path);
  row("words", with_commas(vectors.size));
  row("dim", std::to_string(vectors.dim));
  row("memory", format_bytes(Matrix::bytes(vectors.size, vectors.dim)));
  row("first words",
      first_words(vectors.size, [&](std::int64_t i) { return first[static_cast<std::size_t>(i)]; }));
}

void describe_vocabulary(const std::string& path) {
  const Vocabulary vocabulary = read_vocabulary(path, 1, 0);
  row("vocabulary", path);
  row("words", with_commas(vocabulary.size()));
  row("occurrences", with_commas(vocabulary.total()));
  row("counts",
      with_commas(vocabulary.counts().front()) + " down to " + with_commas(vocabulary.counts().back()));
  row("first words", first_words(vocabulary.size(),
                                 [&](std::int64_t i) { return vocabulary.word(static_cast<WordId>(i)); }));
}

void describe_model(const std::string& path) {
  const TrainedModel model = load_model(path);
  const Config& config = model.config;
  row("model", path);
  row("words", with_commas(model.vocabulary.size()));
  row("occurrences", with_commas(model.vocabulary.total()));
  row("dim", std::to_string(config.dim));
  row("trained as", to_string(config.model) + (config.cbow_sum ? ", of sums" : ""));
  row("loss", to_string(config.loss));
  row("window", std::to_string(config.window));
  row("sample", format_real(config.sample));
  row("epochs", std::to_string(config.epochs));
  row("seed", std::to_string(config.seed));
  row("first words", first_words(model.vocabulary.size(), [&](std::int64_t i) {
        return model.vocabulary.word(static_cast<WordId>(i));
      }));
}

void describe_corpus(const std::string& path) {
  const EncodedCorpus corpus(path);
  const Vocabulary& vocabulary = corpus.vocabulary();
  std::int64_t sentences = 0;
  std::int64_t all_tokens = 0;
  for (const TextFingerprint::File& file : corpus.text().files) {
    sentences += file.sentences;
    all_tokens += file.tokens;
  }
  row("corpus", path);
  row("tokens", with_commas(corpus.tokens()) + " of the text's " + with_commas(all_tokens));
  row("sentences", with_commas(sentences));
  row("files", with_commas(static_cast<std::int64_t>(corpus.files().size())));
  row("words", with_commas(vocabulary.size()));
  row("min-count", std::to_string(corpus.settings().min_count));
  row("max-vocab", std::to_string(corpus.settings().max_vocab));
  row("size", format_bytes(corpus.bytes()));
  row("first words", first_words(vocabulary.size(),
                                 [&](std::int64_t i) { return vocabulary.word(static_cast<WordId>(i)); }));
}

}  // namespace

int run_info(const Arguments& arguments) {
  std::string vectors;
  std::string vocabulary;
  std::string model;
  std::string corpus;
  std::int64_t limit = 0;
  bool devices = false;
  Flags flags(
      "info", "Describes this build and machine, its GPUs, or checks and describes a file.",
      "Examples:\n  warp2vec info\n  warp2vec info --devices\n  warp2vec info --vectors vectors.bin\n");
  flags.text("--vectors", "FILE", vectors, kVectorsHelp);
  add_limit_flag(flags, limit);
  flags.text("--vocab", "FILE", vocabulary, "'word count' lines.");
  flags.text("--model", "FILE", model, "A model written by 'warp2vec train --save-model'.");
  flags.text("--corpus", "FILE", corpus, "A corpus written by 'warp2vec encode'.");
  flags.on_off("--devices", devices, "The NVIDIA GPUs that train can use, and why it cannot use others.");
  flags.parse(arguments);
  if (devices) describe_devices();
  if (!vectors.empty()) describe_vectors(vectors, limit);
  if (!vocabulary.empty()) describe_vocabulary(vocabulary);
  if (!model.empty()) describe_model(model);
  if (!corpus.empty()) describe_corpus(corpus);
  if (vectors.empty() && vocabulary.empty() && model.empty() && corpus.empty() && !devices) describe_build();
  return 0;
}

}  // namespace warp2vec::cli
