#pragma once
/// Words in files, where white space and NUL separate them.

#include <warp2vec/error.h>
#include <warp2vec/vocabulary.h>

#include "host/bytes/byte_class.h"
#include "host/bytes/utf8.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace warp2vec {

/// Whether a word can be read back from a file of words.
inline bool is_word(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_word_byte);
}

/// What is wrong with word `number`, counted from 1, that is none.
inline std::string no_word(std::int64_t number, std::string_view word) {
  return "word " + std::to_string(number) + " is empty or contains white space or a NUL: " + in_quotes(word);
}

/// Throws Error naming the file to be written unless all words could be read back from it.
inline void require_words(const Vocabulary& vocabulary, const std::string& path) {
  for (std::int64_t row = 0; row < vocabulary.size(); ++row)
    if (const std::string_view word = vocabulary.word(static_cast<WordId>(row)); !is_word(word))
      throw Error("cannot write " + path + ": " + no_word(row + 1, word));
}

}  // namespace warp2vec
