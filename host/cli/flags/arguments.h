#pragma once
/// Translates the flags of word2vec.c, fastText and gensim to warp2vec's.

#include <string>
#include <vector>

namespace warp2vec::cli {

using Arguments = std::vector<std::string>;

/// Arguments of `train` as warp2vec's own flags, and one-line notes for the user about the translation.
struct Rewritten {
  Arguments arguments;
  std::vector<std::string> notes;
};

/// Rewrites the arguments after `train`: single-dash flags of word2vec.c and fastText, and their and gensim's
/// names with two dashes, with `_` and `-` equivalent. warp2vec's own flags are unchanged. word2vec.c's flags
/// bring its rules: vectors are text unless `-binary 1`, and `-hs 1` keeps `-negative 5`. Throws UsageError
/// for an unknown single-dash flag, a missing value, and for neither `-hs` nor `-negative`. `word2vec_c`:
/// these are the arguments of word2vec.c, whose rules and default, CBOW, hold even without its flags.
Rewritten rewrite_arguments(const Arguments& arguments, bool word2vec_c = false);

}  // namespace warp2vec::cli
