#pragma once
/// The flags of word2vec.c, fastText and gensim, rewritten into warp2vec's own.

#include <string>
#include <vector>

namespace warp2vec::cli {

using Arguments = std::vector<std::string>;

/// Arguments of `train` in warp2vec's own flags, and one-line notes for the user about what was understood.
struct Rewritten {
  Arguments arguments;
  std::vector<std::string> notes;
};

/// Rewrites the arguments after `train`: word2vec.c's and fastText's single-dash flags, and their and
/// gensim's names with two dashes, `_` and `-` being the same. Arguments that are warp2vec's own pass
/// unchanged. With word2vec.c's flags its own rules hold: vectors are text unless `-binary 1`, `-hs 1` leaves
/// `-negative 5`. Throws UsageError for an unknown single-dash flag, a missing value, and for what warp2vec
/// does not train
/// (`-cbow 1`, `-classes N`, neither `-hs` nor `-negative`).
Rewritten rewrite_arguments(const Arguments& arguments);

}  // namespace warp2vec::cli
