#include "host/files/corpora/packed_tokens.h"

#include <warp2vec/detail/checked_tokens.h>
#include <warp2vec/detail/packed_token.h>
#include <warp2vec/error.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>

namespace warp2vec {

static_assert(sizeof(PackedToken) == sizeof(std::uint32_t));
static_assert(std::is_same_v<std::underlying_type_t<WordId>, std::int32_t>,
              "a packed token has the size of a word id");

std::string_view TokenPacker::add(const TokenRun& run) {
  std::span<const std::int64_t> ends = run.ends;
  // The last token of the run before, which is held back.
  const bool ended_before = !ends.empty() && ends.front() == tokens_ && packed_.size() > returned_;
  if (ended_before) ends = ends.subspan(1);
  require_run({run.ids, ends}, tokens_, tokens_ + std::ssize(run.ids), words_);
  packed_.erase(packed_.begin(), packed_.begin() + static_cast<std::ptrdiff_t>(returned_));
  if (ended_before) packed_.back() |= PackedToken::kEnd;
  const std::size_t held = packed_.size();
  packed_.resize(held + run.ids.size());
  pack_tokens({run.ids, ends}, tokens_, reinterpret_cast<PackedToken*>(packed_.data() + held));
  tokens_ += static_cast<std::int64_t>(run.ids.size());
  returned_ = std::max<std::size_t>(packed_.size(), 1) - 1;
  return {reinterpret_cast<const char*>(packed_.data()), returned_ * sizeof(std::uint32_t)};
}

std::string_view TokenPacker::end_file(const EncodedFile& file) {
  if (file.end != tokens_)
    throw Error("the tokens of " + file.name + " end at " + std::to_string(file.end) + ": expected " +
                std::to_string(tokens_));
  packed_.erase(packed_.begin(), packed_.begin() + static_cast<std::ptrdiff_t>(returned_));
  returned_ = packed_.size();
  return {reinterpret_cast<const char*>(packed_.data()), returned_ * sizeof(std::uint32_t)};
}

bool load_tokens(const InputFile& file, std::int64_t offset, std::int64_t tokens, std::int64_t begin,
                 std::int64_t end, TokenBuffer& buffer) {
  require_range(begin, end, tokens);
  buffer.ids.resize(static_cast<std::size_t>(end - begin));
  const std::size_t bytes = buffer.ids.size() * sizeof(WordId);
  return file.read_at(offset + begin * static_cast<std::int64_t>(sizeof(WordId)),
                      reinterpret_cast<char*>(buffer.ids.data()), bytes) == bytes;
}

TokenRun unpack_tokens(std::int64_t begin, TokenBuffer& buffer, std::int64_t& highest) {
  buffer.ends.clear();
  highest = 0;
  std::int64_t position = begin;
  for (WordId& id : buffer.ids) {
    const PackedToken token{static_cast<std::uint32_t>(id)};
    id = token.word();
    highest = std::max(highest, row_of(id));
    ++position;
    if (token.ends_sentence()) buffer.ends.push_back(position);
  }
  return {buffer.ids, buffer.ends};
}

}  // namespace warp2vec
