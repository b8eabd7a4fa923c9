#pragma once
/// How many multiprocessors of a GPU a run keeps busy, and with tiles of which size: for a backend, and for
/// plans of runs on GPUs that are not there.

#include <warp2vec/config.h>
#include <warp2vec/export.h>
#include <warp2vec/vocabulary.h>

#include "host/training/hot_rows.h"

#include <cstdint>
#include <functional>

namespace warp2vec {

/// How many centres, spread over the corpus of `tokens` tokens, may be in flight without harm to quality, for
/// each objective; found by measurement, see benchmarks/README.md. Few for short training, which would
/// otherwise start slowly, and few where one word is so frequent that its row would get too many gradients
/// from the same values.
WARP2VEC_EXPORT CentresInFlight harmless_centres_in_flight(const Vocabulary& vocabulary, const Config& config,
                                                           std::int64_t tokens);

/// How many blocks train at a time: `most`, or fewer where that is harmless only for fewer. `block`: the
/// centres in flight of each.
WARP2VEC_EXPORT int harmless_blocks(const CentresInFlight& harmless, const CentresInFlight& block,
                                    std::int64_t most);

struct GpuTiles {
  std::int32_t centres = 0;  ///< of a tile
  int blocks = 0;            ///< that train at a time, a tile each
};

/// The tile size, that of the settings halved any number of times, that trains the most centres at a time.
/// `blocks_of(centres)`: with tiles of this size.
WARP2VEC_EXPORT GpuTiles choose_gpu_tiles(const Config& config, int multiprocessors,
                                          const std::function<int(std::int32_t centres)>& blocks_of);

/// The same with one block on each multiprocessor, as tiles on tensor cores take it up.
WARP2VEC_EXPORT GpuTiles choose_gpu_tiles(const Config& config, int multiprocessors,
                                          const CentresInFlight& harmless);

}  // namespace warp2vec
