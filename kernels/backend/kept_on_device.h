#pragma once
/// Subsampling on the device: what KeptTokens counts and reads on the host.

#include <warp2vec/detail/kept_tokens.h>

#include "kernels/backend/device_corpus.h"
#include "kernels/cuda/scratch_allocator.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Kept tokens of one batch on the device, and the memory to find them.
class KeptOnDevice {
 public:
  /// For batches of `capacity` kept tokens. `thresholds`: of kept(), on the device. `corpus` and `thresholds`
  /// outlive this object.
  KeptOnDevice(DeviceCorpus& corpus, std::int64_t tokens, const std::uint32_t* thresholds,
               std::int64_t max_sentence, std::int64_t capacity);

  /// The counts of an epoch, one for each KeptTokens::kBlock tokens; waits for them. The corpus must be
  /// resident.
  std::vector<KeptCount> count(const Draws& draws, const CudaStream& stream);
  /// The kept tokens [first, last) of the epoch, clipped to those that there are, for work that is given to
  /// `stream` before the next call.
  KeptView read(const KeptTokens& epoch, std::int64_t first, std::int64_t last, const CudaStream& stream);

 private:
  void read_run(const KeptTokens& epoch, const KeptTokens::Start& start, std::int64_t end, std::int64_t first,
                std::int64_t last, const CudaStream& stream);

  DeviceCorpus& corpus_;
  const std::uint32_t* thresholds_;
  std::int64_t max_sentence_;
  ScratchAllocator scratch_;
  std::int64_t tokens_;            // of the corpus
  DeviceArray<KeptCount> counts_;  // of the tokens of the run before each one; of blocks in count()
  DeviceArray<WordId> words_;
  DeviceArray<std::int64_t> positions_;
  DeviceArray<std::int64_t> pieces_;
};

}  // namespace warp2vec
