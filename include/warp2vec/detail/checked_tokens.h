#pragma once
/// Tokens of any source, which may be a user's own, checked before their ids are used as rows.

#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/token_stream.h>

#include <cstdint>

namespace warp2vec {

/// Throws Error, naming the position and the values, unless `run` has the ids of tokens [begin, end), each in
/// [0, words), and sentence ends that strictly increase in (begin, end].
WARP2VEC_EXPORT void require_run(const TokenRun& run, std::int64_t begin, std::int64_t end,
                                 std::int64_t words);

/// tokens.read(begin, end, buffer), which must pass require_run(), and of which the last token of the corpus
/// ends a sentence. The check takes about half a nanosecond per token.
WARP2VEC_EXPORT TokenRun read_checked(const TokenSource& tokens, std::int64_t begin, std::int64_t end,
                                      std::int64_t words, TokenBuffer& buffer);

/// For sources: throws Error unless 0 <= begin <= end <= tokens.
void require_range(std::int64_t begin, std::int64_t end, std::int64_t tokens);

}  // namespace warp2vec
