#pragma once
/// --input and what belongs to it.

#include "host/cli/flags/train_options.h"

#include <string>
#include <vector>

namespace warp2vec::cli {

/// Adds --input, with `help`, --input-list and --unicode-spaces; `options` must outlive `flags`.
void add_input_flags(Flags& flags, TrainOptions& options, const std::string& help);

/// The files of --input: those that patterns match, and other paths as they are. Throws UsageError for a
/// pattern that nothing matches.
std::vector<std::string> with_patterns_expanded(const std::vector<std::string>& inputs);

/// Once the flags are parsed: makes options.inputs all files, with patterns expanded, of --input and of the
/// list. Throws UsageError for a pattern that nothing matches, and Error for a list that cannot be read or is
/// empty.
void find_inputs(const Flags& flags, TrainOptions& options);

}  // namespace warp2vec::cli
