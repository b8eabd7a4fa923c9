#pragma once
/// How blocks share a batch.

#include <warp2vec/detail/examples.h>

#include <cstdint>

namespace warp2vec {

/// The part of n pieces of work, in order, that falls to worker `index` of `count`.
WARP2VEC_HD constexpr KeptRange stretch(std::int64_t n, std::int64_t index, std::int64_t count) {
  return {n * index / count, n * (index + 1) / count};
}

}  // namespace warp2vec
