#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "host/bytes/crc32.h"
#include "host/bytes/npy_header.h"
#include "host/bytes/utf8.h"
#include "host/files/vector_source.h"
#include "host/io/atomic_file.h"
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

// Words and their vectors.
class Table {
 public:
  // `rows`: of the matrix, for each word, -1 = zeros; the word's own if there are none.
  Table(std::span<const std::string_view> words, const Matrix& vectors,
        std::span<const std::int32_t> rows = {})
      : words_(words), vectors_(vectors), rows_(rows), zeros_(static_cast<std::size_t>(vectors.cols())) {}

  std::span<const std::string_view> words() const { return words_; }
  std::size_t size() const { return words_.size(); }
  std::int64_t vectors() const { return rows_.empty() ? vectors_.rows() : std::ssize(rows_); }
  std::int32_t dim() const { return vectors_.cols(); }
  std::span<const float> values(std::size_t i) const {
    const std::int64_t row = rows_.empty() ? static_cast<std::int64_t>(i) : rows_[i];
    return row < 0 ? std::span<const float>(zeros_) : row_values(vectors_, row);
  }

 private:
  std::span<const std::string_view> words_;
  const Matrix& vectors_;
  std::span<const std::int32_t> rows_;
  std::vector<float> zeros_;
};

// Rejects what no reader could read back: values that are not finite, and words that contain a separator.
void check(const Table& table, const std::string& path) {
  const std::span<const std::string_view> words = table.words();
  const auto refuse = [&path](const std::string& why) { throw Error("cannot write " + path + ": " + why); };
  if (std::ssize(words) != table.vectors())
    refuse(std::to_string(words.size()) + " words with " + std::to_string(table.vectors()) + " vectors");
  if (words.empty() || table.dim() == 0) refuse("there are no vectors");
  for (std::size_t r = 0; r < words.size(); ++r) {
    if (words[r].empty()) refuse("word " + std::to_string(r + 1) + " is empty");
    if (words[r].find_first_of(" \t\n\v\f\r") != std::string_view::npos)
      refuse("word " + std::to_string(r + 1) + " contains white space: " + in_quotes(words[r]));
    if (!all_finite(table.values(r)))
      refuse("the vector of " + in_quotes(words[r]) + " has a value that is not finite");
  }
}

std::string counts_line(const Table& table) {
  return std::to_string(table.size()) + " " + std::to_string(table.dim()) + "\n";
}

void append_number(std::string& line, float value) {
  char digits[32];
  line.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
}

void write_binary(AtomicFile& file, const Table& table) {
  file.write(counts_line(table));
  for (std::size_t r = 0; r < table.size(); ++r) {
    file.write(table.words()[r]);
    file.write(" ");
    file.write(bytes_of(table.values(r)));
    file.write("\n");
  }
}

// The lines of word2vec's and GloVe's text formats.
void write_text_rows(AtomicFile& file, const Table& table) {
  std::string line;
  for (std::size_t r = 0; r < table.size(); ++r) {
    line = table.words()[r];
    for (const float value : table.values(r)) {
      line += ' ';
      append_number(line, value);
    }
    line += '\n';
    file.write(line);
  }
}

void write_tab_separated(AtomicFile& file, const Table& table) {
  std::string line;
  for (std::size_t r = 0; r < table.size(); ++r) {
    line.clear();
    for (const float value : table.values(r)) {
      if (!line.empty()) line += '\t';
      append_number(line, value);
    }
    line += '\n';
    file.write(line);
  }
}

void write_npy(AtomicFile& file, const Table& table) {
  std::uint32_t crc = 0;
  for (const std::string_view word : table.words()) crc = crc32_of("\n", crc32_of(word, crc));
  file.write(make_npy_header(table.vectors(), table.dim(), crc));
  for (std::size_t r = 0; r < table.size(); ++r) file.write(bytes_of(table.values(r)));
}

void write_words(AtomicFile& file, std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    file.write(word);
    file.write("\n");
  }
}

void save(const Table& table, const std::string& path, VectorFormat format) {
  check(table, path);
  switch (format) {
    case VectorFormat::binary: {
      AtomicFile file(path);
      write_binary(file, table);
      return file.commit();
    }
    case VectorFormat::text: {
      AtomicFile file(path);
      file.write(counts_line(table));
      write_text_rows(file, table);
      return file.commit();
    }
    case VectorFormat::glove: {
      AtomicFile file(path);
      write_text_rows(file, table);
      return file.commit();
    }
    case VectorFormat::npy: {
      AtomicFile matrix(path);
      AtomicFile list(path + ".vocab");
      write_npy(matrix, table);
      write_words(list, table.words());
      // The array has a checksum of the words, so that a mixed pair is not read.
      list.finish();
      matrix.finish();
      list.commit();
      return matrix.commit();
    }
    case VectorFormat::tensorboard: {
      AtomicFile values(path + ".vectors.tsv");
      AtomicFile list(path + ".metadata.tsv");
      write_tab_separated(values, table);
      write_words(list, table.words());
      return AtomicFile::commit_pair(values, list);
    }
  }
}

}  // namespace

void save_vectors(const WordVectors& vectors, const std::string& path, VectorFormat format) {
  const std::vector<std::string_view> words(vectors.words.begin(), vectors.words.end());
  save({words, vectors.vectors}, path, format);
}

void save_vectors(const Vocabulary& vocabulary, const Matrix& input, const std::string& path,
                  VectorFormat format) {
  std::vector<std::string_view> words;
  words.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (std::int64_t r = 0; r < vocabulary.size(); ++r)
    words.push_back(vocabulary.word(static_cast<WordId>(r)));
  save({words, input}, path, format);
}

void save_vectors_of_ids(const Vocabulary& vocabulary, const Matrix& input, std::int64_t num_ids,
                         const std::string& path, VectorFormat format) {
  const std::vector<std::int32_t> rows = rows_of_ids(vocabulary, num_ids);
  const std::vector<std::string> digits = decimal_ids(std::ssize(rows));
  const std::vector<std::string_view> words(digits.begin(), digits.end());
  save({words, input, rows}, path, format);
}

}  // namespace warp2vec
