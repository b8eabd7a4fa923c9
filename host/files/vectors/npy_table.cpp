#include "host/bytes/crc32.h"
#include "host/bytes/npy_header.h"
#include "host/compression/compression.h"
#include "host/files/vectors/vector_readers.h"
#include "host/io/lines.h"
#include "host/io/mapped_file.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

namespace warp2vec {
namespace {

struct Words {
  std::vector<std::string> words;
  std::vector<std::int64_t> counts;  // empty if there are none
};

std::uint32_t crc_of(const std::vector<std::string>& words) {
  std::uint32_t crc = 0;
  for (const std::string& word : words) crc = crc32_of("\n", crc32_of(word, crc));
  return crc;
}

// The words of "word count" lines; none if a line is no such line.
Words with_counts(const std::vector<std::string>& lines) {
  Words read;
  for (const std::string& line : lines) {
    const std::size_t blank = line.find_last_of(" \t");
    std::int64_t count = 0;
    const char* const end = line.data() + line.size();
    if (blank == std::string::npos || blank == 0) return {};
    const auto [stop, error] = std::from_chars(line.data() + blank + 1, end, count);
    if (error != std::errc{} || stop != end || count < 0) return {};
    read.words.push_back(line.substr(0, blank));
    read.counts.push_back(count);
  }
  return read;
}

// The words of a list for an array whose header matches the size of its file.
Words read_words(const std::string& path, std::string_view text, const NpyHeader& array) {
  Words read;
  read.words.reserve(static_cast<std::size_t>(array.rows));
  Lines lines(path, without_byte_order_mark(text));
  for (std::string_view line; lines.next(line);) {
    if (std::ssize(read.words) == array.rows)
      lines.fail("expected the end of the file: there are " + std::to_string(array.rows) + " vectors");
    if (line.empty()) lines.fail("the word is empty");
    read.words.emplace_back(line);
  }
  if (std::ssize(read.words) < array.rows)
    throw Error(path + ": found " + std::to_string(read.words.size()) + " words, expected " +
                std::to_string(array.rows) + ", one for each vector");
  Words counted = with_counts(read.words);
  const std::uint32_t crc = crc_of(counted.words);
  if (!counted.words.empty() && array.words_crc.value_or(crc) == crc) return counted;
  if (array.words_crc && *array.words_crc != crc_of(read.words))
    throw Error(
        path +
        ": these are not the words of the array: their checksum is not that in its header (one file was "
        "replaced without the other)");
  return read;
}

// PATH.vocab; of a compressed array also that of its name without .gz and the like.
std::string list_of(const std::string& path) {
  const std::string list = path + ".vocab";
  std::error_code ignored;
  return std::filesystem::exists(list, ignored) ? list : std::string(without_compression(path)) + ".vocab";
}

class NpyTable final : public VectorTable {
 public:
  NpyTable(const VectorSource& source, const NpyHeader& header, Words words)
      : VectorTable({}, header.cols), source_(source), header_(header), list_(std::move(words)) {
    words_.assign(list_.words.begin(), list_.words.end());
  }

  void copy(std::int64_t row, float* to) const override {
    const auto r = static_cast<std::size_t>(row);
    const std::size_t columns = static_cast<std::size_t>(dim_);
    const std::size_t bytes = header_.value_bytes;
    const FloatType type = bytes == 2   ? FloatType::float16
                           : bytes == 4 ? FloatType::float32
                                        : FloatType::float64;
    if (header_.fortran_order)
      source_.copy_values(header_.size + r * bytes, to, dim_, type,
                          bytes * static_cast<std::size_t>(header_.rows));
    else if (type == FloatType::float32)
      source_.copy_values(header_.size + r * columns * bytes, to, dim_);
    else
      source_.copy_values(header_.size + r * columns * bytes, to, dim_, type, bytes);
  }

  std::vector<std::int64_t> counts() const override { return list_.counts; }

 private:
  VectorSource source_;
  NpyHeader header_;
  Words list_;
};

}  // namespace

std::unique_ptr<VectorTable> npy_table(const VectorSource& source) {
  const NpyHeader header = read_npy_header(source);
  const std::string list = list_of(source.path);
  return std::make_unique<NpyTable>(source, header, read_mapped(list, [&](std::string_view text) {
                                      return read_words(list, text, header);
                                    }));
}

}  // namespace warp2vec
