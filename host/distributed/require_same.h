#pragma once
/// What is compared before ranks work together.

#include <warp2vec/export.h>
#include <warp2vec/ranks.h>

#include <cstdint>
#include <span>
#include <string>

namespace warp2vec {

/// What all ranks must have.
struct Common {
  std::string name;
  std::uint64_t hash = 0;
};

/// The hash of what had `hash` before `value` came to it.
inline std::uint64_t hash_with(std::uint64_t hash, std::uint64_t value) {
  return hash * 0x9E3779B97F4A7C15U + value;
}

/// Collective; all ranks have the same names. Throws Error on all ranks, naming the first rank that has
/// something else than rank 0, and what that is.
WARP2VEC_EXPORT void require_same(Ranks& ranks, std::span<const Common> common);

}  // namespace warp2vec
