#pragma once
/// A corpus in pieces that threads can work on: no word is cut.

#include <warp2vec/corpus.h>

#include "host/io/input_file.h"
#include "host/text/text_files.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace warp2vec {

/// A piece of one file's text that begins and ends at a word's border: it ends just behind white space or a
/// NUL byte, or with the file. Every file ends with a chunk of its own, which may be empty.
struct Chunk {
  std::string_view text;
  std::int64_t index = -1;             ///< 0, 1, 2, ... in the order of the text
  const Corpus::File* file = nullptr;  ///< owned by the Corpus
  std::int64_t offset = 0;             ///< of `text` in the file's (uncompressed) text, in bytes
  bool ends_file = false;
  std::int64_t corpus_bytes = 0;  ///< of Corpus::bytes(), those read with this chunk and all before it

  // What `text` points into: one of the two.
  std::shared_ptr<const FileMapping> mapping;
  std::string buffer;
};

/// Hands out the chunks of one file in order.
class TextSource {
 public:
  virtual ~TextSource() = default;
  /// Sets text, offset and ends_file; returns the bytes read from the disk so far. Not to be called again
  /// once ends_file was set.
  virtual std::int64_t next(Chunk& chunk) = 0;
};

/// Hands out the chunks of a corpus in order, to any number of threads.
class ChunkReader {
 public:
  static constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

  /// The corpus must outlive the reader. Chunks hold about `chunk_bytes` > 0 bytes: more where a long word
  /// stands at the end, fewer at the end of a file. Plain text is not copied (a file that shrinks while it is
  /// read is fatal, as for all memory-mapped files).
  explicit ChunkReader(const Corpus& corpus, std::size_t chunk_bytes);

  /// False once all is read; thread-safe. Throws Error for a file that cannot be read or is damaged, with
  /// chunk.index set; false ever after.
  bool next(Chunk& chunk);

 private:
  std::mutex mutex_;
  const std::vector<Corpus::File>& files_;
  std::size_t chunk_bytes_;
  std::size_t file_ = 0;                // being read
  std::unique_ptr<TextSource> source_;  // of files_[file_], null before its first chunk
  std::int64_t bytes_before_ = 0;       // of the files before
  std::int64_t chunks_ = 0;
};

}  // namespace warp2vec
