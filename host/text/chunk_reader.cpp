#include "host/text/chunk_reader.h"

#include <warp2vec/error.h>

#include "host/bytes/byte_class.h"
#include "host/bytes/utf8.h"
#include "host/io/byte_stream.h"

#include <algorithm>
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

// Yields the chunks of one file in order.
class FileText {
 public:
  FileText(const Corpus::File& file, std::size_t chunk_bytes, bool unicode_spaces)
      : name_(file.name),
        bytes_(file.content()),
        array_(file.array),
        chunk_bytes_(chunk_bytes),
        unicode_spaces_(unicode_spaces && !array_) {
    rest_.resize(array_ ? array_->header : kByteOrderMark.size());
    rest_.resize(bytes_->read(rest_.data(), rest_.size()));
    if (array_ || rest_ == kByteOrderMark) {
      offset_ = static_cast<std::int64_t>(rest_.size());
      rest_.clear();
    }
  }

  // Sets text, offset and ends_file; returns the bytes read from disk so far. Must not be called again after
  // ends_file was set.
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
      text.resize(before + bytes_->read(text.data() + before, more));
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
  std::string rest_;  // already read, after the last chunk
  std::int64_t offset_ = 0;
};

ChunkReader::ChunkReader(const Corpus& corpus, std::size_t chunk_bytes)
    : files_(corpus.files()), chunk_bytes_(chunk_bytes), unicode_spaces_(corpus.unicode_spaces()) {}

ChunkReader::~ChunkReader() = default;

bool ChunkReader::next(Chunk& chunk) {
  const std::lock_guard lock(mutex_);
  if (file_ == files_.size()) return false;
  const Corpus::File& file = files_[file_];
  chunk.index = chunks_++;
  chunk.file = &file;
  try {
    if (!source_) source_ = std::make_unique<FileText>(file, chunk_bytes_, unicode_spaces_);
    chunk.corpus_bytes = bytes_before_ + std::min(source_->next(chunk), file.state.size);
  } catch (...) {
    file_ = files_.size();
    throw;
  }
  if (chunk.ends_file) {
    bytes_before_ += file.state.size;
    chunk.corpus_bytes = bytes_before_;
    source_.reset();
    ++file_;
  }
  return true;
}

}  // namespace warp2vec
