// fastText's commands that ask a model, which here is MODEL.vec.
#include "host/cli/commands/commands.h"
#include "host/cli/commands/query.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/terminal/text.h"

#include <charconv>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec::cli {
namespace {

// Scripts name MODEL.bin; skipgram and cbow write MODEL.vec.
std::string vectors_of_model(const std::string& model) {
  std::error_code ignored;
  if (std::filesystem::exists(model, ignored) || !model.ends_with(".bin")) return model;
  std::string vectors = model.substr(0, model.size() - 3) + "vec";
  if (!std::filesystem::exists(vectors, ignored)) return model;
  std::cerr << "note: " << printable(vectors) << " is read in place of " << printable(model)
            << ", which does not exist\n";
  return vectors;
}

int ask(QueryCommand command, const Arguments& arguments) {
  std::vector<std::string> words;
  VectorFiles files;
  Config config;
  Flags flags(command.name + " MODEL [K]", command.description, command.footer);
  flags.text("--index", "FILE", files.index, kIndexHelp);
  add_limit_flag(flags, files.limit);
  flags.number("--threads", "N", config.threads, kThreadsHelp);
  flags.positionals(words);
  flags.parse(arguments);
  check_settings(config);
  if (words.empty() || words.size() > 2)
    throw UsageError(command.name + " needs MODEL and perhaps K, got " + std::to_string(words.size()) +
                     " arguments");
  if (words.size() > 1) command.top = parse_number<std::int64_t>("K", words[1]);
  if (command.top < 1) throw UsageError("K " + words[1] + " is out of range: expected 1 or more");
  files.vectors = vectors_of_model(words[0]);
  return answer_lines(command, std::move(files), AnswerStyle::plain, thread_count(config));
}

std::vector<Question> one_word_each(const std::vector<std::string>& words) {
  std::vector<Question> questions;
  for (const std::string& word : words) questions.push_back({word, {word}});
  return questions;
}

std::vector<Question> triplets(const std::vector<std::string>& words) {
  if (words.size() % 3 != 0)
    throw UsageError("expected three words A B C, got " + std::to_string(words.size()));
  std::vector<Question> questions;
  for (std::size_t i = 0; i < words.size(); i += 3)
    questions.push_back({"", {words[i], words[i + 2]}, {words[i + 1]}});
  return questions;
}

constexpr const char* kModelHelp =
    " MODEL is a file of vectors; for MODEL.bin, if there is none, MODEL.vec is read.";

}  // namespace

int run_nn(const Arguments& arguments) {
  return ask({"nn", "Query word?",
              std::string("The K words (default 10) nearest to each word of standard input, as lines 'word "
                          "similarity'.") +
                  kModelHelp,
              "Example:\n  echo river | warp2vec nn model.vec 5\n", 10, one_word_each, one_word_each},
             arguments);
}

int run_analogies(const Arguments& arguments) {
  return ask({"analogies", "Query triplet (A - B + C)?",
              std::string("The K words (default 10) nearest to A - B + C for each line 'A B C' of standard "
                          "input, as lines 'word similarity'.") +
                  kModelHelp,
              "Example:\n  echo king man woman | warp2vec analogies model.vec 5\n", 10, triplets, triplets},
             arguments);
}

int run_print_word_vectors(const Arguments& arguments) {
  std::vector<std::string> words;
  std::int64_t limit = 0;
  Flags flags(
      "print-word-vectors MODEL",
      std::string("Prints a line with the vector of each word of standard input; for one that is not in "
                  "the model, the mean of its subwords if it is fastText's own (.bin), else zeros.") +
          kModelHelp,
      "Example:\n  echo river copper | warp2vec print-word-vectors model.vec\n");
  add_limit_flag(flags, limit);
  flags.positionals(words);
  flags.parse(arguments);
  if (words.size() != 1)
    throw UsageError("print-word-vectors needs MODEL, got " + std::to_string(words.size()) + " arguments");
  const KeyedVectors vectors(load_vectors_of(vectors_of_model(words[0]), limit));
  std::int64_t unknown = 0;
  for (std::string word; std::cin >> word;) {
    const std::optional<std::int64_t> row = vectors.find(word);
    std::optional<std::vector<float>> composed;
    if (!row) composed = vectors.composed(word);
    if (!row && !composed) {
      ++unknown;
      composed.emplace(static_cast<std::size_t>(vectors.dim()));
    }
    std::cout << word;
    for (const float value : row ? vectors.vector(*row) : std::span<const float>(*composed)) {
      char digits[32];
      std::cout << ' ';
      std::cout.write(digits, std::to_chars(digits, digits + sizeof digits, value).ptr - digits);
    }
    std::cout << "\n";
  }
  if (unknown > 0)
    std::cerr << "note: not in the model, so their vectors are zero: " << with_commas(unknown)
              << (unknown == 1 ? " word\n" : " words\n");
  return 0;
}

}  // namespace warp2vec::cli
