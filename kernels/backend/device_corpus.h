#pragma once
/// The corpus on the device, resident or streamed.

#include <warp2vec/detail/packed_token.h>
#include <warp2vec/token_stream.h>

#include "host/planning/memory_plan.h"
#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/stream.h"
#include "kernels/cuda/uploader.h"

#include <array>
#include <cstdint>

namespace warp2vec {

/// Provides runs of consecutive tokens on the device. A resident corpus is uploaded once; a streamed one has
/// two runs on the device at a time.
class DeviceCorpus {
 public:
  /// Maximum tokens per run.
  static constexpr std::int64_t kRun = kStreamedTokens;
  static_assert(kRun * sizeof(PackedToken) <= Uploader::kBufferBytes);

  /// The referenced objects must outlive this. Throws Error for ids that are not those of `words` words, here
  /// or when tokens are streamed.
  DeviceCorpus(const TokenSource& tokens, std::int64_t words, Uploader& uploader, bool resident);

  /// Tokens [begin, end), at most kRun of a streamed corpus, for work queued on `stream` before release().
  const PackedToken* tokens(std::int64_t begin, std::int64_t end, const CudaStream& stream);
  /// Allows the last run to be overwritten after the work queued on `stream` so far.
  void release(const CudaStream& stream);

 private:
  void pack(std::int64_t begin, std::int64_t end, PackedToken* out);

  const TokenSource& tokens_;
  std::int64_t words_;
  TokenBuffer buffer_;
  Uploader& uploader_;
  bool resident_;
  DeviceArray<PackedToken> memory_;
  std::array<CudaEvent, 2> released_;
  std::size_t run_ = 0;
};

}  // namespace warp2vec
