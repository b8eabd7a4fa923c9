#pragma once
/// Tokens that several ranks have encoded, each a share of the text.

#include <warp2vec/ranks.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <functional>
#include <string>

namespace warp2vec {

/// What a rank has encoded. `tokens.ends` may begin with 0: a sentence that began in the share before ends
/// there.
struct EncodedShare {
  TokenStream tokens;
  std::int64_t seen_in_last_file = 0;  ///< words after the last of `tokens.encoded_files`
};

/// Collective. The tokens of all ranks, whose shares follow each other, as of a text that was encoded by one;
/// `name_of_file`: by number. Throws Error if none of the words was in the vocabulary.
TokenStream joined(Ranks& ranks, EncodedShare own, const Vocabulary& vocabulary,
                   const std::function<std::string(std::size_t)>& name_of_file);

}  // namespace warp2vec
