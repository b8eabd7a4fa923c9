#pragma once
/// The program's commands. Each takes the arguments after its name and returns the exit status, and throws
/// UsageError for wrong arguments, HelpRequested for --help, and Error for everything else.

#include "host/cli/flags/arguments.h"

#include <span>
#include <string>
#include <string_view>

namespace warp2vec::cli {

int run_train(const Arguments& arguments);
int run_vocab(const Arguments& arguments);
int run_encode(const Arguments& arguments);
int run_phrases(const Arguments& arguments);
int run_walks(const Arguments& arguments);
int run_neighbors(const Arguments& arguments);
int run_analogy(const Arguments& arguments);
int run_index(const Arguments& arguments);
int run_probability(const Arguments& arguments);
int run_eval(const Arguments& arguments);
int run_export(const Arguments& arguments);
int run_info(const Arguments& arguments);
int run_plan(const Arguments& arguments);
int run_bench(const Arguments& arguments);
int run_completion(const Arguments& arguments);
int run_man(const Arguments& arguments);
int run_help(const Arguments& arguments);

// Programs that come with word2vec.c, with its flags and defaults:
int run_word2vec(const Arguments& arguments);
int run_distance(const Arguments& arguments);
int run_word_analogy(const Arguments& arguments);
int run_compute_accuracy(const Arguments& arguments);

// Commands of fastText, with its flags, defaults and order of arguments:
int run_skipgram(const Arguments& arguments);
int run_cbow(const Arguments& arguments);
int run_nn(const Arguments& arguments);
int run_analogies(const Arguments& arguments);
int run_print_word_vectors(const Arguments& arguments);

/// Whose names they are.
enum class Tool { warp2vec, word2vec_c, fasttext };

struct Command {
  const char* name;
  int (*run)(const Arguments&);
  const char* summary;
  Tool tool = Tool::warp2vec;
  const char* original =
      nullptr;  ///< of another tool's: the command whose flags it takes; null = it has none
};

/// All commands, in the order of the program's help: other tools' are the last.
std::span<const Command> commands();
/// Null if there is no such command.
const Command* find_command(std::string_view name);
/// Throws UsageError, naming the nearest, if there is no such command.
const Command& require_command(const std::string& name);

/// Prints the program's help.
void print_help();

inline constexpr const char* kExitStatus =
    "0 on success, 1 after an error, 2 after wrong usage, and 128 + N if signal N stopped the program.";

}  // namespace warp2vec::cli
