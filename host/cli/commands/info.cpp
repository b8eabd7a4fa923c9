#include <warp2vec/encoded_corpus.h>
#include <warp2vec/model.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/commands/commands.h"
#include "host/cli/flags/flags.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/run/requirements.h"
#include "host/cli/terminal/gpu.h"
#include "host/cli/terminal/gpu_text.h"
#include "host/cli/terminal/json_text.h"
#include "host/cli/terminal/machine.h"
#include "host/cli/terminal/text.h"
#include "host/cli/terminal/version.h"

#include <hwy/highway.h>
#include <nlohmann/json.hpp>

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

using nlohmann::json;

// What is told about one thing: a line each, or a JSON object.
class Description {
 public:
  /// `name`: of the line and, with underscores, in JSON, where `suffix` names the unit.
  void add(const std::string& name, const std::string& text, const json& value, const char* suffix = "") {
    lines_ += pad_right(name, 16) + printable(text) + "\n";
    std::string key = name + suffix;
    std::replace_if(
        key.begin(), key.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
    object_[key] = value;
  }
  void add(const std::string& name, const std::string& text) { add(name, text, text); }
  void add(const std::string& name, std::int64_t count) { add(name, with_commas(count), count); }
  void add_bytes(const std::string& name, std::int64_t bytes) {
    add(name, format_bytes(bytes), bytes, "_bytes");
  }

  const std::string& lines() const { return lines_; }
  const json& object() const { return object_; }

 private:
  std::string lines_;
  json object_ = json::object();
};

std::string simd_targets() {
  std::string names;
  for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1)
    names += (names.empty() ? "" : " ") + std::string(hwy::TargetName(left & -left));
  return names;
}

Description describe_build() {
  const Machine machine = this_machine();
  Description about;
  about.add("version", version());
  about.add("commit", commit());
  about.add("compiler", WARP2VEC_COMPILER);
  about.add("build", WARP2VEC_BUILD_TYPE);
  about.add("CUDA", gpu_support());
  about.add("CPU", machine.cpu);
  about.add("cores", machine.cores > 0 ? std::to_string(machine.cores) : "unknown", machine.cores);
  about.add("threads", machine.threads);
  about.add("SIMD", simd_targets());
  about.add("memory", format_bytes(machine.memory) + ", " + describe(available_memory()), machine.memory,
            "_bytes");
  about.add("system", machine.os);
  return about;
}

constexpr std::int64_t kWordsShown = 10;

template <class WordAt>
void add_first_words(Description& about, std::int64_t size, WordAt word_at) {
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < std::min(kWordsShown, size); ++i) words.emplace_back(word_at(i));
  about.add("first words", joined(words, " ") + (size > kWordsShown ? " ..." : ""), words);
}

void add_first_words(Description& about, const Vocabulary& vocabulary) {
  add_first_words(about, vocabulary.size(),
                  [&](std::int64_t i) { return vocabulary.word(static_cast<WordId>(i)); });
}

Description describe_vectors(const std::string& path, std::int64_t limit) {
  std::vector<std::string> first;
  const VectorFileSummary vectors =
      scan_vectors(path, {limit}, [&first](std::string_view word, std::span<const float> /*values*/) {
        if (std::ssize(first) < kWordsShown) first.emplace_back(word);
      });
  say_repeated(path, vectors.repeated);
  Description about;
  about.add("vectors", path);
  about.add("words", vectors.size);
  about.add("dim", std::to_string(vectors.dim), vectors.dim);
  about.add_bytes("memory", Matrix::bytes(vectors.size, vectors.dim));
  add_first_words(about, vectors.size, [&](std::int64_t i) { return first[static_cast<std::size_t>(i)]; });
  return about;
}

Description describe_vocabulary(const std::string& path) {
  const Vocabulary vocabulary = read_vocabulary(path, 1, 0);
  Description about;
  about.add("vocabulary", path);
  about.add("words", vocabulary.size());
  about.add("occurrences", vocabulary.total());
  const std::int64_t highest = vocabulary.counts().front();
  const std::int64_t lowest = vocabulary.counts().back();
  about.add("counts", with_commas(highest) + " down to " + with_commas(lowest), {highest, lowest});
  add_first_words(about, vocabulary);
  return about;
}

Description describe_model(const std::string& path) {
  const TrainedModel model = load_model(path);
  const Config& config = model.config;
  Description about;
  about.add("model", path);
  about.add("words", model.vocabulary.size());
  about.add("occurrences", model.vocabulary.total());
  about.add("dim", std::to_string(config.dim), config.dim);
  about.add("trained as", to_string(config.model) + (config.cbow_sum ? ", of sums" : ""));
  about.add("loss", to_string(config.loss));
  about.add("window", std::to_string(config.window), config.window);
  about.add("sample", format_real(config.sample), config.sample);
  about.add("epochs", std::to_string(config.epochs), config.epochs);
  about.add("seed", std::to_string(config.seed), config.seed);
  add_first_words(about, model.vocabulary);
  return about;
}

Description describe_corpus(const std::string& path) {
  const EncodedCorpus corpus(path);
  std::int64_t sentences = 0;
  std::int64_t all_tokens = 0;
  for (const TextFingerprint::File& file : corpus.text().files) {
    sentences += file.sentences;
    all_tokens += file.tokens;
  }
  Description about;
  about.add("corpus", path);
  about.add("tokens", with_commas(corpus.tokens()) + " of the text's " + with_commas(all_tokens),
            corpus.tokens());
  about.add("sentences", sentences);
  about.add("files", std::ssize(corpus.files()));
  about.add("words", corpus.vocabulary().size());
  about.add("min-count", std::to_string(corpus.settings().min_count), corpus.settings().min_count);
  about.add("max-vocab", std::to_string(corpus.settings().max_vocab), corpus.settings().max_vocab);
  about.add_bytes("size", corpus.bytes());
  add_first_words(about, corpus.vocabulary());
  return about;
}

}  // namespace

int run_info(const Arguments& arguments) {
  std::vector<std::string> files;
  std::string vectors;
  std::string vocabulary;
  std::string model;
  std::string corpus;
  std::int64_t limit = 0;
  bool devices = false;
  bool as_json = false;
  Flags flags("info [FILE]", "Describes this build and machine, its GPUs, or checks and describes a file.",
              "FILE has vectors, a model or a corpus: its content says which.\n"
              "Examples:\n  warp2vec info\n  warp2vec info --devices\n  warp2vec info vectors.bin\n");
  flags.positionals(files);
  flags.text("--vectors", "FILE", vectors, kVectorsHelp);
  add_limit_flag(flags, limit);
  flags.text("--vocab", "FILE", vocabulary, "'word count' lines.");
  flags.text("--model", "FILE", model, "A model written by 'warp2vec train --save-model'.");
  flags.text("--corpus", "FILE", corpus, "A corpus written by 'warp2vec encode'.");
  flags.on_off("--devices", devices, "The NVIDIA GPUs that train can use, and why it cannot use others.");
  flags.on_off("--json", as_json, "Print JSON, an object for each of these, instead of lines.");
  flags.parse(arguments);
  if (files.size() > 1) throw UsageError("info describes one FILE at a time, got also '" + files[1] + "'");
  for (const std::string& file : files) {
    std::string& of_its_kind = is_model(file) ? model : settings_of_encoded(file) ? corpus : vectors;
    if (!of_its_kind.empty()) throw UsageError("info describes one FILE at a time, got also '" + file + "'");
    of_its_kind = file;
  }

  json objects = json::object();
  const auto show = [&](const char* name, const Description& about) {
    if (as_json)
      objects[name] = about.object();
    else
      std::cout << about.lines();
  };
  if (devices) {
    const std::vector<std::string> lines = describe_gpus(find_gpus(true));
    objects["devices"] = lines;
    if (!as_json)
      for (const std::string& line : lines) std::cout << printable(line) << "\n";
  }
  if (!vectors.empty()) show("vectors", describe_vectors(vectors, limit));
  if (!vocabulary.empty()) show("vocabulary", describe_vocabulary(vocabulary));
  if (!model.empty()) show("model", describe_model(model));
  if (!corpus.empty()) show("corpus", describe_corpus(corpus));
  if (vectors.empty() && vocabulary.empty() && model.empty() && corpus.empty() && !devices)
    show("build", describe_build());
  if (as_json) write_json(std::cout, objects, 2);
  return 0;
}

}  // namespace warp2vec::cli
