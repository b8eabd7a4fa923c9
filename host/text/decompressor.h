#pragma once
/// Compressed files as one stream of bytes.

#include "host/text/text_bytes.h"
#include "host/text/text_files.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace warp2vec {

/// A whole compressed file: all gzip members, zstd frames, or bzip2 or xz streams in it, one after the other.
class Decompressor : public TextBytes {
 public:
  /// `file.compression` must not be `none`.
  static std::unique_ptr<Decompressor> open(const Corpus::File& file);

  /// Also throws Error naming the file if the compressed data is damaged, ends too early or is followed by
  /// something else.
  std::size_t read(char* to, std::size_t bytes) final;
  std::int64_t consumed() const final { return offset_ - static_cast<std::int64_t>(unread_.size()); }

 protected:
  struct Output {
    char* at;
    std::size_t room;
  };

  explicit Decompressor(const Corpus::File& file);

  /// Decompresses some of `in`, which is empty only at the end of the file, to `out` and advances both. True
  /// if a member, frame or stream ends exactly there, with all of its text written.
  virtual bool step(std::string_view& in, Output& out) = 0;

  /// "damaged FORMAT data (why)"
  [[noreturn]] void damaged(const char* why) const;

 private:
  void refill();

  const char* format_;
  std::int64_t offset_ = 0;  // in the file, after buffer_
  std::string buffer_;
  std::string_view unread_;  // of buffer_
  bool complete_ = true;     // no member, frame or stream is unfinished
};

}  // namespace warp2vec
