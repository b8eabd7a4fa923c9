#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "host/files/vector_source.h"
#include "host/files/vectors/npy_header.h"
#include "host/io/atomic_file.h"
#include "host/io/crc32.h"
#include "host/io/utf8.h"
#include "host/training/matrix_rows.h"

#include <bit>
#include <charconv>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

namespace warp2vec {
namespace {

static_assert(std::endian::native == std::endian::little, "the floats of vector files are little-endian");

using Words = std::span<const std::string_view>;

std::span<const float> values_of(const Matrix& vectors, std::size_t row) {
  return row_values(vectors, static_cast<std::int64_t>(row));
}

// Rejects what no reader could read back: values that are not finite, and words that contain a separator.
void check(Words words, const Matrix& vectors, const std::string& path) {
  const auto refuse = [&path](const std::string& why) { throw Error("cannot write " + path + ": " + why); };
  if (static_cast<std::int64_t>(words.size()) != vectors.rows())
    refuse(std::to_string(words.size()) + " words with " + std::to_string(vectors.rows()) + " vectors");
  if (words.empty() || vectors.cols() == 0) refuse("there are no vectors");
  for (std::size_t r = 0; r < words.size(); ++r) {
    if (words[r].empty()) refuse("word " + std::to_string(r + 1) + " is empty");
    if (words[r].find_first_of(" \t\n\v\f\r") != std::string_view::npos)
      refuse("word " + std::to_string(r + 1) + " contains white space: " + in_quotes(words[r]));
    if (!all_finite(values_of(vectors, r)))
      refuse("the vector of " + in_quotes(words[r]) + " has a value that is not finite");
  }
}

std::string counts_line(const Matrix& vectors) {
  return std::to_string(vectors.rows()) + " " + std::to_string(vectors.cols()) + "\n";
}

void append_number(std::string& line, float value) {
  char digits[32];
  line.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
}

void write_binary(AtomicFile& file, Words words, const Matrix& vectors) {
  file.write(counts_line(vectors));
  for (std::size_t r = 0; r < words.size(); ++r) {
    file.write(words[r]);
    file.write(" ");
    file.write(bytes_of(values_of(vectors, r)));
    file.write("\n");
  }
}

// The lines of word2vec's and GloVe's text formats.
void write_text_rows(AtomicFile& file, Words words, const Matrix& vectors) {
  std::string line;
  for (std::size_t r = 0; r < words.size(); ++r) {
    line = words[r];
    for (const float value : values_of(vectors, r)) {
      line += ' ';
      append_number(line, value);
    }
    line += '\n';
    file.write(line);
  }
}

void write_tab_separated(AtomicFile& file, const Matrix& vectors) {
  std::string line;
  for (std::int64_t r = 0; r < vectors.rows(); ++r) {
    line.clear();
    for (const float value : values_of(vectors, static_cast<std::size_t>(r))) {
      if (!line.empty()) line += '\t';
      append_number(line, value);
    }
    line += '\n';
    file.write(line);
  }
}

void write_npy(AtomicFile& file, Words words, const Matrix& vectors) {
  std::uint32_t crc = 0;
  for (const std::string_view word : words) crc = crc32_of("\n", crc32_of(word, crc));
  file.write(make_npy_header(vectors.rows(), vectors.cols(), crc));
  for (std::int64_t r = 0; r < vectors.rows(); ++r)
    file.write(bytes_of(values_of(vectors, static_cast<std::size_t>(r))));
}

void write_words(AtomicFile& file, Words words) {
  for (const std::string_view word : words) {
    file.write(word);
    file.write("\n");
  }
}

void save(Words words, const Matrix& vectors, const std::string& path, VectorFormat format) {
  check(words, vectors, path);
  switch (format) {
    case VectorFormat::binary: {
      AtomicFile file(path);
      write_binary(file, words, vectors);
      return file.commit();
    }
    case VectorFormat::text: {
      AtomicFile file(path);
      file.write(counts_line(vectors));
      write_text_rows(file, words, vectors);
      return file.commit();
    }
    case VectorFormat::glove: {
      AtomicFile file(path);
      write_text_rows(file, words, vectors);
      return file.commit();
    }
    case VectorFormat::npy: {
      AtomicFile matrix(path);
      AtomicFile list(path + ".vocab");
      write_npy(matrix, words, vectors);
      write_words(list, words);
      // The array has a checksum of the words, so that a mixed pair is not read.
      list.finish();
      matrix.finish();
      list.commit();
      return matrix.commit();
    }
    case VectorFormat::tensorboard: {
      AtomicFile table(path + ".vectors.tsv");
      AtomicFile list(path + ".metadata.tsv");
      write_tab_separated(table, vectors);
      write_words(list, words);
      return AtomicFile::commit_pair(table, list);
    }
  }
}

}  // namespace

void save_vectors(const WordVectors& vectors, const std::string& path, VectorFormat format) {
  const std::vector<std::string_view> words(vectors.words.begin(), vectors.words.end());
  save(words, vectors.vectors, path, format);
}

void save_vectors(const Vocabulary& vocabulary, const Matrix& input, const std::string& path,
                  VectorFormat format) {
  std::vector<std::string_view> words;
  words.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (std::int64_t r = 0; r < vocabulary.size(); ++r)
    words.push_back(vocabulary.word(static_cast<WordId>(r)));
  save(words, input, path, format);
}

}  // namespace warp2vec
