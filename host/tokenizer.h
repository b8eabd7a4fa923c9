#pragma once
/// Splits text into words and sentences.

#include <warp2vec/error.h>

#include "byte_class.h"
#include "chunk_reader.h"

#include <string>
#include <string_view>

namespace warp2vec {

/// Calls on_word(std::string_view) for each word and on_newline() for each newline, in their order. Throws
/// Error naming the file and the offset of a NUL byte.
template <class OnWord, class OnNewline>
void tokenize(const Chunk& chunk, OnWord&& on_word, OnNewline&& on_newline) {
  const char* const begin = chunk.text.data();
  const char* const end = begin + chunk.text.size();
  const char* at = begin;
  while (at != end) {
    const char* const first = at++;
    switch (byte_class(*first)) {
      case ByteClass::word:
        while (at != end && is_word_byte(*at)) ++at;
        on_word(std::string_view(first, static_cast<std::size_t>(at - first)));
        break;
      case ByteClass::blank:
        break;
      case ByteClass::newline:
        on_newline();
        break;
      case ByteClass::nul:
        throw Error(chunk.file->name + ": NUL byte at offset " +
                    std::to_string(chunk.offset + (first - begin)) +
                    (chunk.file->compression == Compression::none ? "" : " of the uncompressed text") +
                    ": expected text, in UTF-8 for example (UTF-16 must be converted)");
    }
  }
}

}  // namespace warp2vec
