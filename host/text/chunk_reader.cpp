#include "host/text/chunk_reader.h"

#include <warp2vec/error.h>

#include "host/bytes/byte_class.h"
#include "host/bytes/utf8.h"
#include "host/io/byte_stream.h"

#include <algorithm>
#include <limits>
#include <optional>
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

}  // namespace

// Yields the chunks of a part of a file in order.
class FileText {
 public:
  FileText(const TextPart& part, std::size_t chunk_bytes, bool unicode_spaces)
      : name_(part.file->name),
        bytes_(part.file->content(part.begin)),
        array_(part.file->array),
        chunk_bytes_(chunk_bytes),
        unicode_spaces_(unicode_spaces && !array_),
        left_(part.ends_file() ? std::numeric_limits<std::int64_t>::max() : part.end - part.begin),
        offset_(part.begin) {
    if (offset_ > 0) return;
    rest_.resize(array_ ? array_->header : kByteOrderMark.size());
    rest_.resize(read(rest_.data(), rest_.size()));
    if (array_ || rest_ == kByteOrderMark) {
      offset_ = static_cast<std::int64_t>(rest_.size());
      rest_.clear();
    }
  }

  // Sets text, offset and, at the end of the part, ends_file; returns how far the file has been read. Must
  // not be called again after ends_file was set.
  std::int64_t next(Chunk& chunk) {
    std::string& text = chunk.buffer;
    text.swap(rest_);
    std::size_t end = 0;  // of the last complete word
    chunk.ends_file = false;
    // Reads until a word ends, doubling each time, so that the cost of a long word is linear in its length.
    for (std::size_t more = text.size() < chunk_bytes_ ? chunk_bytes_ - text.size() : text.size();
         end == 0 && !chunk.ends_file; more = std::min(text.size(), kMaxWordBytes + 1 - text.size())) {
      const std::size_t before = text.size();
      text.resize(before + more);
      text.resize(before + read(text.data() + before, more));
      chunk.ends_file = text.size() < before + more;
      if (unicode_spaces_) {
        // The two last bytes may have been the beginning of one.
        const std::size_t begin = before - std::min<std::size_t>(before, 2);
        blank_unicode_spaces(text.data() + begin, text.size() - begin);
      }
      end = end_of_words(text);
      if (end == 0) require_word(text.size(), name_, offset_);
      if (chunk.ends_file) end = text.size();
    }
    if (chunk.ends_file) bytes_->require_unchanged();
    rest_.assign(text, end);
    chunk.text = std::string_view(text).substr(0, end);
    chunk.offset = offset_;
    offset_ += static_cast<std::int64_t>(end);
    return bytes_->consumed();
  }

 private:
  // As of ByteStream, but no further than the part.
  std::size_t read(char* to, std::size_t bytes) {
    const auto most =
        static_cast<std::size_t>(std::min<std::int64_t>(left_, static_cast<std::int64_t>(bytes)));
    const std::size_t n = bytes_->read(to, most);
    left_ -= static_cast<std::int64_t>(n);
    return n;
  }

  // Behind the last word, or value of an array, that is complete.
  std::size_t end_of_words(const std::string& text) const {
    if (array_) return text.size() - text.size() % static_cast<std::size_t>(array_->value_bytes);
    std::size_t end = text.size();
    while (end > 0 && is_word_byte(text[end - 1])) --end;
    return end;
  }

  std::string name_;
  std::unique_ptr<ByteStream> bytes_;
  std::optional<IdArray> array_;
  std::size_t chunk_bytes_;
  bool unicode_spaces_;
  std::int64_t left_;  // to read; of a part that ends with its file at least that
  std::int64_t offset_;
  std::string rest_;  // already read, after the last chunk
};

ChunkReader::ChunkReader(const Corpus& corpus, std::size_t chunk_bytes)
    : ChunkReader(corpus, parts_of(corpus), chunk_bytes) {}

ChunkReader::ChunkReader(const Corpus& corpus, std::vector<TextPart> parts, std::size_t chunk_bytes)
    : parts_(std::move(parts)), chunk_bytes_(chunk_bytes), unicode_spaces_(corpus.unicode_spaces()) {}

ChunkReader::~ChunkReader() = default;

bool ChunkReader::next(Chunk& chunk) {
  const std::lock_guard lock(mutex_);
  if (part_ == parts_.size()) return false;
  const TextPart& part = parts_[part_];
  chunk.index = chunks_++;
  chunk.file = part.file;
  try {
    if (!source_) source_ = std::make_unique<FileText>(part, chunk_bytes_, unicode_spaces_);
    chunk.corpus_bytes = bytes_before_ + std::min(source_->next(chunk), part.end) - part.begin;
  } catch (...) {
    part_ = parts_.size();
    throw;
  }
  if (chunk.ends_file) {
    chunk.ends_file = part.ends_file();
    bytes_before_ += part.end - part.begin;
    chunk.corpus_bytes = bytes_before_;
    source_.reset();
    ++part_;
  }
  return true;
}

}  // namespace warp2vec
