#include "kernels/backend/device_corpus.h"

#include <warp2vec/detail/checked_tokens.h>

#include <algorithm>

namespace warp2vec {

DeviceCorpus::DeviceCorpus(const TokenSource& tokens, std::int64_t words, Uploader& uploader, bool resident)
    : tokens_(tokens),
      words_(words),
      uploader_(uploader),
      resident_(resident),
      memory_(resident ? tokens.tokens() : 2 * std::min(tokens.tokens(), kRun)) {
  if (!resident) return;
  for (std::int64_t begin = 0; begin < tokens.tokens(); begin += kRun) {
    const std::int64_t end = std::min(tokens.tokens(), begin + kRun);
    uploader.upload_generated(memory_.data() + begin,
                              (end - begin) * static_cast<std::int64_t>(sizeof(PackedToken)),
                              [&](void* buffer) { pack(begin, end, static_cast<PackedToken*>(buffer)); });
  }
}

const PackedToken* DeviceCorpus::tokens(std::int64_t begin, std::int64_t end, const CudaStream& stream) {
  if (resident_) return memory_.data() + begin;
  run_ = 1 - run_;
  PackedToken* const run = memory_.data() + static_cast<std::int64_t>(run_) * (memory_.size() / 2);
  uploader_.upload_generated(
      run, (end - begin) * static_cast<std::int64_t>(sizeof(PackedToken)),
      [&](void* buffer) { pack(begin, end, static_cast<PackedToken*>(buffer)); }, &released_[run_]);
  uploader_.finish_before(stream);
  return run;
}

void DeviceCorpus::release(const CudaStream& stream) {
  if (!resident_) stream.record(released_[run_]);
}

void DeviceCorpus::pack(std::int64_t begin, std::int64_t end, PackedToken* out) {
  pack_tokens(read_checked(tokens_, begin, end, words_, buffer_), begin, out);
}

}  // namespace warp2vec
