#include "host/text/chunk_reader.h"

#include <warp2vec/error.h>

#include "host/io/byte_class.h"
#include "host/text/decompressor.h"

#include <algorithm>
#include <string>
#include <utility>

namespace warp2vec {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A file without white space is no text; compressed, it may be any number of times as large as it looks.
constexpr std::size_t kMaxWordBytes = std::size_t{16} << 20;

void require_word(std::size_t bytes, const std::string& file, std::int64_t offset) {
  if (bytes > kMaxWordBytes)
    throw Error(file + ": a word after byte " + std::to_string(offset) + " is longer than " +
                std::to_string(kMaxWordBytes) + " bytes: expected text with white space between words");
}

class PlainText : public TextSource {
 public:
  PlainText(const Corpus::File& file, std::size_t chunk_bytes)
      : name_(file.name),
        mapping_(std::make_shared<const FileMapping>(*file.open())),
        chunk_bytes_(chunk_bytes) {
    if (mapping_->text().starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  std::int64_t next(Chunk& chunk) override {
    const std::string_view text = mapping_->text();
    const std::size_t full = at_ + std::min(chunk_bytes_, text.size() - at_);
    std::size_t end = full;
    while (end < text.size() && is_word_byte(text[end - 1]))
      require_word(++end - full, name_, static_cast<std::int64_t>(at_));
    chunk.mapping = mapping_;
    chunk.text = text.substr(at_, end - at_);
    chunk.offset = static_cast<std::int64_t>(at_);
    chunk.ends_file = end == text.size();
    at_ = end;
    return static_cast<std::int64_t>(at_);
  }

 private:
  std::string name_;
  std::shared_ptr<const FileMapping> mapping_;
  std::size_t chunk_bytes_;
  std::size_t at_ = 0;
};

class CompressedText : public TextSource {
 public:
  CompressedText(const Corpus::File& file, std::size_t chunk_bytes)
      : name_(file.name), decompressor_(Decompressor::open(file)), chunk_bytes_(chunk_bytes) {
    rest_.resize(kByteOrderMark.size());
    rest_.resize(decompressor_->read(rest_.data(), rest_.size()));
    if (rest_ == kByteOrderMark) {
      offset_ = static_cast<std::int64_t>(rest_.size());
      rest_.clear();
    }
  }

  std::int64_t next(Chunk& chunk) override {
    std::string& text = chunk.buffer;
    text.swap(rest_);
    std::size_t end = 0;  // of the last complete word
    chunk.ends_file = false;
    // Reads until a word ends, doubling each time, so that the cost of a long word is linear in its length.
    for (std::size_t more = chunk_bytes_; end == 0 && !chunk.ends_file;
         more = std::min(text.size(), kMaxWordBytes + 1 - text.size())) {
      const std::size_t before = text.size();
      text.resize(before + more);
      text.resize(before + decompressor_->read(text.data() + before, more));
      chunk.ends_file = text.size() < before + more;
      end = text.size();
      while (end > 0 && is_word_byte(text[end - 1])) --end;
      if (end == 0) require_word(text.size(), name_, offset_);
      if (chunk.ends_file) end = text.size();
    }
    rest_.assign(text, end);
    chunk.mapping.reset();
    chunk.text = std::string_view(text).substr(0, end);
    chunk.offset = offset_;
    offset_ += static_cast<std::int64_t>(end);
    return decompressor_->consumed();
  }

 private:
  std::string name_;
  std::unique_ptr<Decompressor> decompressor_;
  std::size_t chunk_bytes_;
  std::string rest_;  // already read, after the last chunk
  std::int64_t offset_ = 0;
};

std::unique_ptr<TextSource> open_text(const Corpus::File& file, std::size_t chunk_bytes) {
  if (file.compression == Compression::none) return std::make_unique<PlainText>(file, chunk_bytes);
  return std::make_unique<CompressedText>(file, chunk_bytes);
}

}  // namespace

ChunkReader::ChunkReader(const Corpus& corpus, std::size_t chunk_bytes)
    : files_(corpus.files()), chunk_bytes_(chunk_bytes) {}

bool ChunkReader::next(Chunk& chunk) {
  const std::lock_guard lock(mutex_);
  if (file_ == files_.size()) return false;
  const Corpus::File& file = files_[file_];
  chunk.index = chunks_++;
  chunk.file = &file;
  try {
    if (!source_) source_ = open_text(file, chunk_bytes_);
    chunk.corpus_bytes = bytes_before_ + std::min(source_->next(chunk), file.bytes);
  } catch (...) {
    file_ = files_.size();
    throw;
  }
  if (chunk.ends_file) {
    bytes_before_ += file.bytes;
    chunk.corpus_bytes = bytes_before_;
    source_.reset();
    ++file_;
  }
  return true;
}

}  // namespace warp2vec
