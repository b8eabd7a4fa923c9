#include "host/compression/compressor.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <new>

namespace warp2vec {
namespace {

constexpr std::size_t kRoom = std::size_t{1} << 16;

// What zlib, libbz2 and liblzma have in common. `run` compresses from a stream's input to its output, and
// returns false once the stream has ended.
template <class Stream>
class ZlibLike : public Compressor {
 public:
  void add(std::string_view in, std::string& out) final {
    while (!in.empty()) {
      const std::size_t n = std::min(in.size(), kMaxStreamBytes);
      stream_.next_in = reinterpret_cast<decltype(stream_.next_in)>(const_cast<char*>(in.data()));
      stream_.avail_in = static_cast<unsigned>(n);
      while (stream_.avail_in > 0) step(false, out);
      in.remove_prefix(n);
    }
  }
  void finish(std::string& out) final {
    while (step(true, out)) {
    }
  }

 protected:
  virtual bool run(bool end) = 0;

  Stream stream_{};

 private:
  bool step(bool end, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + kRoom);
    stream_.next_out = reinterpret_cast<decltype(stream_.next_out)>(out.data() + before);
    stream_.avail_out = kRoom;
    const bool more = run(end);
    out.resize(out.size() - stream_.avail_out);
    return more;
  }
};

class GzipCompressor final : public ZlibLike<z_stream> {
 public:
  GzipCompressor() {
    constexpr int kLargestWindow = 15;
    constexpr int kWithGzipHeader = 16;
    constexpr int kMemoryLevel = 8;
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kLargestWindow + kWithGzipHeader,
                     kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~GzipCompressor() override { deflateEnd(&stream_); }

 private:
  bool run(bool end) override { return deflate(&stream_, end ? Z_FINISH : Z_NO_FLUSH) != Z_STREAM_END; }
};

class Bzip2Compressor final : public ZlibLike<bz_stream> {
 public:
  Bzip2Compressor() {
    constexpr int kLargestBlocks = 9;
    if (BZ2_bzCompressInit(&stream_, kLargestBlocks, 0, 0) != BZ_OK) throw std::bad_alloc();
  }
  ~Bzip2Compressor() override { BZ2_bzCompressEnd(&stream_); }

 private:
  bool run(bool end) override { return BZ2_bzCompress(&stream_, end ? BZ_FINISH : BZ_RUN) != BZ_STREAM_END; }
};

class XzCompressor final : public ZlibLike<lzma_stream> {
 public:
  XzCompressor() {
    if (lzma_easy_encoder(&stream_, LZMA_PRESET_DEFAULT, LZMA_CHECK_CRC64) != LZMA_OK) throw std::bad_alloc();
  }
  ~XzCompressor() override { lzma_end(&stream_); }

 private:
  bool run(bool end) override {
    const lzma_ret status = lzma_code(&stream_, end ? LZMA_FINISH : LZMA_RUN);
    if (status == LZMA_MEM_ERROR) throw std::bad_alloc();
    return status != LZMA_STREAM_END;
  }
};

class ZstdCompressor final : public Compressor {
 public:
  ZstdCompressor() {
    if (!stream_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
  }

  void add(std::string_view in, std::string& out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    while (from.pos < from.size) step(from, ZSTD_e_continue, out);
  }
  void finish(std::string& out) override {
    ZSTD_inBuffer nothing{nullptr, 0, 0};
    while (step(nothing, ZSTD_e_end, out) != 0) {
    }
  }

 private:
  std::size_t step(ZSTD_inBuffer& from, ZSTD_EndDirective what, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + kRoom);
    ZSTD_outBuffer to{out.data() + before, kRoom, 0};
    const std::size_t left = ZSTD_compressStream2(stream_.get(), &to, &from, what);
    if (ZSTD_isError(left) != 0) throw std::bad_alloc();  // there is no other cause
    out.resize(before + to.pos);
    return left;
  }

  struct Free {
    void operator()(ZSTD_CCtx* stream) const { ZSTD_freeCCtx(stream); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> stream_{ZSTD_createCCtx()};
};

}  // namespace

std::unique_ptr<Compressor> Compressor::make(Compression compression) {
  if (compression == Compression::gzip) return std::make_unique<GzipCompressor>();
  if (compression == Compression::zstd) return std::make_unique<ZstdCompressor>();
  if (compression == Compression::bzip2) return std::make_unique<Bzip2Compressor>();
  return std::make_unique<XzCompressor>();
}

}  // namespace warp2vec
