#pragma once
/// Splits a corpus into chunks for threads, at word boundaries.

#include <warp2vec/corpus.h>

#include "host/text/text_files.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// A section of one file's text. It ends after white space or a NUL byte, or with the file, so that no word
/// is split. Of an array it is the bytes of values, the first of which is at `offset`. The last chunk of a
/// file may be empty.
struct Chunk {
  std::string_view text;
  std::int64_t index = -1;             ///< 0, 1, 2, ... in text order
  const Corpus::File* file = nullptr;  ///< owned by the Corpus
  std::int64_t offset = 0;             ///< of `text` in the file's (uncompressed) text, in bytes
  bool ends_file = false;
  std::int64_t corpus_bytes = 0;  ///< of all that is read, up to the end of this chunk, bytes on disk

  std::string buffer;  ///< that `text` points into
};

class FileText;

/// Yields the chunks of a corpus in order, to any number of threads.
class ChunkReader {
 public:
  static constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

  /// The corpus must outlive the reader. Chunks have about `chunk_bytes` > 0 bytes: more if they end
  /// with a long word, fewer at the end of a file.
  ChunkReader(const Corpus& corpus, std::size_t chunk_bytes);
  /// The same of some parts of it.
  ChunkReader(const Corpus& corpus, std::vector<TextPart> parts, std::size_t chunk_bytes);
  ~ChunkReader();
  ChunkReader(const ChunkReader&) = delete;
  ChunkReader& operator=(const ChunkReader&) = delete;

  /// False at the end; thread-safe. Throws Error for a file that cannot be read or is damaged, with
  /// chunk.index set; returns false after that.
  bool next(Chunk& chunk);
  /// Yielded so far; not while others call next().
  std::int64_t chunks() const { return chunks_; }

 private:
  std::mutex mutex_;
  const std::vector<TextPart> parts_;
  std::size_t chunk_bytes_;
  bool unicode_spaces_;
  std::size_t part_ = 0;              // being read
  std::unique_ptr<FileText> source_;  // of parts_[part_], null before its first chunk
  std::int64_t bytes_before_ = 0;     // of the parts before
  std::int64_t chunks_ = 0;
};

}  // namespace warp2vec
