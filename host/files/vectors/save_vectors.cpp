#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "host/bytes/crc32.h"
#include "host/bytes/half.h"
#include "host/bytes/little_endian.h"
#include "host/bytes/npy_header.h"
#include "host/bytes/utf8.h"
#include "host/compression/compression.h"
#include "host/files/vector_source.h"
#include "host/io/atomic_file.h"
#include "host/training/matrix_rows.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace warp2vec {
namespace {

static_assert(std::endian::native == std::endian::little, "the floats of vector files are little-endian");

// The vectors of a matrix, or of two, summed or one after the other.
struct Vectors {
  const Matrix& first;
  const Matrix* second = nullptr;
  bool summed = false;
};

// Words, their vectors, and how often they occur.
class Table {
 public:
  // `rows`: of the matrix, for each word, -1 = zeros; the word's own if there are none. `counts` may be
  // empty.
  Table(std::span<const std::string_view> words, const Vectors& vectors, std::span<const std::int64_t> counts,
        std::span<const std::int32_t> rows = {})
      : words_(words),
        vectors_(vectors),
        counts_(counts),
        rows_(rows),
        zeros_(static_cast<std::size_t>(dim())),
        combined_(zeros_) {}

  std::span<const std::string_view> words() const { return words_; }
  std::span<const std::int64_t> counts() const { return counts_; }
  std::size_t size() const { return words_.size(); }
  std::int64_t vectors() const { return rows_.empty() ? vectors_.first.rows() : std::ssize(rows_); }
  std::int32_t dim() const {
    return vectors_.first.cols() * (vectors_.second != nullptr && !vectors_.summed ? 2 : 1);
  }
  // Valid until the next call.
  std::span<const float> values(std::size_t i) {
    const std::int64_t row = rows_.empty() ? static_cast<std::int64_t>(i) : rows_[i];
    if (row < 0) return zeros_;
    const std::span<const float> first = row_values(vectors_.first, row);
    if (vectors_.second == nullptr) return first;
    const std::span<const float> second = row_values(*vectors_.second, row);
    if (vectors_.summed)
      std::transform(first.begin(), first.end(), second.begin(), combined_.begin(), std::plus<>());
    else
      std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), combined_.begin()));
    return combined_;
  }

 private:
  std::span<const std::string_view> words_;
  Vectors vectors_;
  std::span<const std::int64_t> counts_;
  std::span<const std::int32_t> rows_;
  std::vector<float> zeros_;
  std::vector<float> combined_;
};

// What separates words from what follows them.
std::string_view separators_of(VectorFormat format) {
  if (format == VectorFormat::npy || format == VectorFormat::safetensors) return "\n\r";
  return format == VectorFormat::tensorboard ? "\t\n\r" : " \t\n\v\f\r";
}

// Rejects what no reader could read back: values that are not finite, and words that contain a separator.
void check(Table& table, const std::string& path, const VectorOutput& output) {
  const std::span<const std::string_view> words = table.words();
  const auto refuse = [&path](const std::string& why) { throw Error("cannot write " + path + ": " + why); };
  const bool packed = output.format == VectorFormat::npy || output.format == VectorFormat::safetensors;
  if ((packed || output.format == VectorFormat::tensorboard) &&
      compression_of_name(path) != Compression::none)
    refuse(to_string(output.format) +
           " files are not compressed: expected a name without .gz, .zst, .bz2 or .xz");
  if (output.half && !packed)
    refuse("float16 needs the format npy or safetensors, not " + to_string(output.format));
  if (std::ssize(words) != table.vectors())
    refuse(std::to_string(words.size()) + " words with " + std::to_string(table.vectors()) + " vectors");
  if (!table.counts().empty() && table.counts().size() != words.size())
    refuse(std::to_string(words.size()) + " words with " + std::to_string(table.counts().size()) + " counts");
  if (words.empty() || table.dim() == 0) refuse("there are no vectors");
  const std::string_view separators = separators_of(output.format);
  for (std::size_t r = 0; r < words.size(); ++r) {
    if (words[r].empty()) refuse("word " + std::to_string(r + 1) + " is empty");
    if (words[r].find_first_of(separators) != std::string_view::npos)
      refuse("word " + std::to_string(r + 1) + " contains white space: " + in_quotes(words[r]) +
             (packed ? "" : " (npy and safetensors can hold spaces)"));
    const std::span<const float> values = table.values(r);
    if (!all_finite(values))
      refuse("the vector of " + in_quotes(words[r]) + " has a value that is not finite");
    if (output.half &&
        std::any_of(values.begin(), values.end(), [](float value) { return std::abs(value) >= 65520; }))
      refuse("the vector of " + in_quotes(words[r]) + " has a value that is too large for float16");
  }
}

std::string counts_line(Table& table) {
  return std::to_string(table.size()) + " " + std::to_string(table.dim()) + "\n";
}

void append_number(std::string& line, float value) {
  char digits[32];
  line.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
}

void write_binary(AtomicFile& file, Table& table) {
  file.write(counts_line(table));
  for (std::size_t r = 0; r < table.size(); ++r) {
    file.write(table.words()[r]);
    file.write(" ");
    file.write(bytes_of(table.values(r)));
    file.write("\n");
  }
}

// The lines of word2vec's and GloVe's text formats.
void write_text_rows(AtomicFile& file, Table& table) {
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

void write_tab_separated(AtomicFile& file, Table& table) {
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

void write_values(AtomicFile& file, Table& table, bool half) {
  std::vector<std::uint16_t> halves(static_cast<std::size_t>(table.dim()));
  for (std::size_t r = 0; r < table.size(); ++r) {
    const std::span<const float> values = table.values(r);
    if (half) {
      std::transform(values.begin(), values.end(), halves.begin(), half_of_float);
      file.write(bytes_of(std::span<const std::uint16_t>(halves)));
    } else {
      file.write(bytes_of(values));
    }
  }
}

void write_npy(AtomicFile& file, Table& table, bool half) {
  std::uint32_t crc = 0;
  for (const std::string_view word : table.words()) crc = crc32_of("\n", crc32_of(word, crc));
  file.write(make_npy_header(table.vectors(), table.dim(), crc, half ? "<f2" : "<f4"));
  write_values(file, table, half);
}

void write_words(AtomicFile& file, Table& table, bool with_counts) {
  for (std::size_t r = 0; r < table.size(); ++r) {
    file.write(table.words()[r]);
    if (with_counts && !table.counts().empty()) file.write(" " + std::to_string(table.counts()[r]));
    file.write("\n");
  }
}

// An 8-byte length, a JSON object that says where each tensor is, and the tensors, with the widest first so
// that all are aligned.
void write_safetensors(AtomicFile& file, Table& table, bool half) {
  std::string header = "{\"__metadata__\":{\"words\":\"UTF-8, joined by newlines\"}";
  std::uint64_t end = 0;
  const auto add = [&](const char* name, const char* type, std::initializer_list<std::uint64_t> shape,
                       std::uint64_t bytes_per_value) {
    std::uint64_t bytes = bytes_per_value;
    std::string lengths;
    for (const std::uint64_t length : shape) {
      bytes *= length;
      lengths += (lengths.empty() ? "" : ",") + std::to_string(length);
    }
    header += ",\"" + std::string(name) + "\":{\"dtype\":\"" + type + "\",\"shape\":[" + lengths +
              "],\"data_offsets\":[" + std::to_string(end) + "," + std::to_string(end + bytes) + "]}";
    end += bytes;
  };
  std::uint64_t text_bytes = table.size() - 1;
  for (const std::string_view word : table.words()) text_bytes += word.size();
  const std::uint64_t rows = table.size();
  if (!table.counts().empty()) add("counts", "I64", {rows}, sizeof(std::int64_t));
  add("vectors", half ? "F16" : "F32", {rows, static_cast<std::uint64_t>(table.dim())}, half ? 2 : 4);
  add("words", "U8", {text_bytes}, 1);
  header += '}';
  constexpr std::size_t kAlignment = sizeof(std::uint64_t);
  header.append((kAlignment - header.size() % kAlignment) % kAlignment, ' ');

  std::string length;
  append_number_bytes(length, std::uint64_t{header.size()});
  file.write(length);
  file.write(header);
  file.write(bytes_of(table.counts()));
  write_values(file, table, half);
  for (std::size_t r = 0; r < table.size(); ++r) {
    if (r > 0) file.write("\n");
    file.write(table.words()[r]);
  }
}

Vectors chosen(const Embeddings& embeddings, VectorChoice choice) {
  if (choice == VectorChoice::input) return {embeddings.input};
  if (embeddings.output.rows() == 0)
    throw Error("there are no output vectors: hierarchical softmax alone learns none of words");
  if (choice == VectorChoice::output) return {embeddings.output};
  return {embeddings.input, &embeddings.output, choice == VectorChoice::sum};
}

std::vector<std::string_view> words_of(const Vocabulary& vocabulary) {
  std::vector<std::string_view> words;
  words.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (std::int64_t r = 0; r < vocabulary.size(); ++r)
    words.push_back(vocabulary.word(static_cast<WordId>(r)));
  return words;
}

void save(Table table, const std::string& path, const VectorOutput& output) {
  check(table, path, output);
  switch (output.format) {
    case VectorFormat::binary: {
      AtomicFile file(path, compression_of_name(path));
      write_binary(file, table);
      return file.commit();
    }
    case VectorFormat::text: {
      AtomicFile file(path, compression_of_name(path));
      file.write(counts_line(table));
      write_text_rows(file, table);
      return file.commit();
    }
    case VectorFormat::glove: {
      AtomicFile file(path, compression_of_name(path));
      write_text_rows(file, table);
      return file.commit();
    }
    case VectorFormat::npy: {
      AtomicFile matrix(path);
      AtomicFile list(path + ".vocab");
      write_npy(matrix, table, output.half);
      write_words(list, table, true);
      // The array has a checksum of the words, so that a mixed pair is not read.
      list.finish();
      matrix.finish();
      list.commit();
      return matrix.commit();
    }
    case VectorFormat::safetensors: {
      AtomicFile file(path);
      write_safetensors(file, table, output.half);
      return file.commit();
    }
    case VectorFormat::tensorboard: {
      AtomicFile values(path + ".vectors.tsv");
      AtomicFile list(path + ".metadata.tsv");
      write_tab_separated(values, table);
      write_words(list, table, false);
      return AtomicFile::commit_pair(values, list);
    }
  }
}

}  // namespace

void save_vectors(const WordVectors& vectors, const std::string& path, const VectorOutput& output) {
  const std::vector<std::string_view> words(vectors.words.begin(), vectors.words.end());
  save({words, {vectors.vectors}, vectors.counts}, path, output);
}

void save_vectors(const Vocabulary& vocabulary, const Matrix& vectors, const std::string& path,
                  const VectorOutput& output) {
  const std::vector<std::string_view> words = words_of(vocabulary);
  save({words, {vectors}, vocabulary.counts()}, path, output);
}

void save_vectors(const Vocabulary& vocabulary, const Embeddings& embeddings, const std::string& path,
                  const VectorOutput& output, std::int64_t limit) {
  const std::vector<std::string_view> words = words_of(vocabulary);
  std::vector<std::int32_t> rows(words.size());
  std::iota(rows.begin(), rows.end(), 0);
  if (limit > 0) rows.resize(std::min(rows.size(), static_cast<std::size_t>(limit)));
  save({std::span(words).first(rows.size()), chosen(embeddings, output.choice),
        vocabulary.counts().first(rows.size()), rows},
       path, output);
}

void save_vectors_of_ids(const Vocabulary& vocabulary, const Embeddings& embeddings, std::int64_t num_ids,
                         const std::string& path, const VectorOutput& output) {
  const std::vector<std::int32_t> rows = rows_of_ids(vocabulary, num_ids);
  const std::vector<std::string> digits = decimal_ids(std::ssize(rows));
  const std::vector<std::string_view> words(digits.begin(), digits.end());
  std::vector<std::int64_t> counts;
  counts.reserve(rows.size());
  for (const std::int32_t row : rows)
    counts.push_back(row < 0 ? 0 : vocabulary.counts()[static_cast<std::size_t>(row)]);
  save({words, chosen(embeddings, output.choice), counts, rows}, path, output);
}

}  // namespace warp2vec
