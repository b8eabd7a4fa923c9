#pragma once
/// Splits text and arrays into ids and sentences.

#include "host/text/chunk_reader.h"
#include "host/vocabulary/ids.h"

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

/// The ids of a chunk.
struct IdChunk {
  std::vector<std::int32_t> ids;
  /// Ids before the end of each sentence: for each newline, negative value, and end of a row but the last.
  std::vector<std::int64_t> ends;
  /// Why the value after these ids is none; "" if all were read.
  std::string failure;
  std::string place;  ///< of that value in an array; "" in a text, whose lines only LineCounter knows

  void read(const Chunk& chunk, const IdRange& range);
};

/// Counts the lines of the chunks of a corpus, or of a share of it, which come in order.
class LineCounter {
 public:
  /// Throws the chunk's failure, if there is one, as an Error that names file and line, or place.
  void add(const Chunk& chunk, const IdChunk& ids);

 private:
  std::int64_t begin_ = -1;  // byte of the file at which its first chunk begins; -1 before that
  std::int64_t lines_ = 0;   // from there to the next chunk
};

/// Where a value of an array is, for messages: counted from 0, as in NumPy.
std::string place_in_array(std::int64_t index, std::int64_t columns);

}  // namespace warp2vec
