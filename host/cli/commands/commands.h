#pragma once
/// The commands of the program; each takes the arguments after its name and returns the exit status. All
/// throw UsageError for wrong arguments and Error for everything else.

#include "host/cli/flags/arguments.h"

namespace warp2vec::cli {

int run_train(const Arguments& arguments);
int run_vocab(const Arguments& arguments);
int run_neighbors(const Arguments& arguments);
int run_analogy(const Arguments& arguments);
int run_probability(const Arguments& arguments);
int run_eval(const Arguments& arguments);
int run_export(const Arguments& arguments);
int run_info(const Arguments& arguments);
int run_plan(const Arguments& arguments);
int run_bench(const Arguments& arguments);

}  // namespace warp2vec::cli
