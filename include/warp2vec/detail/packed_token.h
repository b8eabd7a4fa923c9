#pragma once
/// Word ids and sentence ends in one array, as on a GPU and in files.

#include <warp2vec/token_stream.h>
#include <warp2vec/types.h>

#include <cstddef>
#include <cstdint>

namespace warp2vec {

/// A token: the word id; the top bit says whether it ends a sentence.
struct PackedToken {
  std::uint32_t bits;

  static constexpr std::uint32_t kEnd = 0x80000000U;
  WARP2VEC_HD constexpr WordId word() const { return static_cast<WordId>(bits & ~kEnd); }
  WARP2VEC_HD constexpr bool ends_sentence() const { return (bits & kEnd) != 0; }
};

/// Packs a run that begins at position `begin` of its corpus into out[0 .. run.ids.size()). All ends must be
/// after `begin`.
inline void pack_tokens(const TokenRun& run, std::int64_t begin, PackedToken* out) {
  for (std::size_t i = 0; i < run.ids.size(); ++i) out[i] = {static_cast<std::uint32_t>(run.ids[i])};
  for (const std::int64_t end : run.ends) out[end - 1 - begin].bits |= PackedToken::kEnd;
}

}  // namespace warp2vec
