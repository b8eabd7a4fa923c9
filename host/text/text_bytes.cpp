#include "host/text/text_bytes.h"

#include <warp2vec/error.h>

#include "host/text/decompressor.h"

namespace warp2vec {
namespace {

// Read rather than mapped: a file that shrinks meanwhile is then an error instead of SIGBUS, and its size
// does not count towards a limit on the address space.
class PlainBytes final : public TextBytes {
 public:
  explicit PlainBytes(const Corpus::File& file) : TextBytes(file) {}

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
  std::int64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<TextBytes> TextBytes::open(const Corpus::File& file) {
  if (file.compression == Compression::none) return std::make_unique<PlainBytes>(file);
  return Decompressor::open(file);
}

void TextBytes::require_unchanged() const {
  if (file_->state() != state_)
    throw Error(name_ + ": it has changed while it was read, expected the same text in every pass");
}

}  // namespace warp2vec
