#pragma once
/// Translates the flags of other tools to warp2vec's.

#include <string>
#include <vector>

namespace warp2vec::cli {

using Arguments = std::vector<std::string>;

/// Whose command it is: its rules hold even without its flags.
enum class Dialect {
  own,
  word2vec_c,  ///< word2vec.c's program: CBOW is the default
  fasttext,    ///< fastText's skipgram and cbow: -output names a model, of which MODEL.vec is written
  plan         ///< plan: --vocab-size is its own flag, and not koan's, which is --max-vocab
};

/// Arguments of `train` as warp2vec's own flags, and one-line notes for the user about the translation.
struct Rewritten {
  Arguments arguments;
  std::vector<std::string> notes;
  bool fasttext_defaults =
      false;  ///< a learning rate of 0.05 and --sample 1e-4; the others are the same here
};

/// Rewrites the arguments after `train`: single-dash flags of word2vec.c and fastText, and with two dashes
/// theirs, gensim's, and those of koan, GloVe and word2vec++ that mean the same here, with `_` and `-`
/// equivalent. warp2vec's own flags are unchanged. What changes nothing at its value (--sorted_vocab 1,
/// -wordNgrams 1) is left out. word2vec.c's flags bring its rules: vectors are text unless `-binary 1`, and
/// `-hs 1` keeps `-negative 5`. Throws UsageError for an unknown single-dash flag, a missing value, what is
/// not available here (naming the reason), and for neither `-hs` nor `-negative`.
Rewritten rewrite_arguments(const Arguments& arguments, Dialect dialect = Dialect::own);

}  // namespace warp2vec::cli
