#include <warp2vec/detail/checked_tokens.h>
#include <warp2vec/error.h>
#include <warp2vec/token_stream.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace warp2vec {
namespace {

std::string range(std::int64_t begin, std::int64_t end) {
  return "[" + std::to_string(begin) + ", " + std::to_string(end) + ")";
}

// Negative ids are large ones. Without a branch, to run at memory speed.
std::uint32_t highest_id(std::span<const WordId> ids) {
  std::uint32_t highest = 0;
  for (const WordId id : ids) highest = std::max(highest, static_cast<std::uint32_t>(id));
  return highest;
}

}  // namespace

void require_range(std::int64_t begin, std::int64_t end, std::int64_t tokens) {
  if (begin < 0 || begin > end || end > tokens)
    throw Error("cannot read the tokens " + range(begin, end) + " of a corpus of " + std::to_string(tokens));
}

void require_run(const TokenRun& run, std::int64_t begin, std::int64_t end, std::int64_t words) {
  if (std::ssize(run.ids) != end - begin)
    throw Error("the tokens " + range(begin, end) + " have " + std::to_string(run.ids.size()) +
                " ids, expected " + std::to_string(end - begin));
  if (highest_id(run.ids) >= words) {
    const auto wrong = std::find_if(run.ids.begin(), run.ids.end(),
                                    [&](WordId id) { return static_cast<std::uint32_t>(id) >= words; });
    throw Error("the id of token " + std::to_string(begin + (wrong - run.ids.begin())) + " is " +
                std::to_string(row_of(*wrong)) + ": expected that of one of " + std::to_string(words) +
                " words, 0 to " + std::to_string(words - 1));
  }
  std::int64_t last = begin;
  for (const std::int64_t sentence_end : run.ends) {
    if (sentence_end <= last || sentence_end > end)
      throw Error("among the tokens " + range(begin, end) + " a sentence ends at " +
                  std::to_string(sentence_end) + ": expected a position above " + std::to_string(last) +
                  " and up to " + std::to_string(end));
    last = sentence_end;
  }
}

TokenRun read_checked(const TokenSource& tokens, std::int64_t begin, std::int64_t end, std::int64_t words,
                      TokenBuffer& buffer) {
  const TokenRun run = tokens.read(begin, end, buffer);
  require_run(run, begin, end, words);
  if (begin < end && end == tokens.tokens() && (run.ends.empty() || run.ends.back() != end))
    throw Error("no sentence ends at " + std::to_string(end) + ", after the last token: expected one there");
  return run;
}

TokenRun TokenStream::read(std::int64_t begin, std::int64_t end, TokenBuffer& /*buffer*/) const {
  require_range(begin, end, tokens());
  const auto first = std::upper_bound(ends.begin(), ends.end(), begin);
  const auto last = std::upper_bound(first, ends.end(), end);
  return {std::span(ids).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
          {first, last}};
}

}  // namespace warp2vec
