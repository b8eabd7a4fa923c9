#include <warp2vec/error.h>

#include "host/files/npy_header.h"
#include "host/files/vector_readers.h"
#include "host/io/input_file.h"
#include "host/io/lines.h"

#include <string>

namespace warp2vec {
namespace {

// The words of PATH.vocab, one per line. `rows` is known to fit the size of the matrix file.
std::vector<std::string> read_words(const std::string& path, std::int64_t rows) {
  const FileMapping file(path);
  std::vector<std::string> words;
  words.reserve(static_cast<std::size_t>(rows));
  Lines lines(path, file.text());
  for (std::string_view line; lines.next(line);) {
    if (static_cast<std::int64_t>(words.size()) == rows)
      lines.fail("expected the end of the file: there are " + std::to_string(rows) + " vectors");
    if (line.empty()) lines.fail("the word is empty");
    words.emplace_back(line);
  }
  if (static_cast<std::int64_t>(words.size()) < rows)
    throw Error(path + ": found " + std::to_string(words.size()) + " words, expected " +
                std::to_string(rows) + ", one for each vector");
  return words;
}

}  // namespace

WordVectors read_npy_vectors(const VectorSource& source) {
  const NpyHeader header = read_npy_header(source);
  WordVectors result;
  result.words = read_words(source.path + ".vocab", header.rows);
  result.vectors = Matrix(header.rows, header.cols);
  std::size_t at = header.size;
  for (std::int64_t r = 0; r < header.rows; ++r) {
    source.copy_values(at, result.vectors.row(r), header.cols);
    at += static_cast<std::size_t>(header.cols) * sizeof(float);
  }
  return result;
}

}  // namespace warp2vec
