#pragma once
/// Subsampling on the device, as KeptTokens does it on the host.

#include <warp2vec/detail/kept_tokens.h>

#include "kernels/backend/device_corpus.h"
#include "kernels/cuda/scratch_allocator.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Finds the kept tokens of one batch at a time, and owns the buffers for them.
class KeptOnDevice {
 public:
  /// For batches of up to `capacity` kept tokens. `thresholds`: for kept(), on the device. `corpus` and
  /// `thresholds` must outlive this.
  KeptOnDevice(DeviceCorpus& corpus, std::int64_t tokens, const std::uint32_t* thresholds,
               std::int64_t max_sentence, std::int64_t capacity);

  /// Computes the counts of an epoch, one per KeptTokens::kChunk tokens, and waits for them. The corpus must
  /// be resident.
  std::vector<KeptCount> count(const Draws& draws, const CudaStream& stream);
  /// Kept tokens [first, last) of the epoch, clipped to its size, for work queued on `stream` before the next
  /// call.
  KeptView read(const KeptTokens& epoch, std::int64_t first, std::int64_t last, const CudaStream& stream);

 private:
  void read_run(const KeptTokens& epoch, const KeptTokens::Start& start, std::int64_t end, std::int64_t first,
                std::int64_t last, const CudaStream& stream);

  DeviceCorpus& corpus_;
  const std::uint32_t* thresholds_;
  std::int64_t max_sentence_;
  ScratchAllocator scratch_;
  std::int64_t tokens_;            // of the corpus
  DeviceArray<KeptCount> counts_;  // of the run's tokens before each token; in count(), of each chunk
  DeviceArray<WordId> words_;
  DeviceArray<std::int64_t> positions_;
  DeviceArray<std::int64_t> segments_;
};

}  // namespace warp2vec
