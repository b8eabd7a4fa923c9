#pragma once
/// Batches that are told apart by their numbers.

#include <warp2vec/trainer.h>

#include <cstdint>

namespace warp2vec {

inline constexpr std::int64_t kBatchSize = 64;

inline Batch batch(std::int64_t number) { return {nullptr, number * kBatchSize, (number + 1) * kBatchSize}; }

}  // namespace warp2vec
