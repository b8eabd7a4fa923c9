#include "host/io/byte_stream.h"

#include <warp2vec/error.h>

#include "host/compression/decompressor.h"

#include <string_view>
#include <utility>

namespace warp2vec {
namespace {

constexpr std::size_t kAheadBytes = std::size_t{1} << 18;

// Read rather than mapped: a file that shrinks meanwhile is then an error instead of SIGBUS, and its size
// does not count towards a limit on the address space.
class PlainBytes final : public ByteStream {
 public:
  PlainBytes(std::shared_ptr<const InputFile> file, std::string name, const FileState& state,
             std::int64_t begin)
      : ByteStream(std::move(file), std::move(name), state), offset_(begin) {}

  std::size_t read(char* to, std::size_t bytes) override {
    const std::size_t n = file_->read_at(offset_, to, bytes);
    offset_ += static_cast<std::int64_t>(n);
    if (n < bytes && offset_ < state_.size)
      throw Error(name_ + ": it ends at byte " + std::to_string(offset_) + ", expected " +
                  std::to_string(state_.size) + " bytes: it was cut short while it was read");
    return n;
  }
  std::int64_t consumed() const override { return offset_; }

 private:
  std::int64_t offset_;
};

class DecompressedBytes final : public ByteStream {
 public:
  DecompressedBytes(std::shared_ptr<const InputFile> file, std::string name, const FileState& state,
                    Compression compression)
      : ByteStream(std::move(file), std::move(name), state),
        format_(name_of(compression)),
        decompressor_(Decompressor::make(compression)) {}

  std::size_t read(char* to, std::size_t bytes) override {
    Decompressor::Output out{to, bytes};
    while (out.room > 0) {
      if (unread_.empty()) refill();
      if (unread_.empty() && complete_) break;
      const std::size_t room = out.room;
      const std::size_t unread = unread_.size();
      step(out);
      // A decompressor may have buffered content when its input ends; the file is truncated if nothing more
      // comes.
      if (!complete_ && out.room == room && unread_.size() == unread)
        throw Error(name_ + ": the " + format_ + " data ends too early, at byte " +
                    std::to_string(consumed()) + " (a truncated file?)");
    }
    return bytes - out.room;
  }
  std::int64_t consumed() const override { return offset_ - static_cast<std::int64_t>(unread_.size()); }

 private:
  void refill() {
    buffer_.resize(kAheadBytes);
    const std::size_t n = file_->read_at(offset_, buffer_.data(), buffer_.size());
    offset_ += static_cast<std::int64_t>(n);
    unread_ = std::string_view(buffer_.data(), n);
  }

  void step(Decompressor::Output& out) try {
    complete_ = decompressor_->step(unread_, out);
  } catch (const DamagedData& damaged) {
    throw Error(name_ + ": damaged " + format_ + " data at or after byte " + std::to_string(consumed()) +
                " (" + damaged.what() + ")");
  }

  const char* format_;
  std::unique_ptr<Decompressor> decompressor_;
  std::int64_t offset_ = 0;  // in the file, after buffer_
  std::string buffer_;
  std::string_view unread_;  // of buffer_
  bool complete_ = true;     // no member, frame or stream is unfinished
};

}  // namespace

std::unique_ptr<ByteStream> ByteStream::open(std::shared_ptr<const InputFile> file, std::string name,
                                             const FileState& state, Compression compression,
                                             std::int64_t begin) {
  if (compression == Compression::none)
    return std::make_unique<PlainBytes>(std::move(file), std::move(name), state, begin);
  return std::make_unique<DecompressedBytes>(std::move(file), std::move(name), state, compression);
}

void ByteStream::require_unchanged() const {
  if (file_->state() != state_)
    throw Error(name_ + ": it has changed while it was read, expected the same text in every pass");
}

}  // namespace warp2vec
