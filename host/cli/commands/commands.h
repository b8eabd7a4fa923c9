#pragma once
/// The program's commands. Each takes the arguments after its name and returns the exit status, and throws
/// UsageError for wrong arguments, HelpRequested for --help, and Error for everything else.

#include "host/cli/flags/arguments.h"

#include <span>

namespace warp2vec::cli {

int run_train(const Arguments& arguments);
int run_vocab(const Arguments& arguments);
int run_encode(const Arguments& arguments);
int run_phrases(const Arguments& arguments);
int run_neighbors(const Arguments& arguments);
int run_analogy(const Arguments& arguments);
int run_probability(const Arguments& arguments);
int run_eval(const Arguments& arguments);
int run_export(const Arguments& arguments);
int run_info(const Arguments& arguments);
int run_plan(const Arguments& arguments);
int run_bench(const Arguments& arguments);
int run_completion(const Arguments& arguments);
int run_man(const Arguments& arguments);

struct Command {
  const char* name;
  int (*run)(const Arguments&);
  const char* summary;
};

/// All commands, in the order of the program's help.
std::span<const Command> commands();

}  // namespace warp2vec::cli
