#pragma once
/// Synthetic text: words with the frequencies of natural language, and tokens drawn from them.

#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// Decreasing counts, inversely proportional to rank (G. K. Zipf 1935); the rarest word has count 5. `words`
/// >= 1.
std::vector<std::int64_t> zipf_counts(std::int64_t words);

/// `words` words with these counts.
Vocabulary zipf_vocabulary(std::int64_t words);

/// `tokens` words drawn from `vocabulary` in proportion to their counts, in sentences of at most 1,000; a
/// pure function of its arguments. `tokens` >= 1.
TokenStream drawn_tokens(const Vocabulary& vocabulary, std::int64_t tokens);

/// Writes a text in which each of `words` words occurs, in shuffled order, each followed by five drawn
/// from Zipf's distribution, so that all parts of the text are alike; lines of 24 words. `words` >= 2. Throws
/// Error.
void write_synthetic_text(const std::string& path, std::int64_t words);

}  // namespace warp2vec::cli::bench
