#include "kernels/cuda/uploader.h"

#include <algorithm>
#include <cstring>

namespace warp2vec {

void Uploader::upload(void* to, const void* from, std::int64_t bytes, const CudaEvent* ready) {
  for (std::int64_t begin = 0; begin < bytes; begin += kBufferBytes) {
    const std::int64_t size = std::min(kBufferBytes, bytes - begin);
    const auto fill = [&](void* buffer) {
      std::memcpy(buffer, static_cast<const unsigned char*>(from) + begin, static_cast<std::size_t>(size));
    };
    upload_generated(static_cast<unsigned char*>(to) + begin, size, fill, ready);
  }
}

void Uploader::upload_generated(void* to, std::int64_t bytes, const std::function<void(void*)>& fill,
                                const CudaEvent* ready) {
  Buffer& buffer = buffers_[next_];
  next_ = 1 - next_;
  buffer.copied.synchronize();
  fill(buffer.memory.data());
  if (ready != nullptr) stream_.wait(*ready);
  WARP2VEC_CUDA_CHECK(cudaMemcpyAsync(to, buffer.memory.data(), static_cast<std::size_t>(bytes),
                                      cudaMemcpyHostToDevice, stream_.get()));
  stream_.record(buffer.copied);
}

void Uploader::finish_before(const CudaStream& stream) {
  stream_.record(finished_);
  stream.wait(finished_);
}

}  // namespace warp2vec
