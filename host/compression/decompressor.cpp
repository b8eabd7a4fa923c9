#include "host/compression/decompressor.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <new>

namespace warp2vec {
namespace {

// Sets the input and output of a stream of zlib, libbz2 or liblzma.
template <class Stream>
void set_buffers(Stream& stream, std::string_view in, char* out, std::size_t room) {
  stream.next_in = reinterpret_cast<decltype(stream.next_in)>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<unsigned>(std::min(in.size(), kMaxStreamBytes));
  stream.next_out = reinterpret_cast<decltype(stream.next_out)>(out);
  stream.avail_out = static_cast<unsigned>(std::min(room, kMaxStreamBytes));
}

[[noreturn]] void damaged(const char* why) { throw DamagedData(why); }

class GzipDecompressor final : public Decompressor {
 public:
  GzipDecompressor() {
    constexpr int kLargestWindow = 15;
    constexpr int kWithGzipHeader = 16;
    if (inflateInit2(&stream_, kLargestWindow + kWithGzipHeader) != Z_OK) throw std::bad_alloc();
  }
  ~GzipDecompressor() override { inflateEnd(&stream_); }

  bool step(std::string_view& in, Output& out) override {
    set_buffers(stream_, in, out.at, out.room);
    const unsigned in_before = stream_.avail_in;
    const unsigned room_before = stream_.avail_out;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      damaged(stream_.msg != nullptr ? stream_.msg : "unknown form");
    in.remove_prefix(in_before - stream_.avail_in);
    out.at += room_before - stream_.avail_out;
    out.room -= room_before - stream_.avail_out;
    if (status == Z_STREAM_END) inflateReset(&stream_);
    return status == Z_STREAM_END;
  }

 private:
  z_stream stream_{};
};

class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor() {
    if (!stream_) throw std::bad_alloc();
  }

  bool step(std::string_view& in, Output& out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.at, out.room, 0};
    const std::size_t status = ZSTD_decompressStream(stream_.get(), &to, &from);
    if (ZSTD_isError(status) != 0) damaged(ZSTD_getErrorName(status));
    in.remove_prefix(from.pos);
    out.at += to.pos;
    out.room -= to.pos;
    return status == 0;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* stream) const { ZSTD_freeDCtx(stream); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> stream_{ZSTD_createDCtx()};
};

class Bzip2Decompressor final : public Decompressor {
 public:
  Bzip2Decompressor() { begin(); }
  ~Bzip2Decompressor() override { BZ2_bzDecompressEnd(&stream_); }

  bool step(std::string_view& in, Output& out) override {
    set_buffers(stream_, in, out.at, out.room);
    const unsigned in_before = stream_.avail_in;
    const unsigned room_before = stream_.avail_out;
    const int status = BZ2_bzDecompress(&stream_);
    if (status == BZ_MEM_ERROR) throw std::bad_alloc();
    if (status == BZ_DATA_ERROR_MAGIC) damaged("the bzip2 header is missing");
    if (status != BZ_OK && status != BZ_STREAM_END) damaged("wrong checksum or code");
    in.remove_prefix(in_before - stream_.avail_in);
    out.at += room_before - stream_.avail_out;
    out.room -= room_before - stream_.avail_out;
    if (status != BZ_STREAM_END) return false;
    BZ2_bzDecompressEnd(&stream_);
    begin();
    return true;
  }

 private:
  void begin() {
    stream_ = {};
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
  }

  bz_stream stream_{};
};

class XzDecompressor final : public Decompressor {
 public:
  XzDecompressor() {
    // No memory limit, as in xz itself: the window takes no more than the content.
    if (lzma_stream_decoder(&stream_, UINT64_MAX, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
  }
  ~XzDecompressor() override { lzma_end(&stream_); }

  // liblzma itself continues with the next stream, skipping padding; only the end of the file ends the
  // content.
  bool step(std::string_view& in, Output& out) override {
    const lzma_action action = in.empty() ? LZMA_FINISH : LZMA_RUN;
    set_buffers(stream_, in, out.at, out.room);
    const std::size_t in_before = stream_.avail_in;
    const std::size_t room_before = stream_.avail_out;
    const lzma_ret status = lzma_code(&stream_, action);
    if (status == LZMA_MEM_ERROR) throw std::bad_alloc();
    if (status == LZMA_FORMAT_ERROR) damaged("the xz header is missing");
    if (status == LZMA_OPTIONS_ERROR) damaged("an unknown filter or option");
    if (status != LZMA_OK && status != LZMA_STREAM_END && status != LZMA_BUF_ERROR)
      damaged("wrong checksum or code");
    in.remove_prefix(in_before - stream_.avail_in);
    out.at += room_before - stream_.avail_out;
    out.room -= room_before - stream_.avail_out;
    return status == LZMA_STREAM_END;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decompressor> Decompressor::make(Compression compression) {
  if (compression == Compression::gzip) return std::make_unique<GzipDecompressor>();
  if (compression == Compression::zstd) return std::make_unique<ZstdDecompressor>();
  if (compression == Compression::bzip2) return std::make_unique<Bzip2Decompressor>();
  return std::make_unique<XzDecompressor>();
}

}  // namespace warp2vec
